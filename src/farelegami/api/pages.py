"""Addresses of the pages on which tokens are governed."""

from django.urls import path

from farelegami.api.views import tokens

app_name = "tokens"
urlpatterns = [
    path("token/", tokens.tokens_page, name="list"),
    path("token/nuovo/", tokens.new_token_page, name="new"),
    path("token/<uuid:token_id>/revoca/", tokens.revoke_token_page, name="revoke"),
]
