"""URLs of the sign-in by a provider, and of its settings."""

from django.urls import path

from projects.people.sign_in_provider import sign_in_views, views

app_name = "sign_in_provider"
urlpatterns = [
    path("sign-in/provider/", sign_in_views.provider_sign_in, name="provider_sign_in"),
    path("sign-in/provider/callback/", sign_in_views.provider_callback, name="provider_callback"),
    path("sign-in/provider/finish/", sign_in_views.provider_finish, name="provider_finish"),
    path("sign-in/provider/confirm/", sign_in_views.provider_confirm, name="provider_confirm"),
    path("invitation/<str:token>/provider/", sign_in_views.provider_invitation, name="provider_invitation"),
    path("account/provider/link/", sign_in_views.provider_link, name="provider_link"),
    path("account/provider/unlink/", sign_in_views.provider_unlink, name="provider_unlink"),
    path("administration/sign-in/", views.ProviderSettingsView.as_view(), name="provider_edit"),
    path("administration/sign-in/check/", views.provider_check, name="provider_check"),
]
