"""URLs of this app, one module per capability."""

from django.urls import include, path

app_name = "roles"
urlpatterns = [
    path("", include("roles.accounts.urls")),
]
