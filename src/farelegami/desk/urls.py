from django.urls import path

from farelegami.desk.views import home

app_name = "desk"
urlpatterns = [path("", home.home_page, name="home")]
