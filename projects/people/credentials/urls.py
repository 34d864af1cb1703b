"""URLs of credentials."""

from django.urls import path

from projects.people.credentials import views

app_name = "credentials"
urlpatterns = [
    path("credential/<str:token>/", views.credential_confirm, name="credential_confirm"),
    path("account/credentials/prove/", views.credentials_prove, name="credentials_prove"),
    path("account/credentials/mail/", views.credentials_mail, name="credentials_mail"),
]
