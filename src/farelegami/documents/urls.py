from django.urls import path

from farelegami.documents import views

app_name = "documents"
urlpatterns = [path("<uuid:document_id>/download/", views.open_page, name="open")]
