"""Addresses of this app, one file a capability."""

from django.urls import include, path

app_name = "roles"
urlpatterns = [
    path("", include("roles.accounts.urls")),
]
