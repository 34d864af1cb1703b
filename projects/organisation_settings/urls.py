"""URLs of the settings of the organisation."""

from django.urls import path

from projects.organisation_settings import views

app_name = "organisation_settings"
urlpatterns = [
    path("administration/settings/", views.SettingsView.as_view(), name="settings_edit"),
    path("administration/settings/email/", views.mail_test, name="mail_test"),
    path("administration/settings/<slug:section>/", views.SettingsView.as_view(), name="settings_section"),
    path("organisation/logo/<slug:sha256>", views.logo, name="logo"),
]
