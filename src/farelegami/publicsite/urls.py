from django.urls import path

from farelegami.publicsite import views

app_name = "publicsite"
urlpatterns = [
    path("", views.home_page, name="home"),
    path("accessibilita/", views.accessibility_page, name="accessibility"),
    path("privacy/", views.privacy_page, name="privacy"),
    path("salute/", views.health, name="health"),
    path("come-contiamo/", views.how_we_count_page, name="how_we_count"),
]
