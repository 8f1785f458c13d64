from django.urls import path

from farelegami.giveback.views import host

app_name = "giveback"
urlpatterns = [
    path("ente/<str:token>/", host.home_page, name="host"),
]
