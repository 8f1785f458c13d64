from django.urls import path

from farelegami.documents import views

app_name = "documents"
urlpatterns = [
    path("lavoro/documenti/<uuid:document_id>/download/", views.open_page, name="open"),
    path("verifica/", views.check_page, name="check"),
    path("verifica/<slug:code>/", views.checked_page, name="checked"),
]
