"""URLs of this app, one file per capability."""

from django.urls import include, path

import core.pages.converters  # noqa: F401  (registers <code:…> and <fingerprint:…>)

app_name = "projects"
urlpatterns = [
    path("", include("projects.people.accounts.urls")),
    path("", include("projects.people.addresses.urls")),
    path("", include("projects.people.credentials.urls")),
    path("", include("projects.people.vouching.urls")),
    path("", include("projects.people.second_factors.urls")),
    path("", include("projects.people.administrators.urls")),
    path("", include("projects.seats.organisations.urls")),
    path("", include("projects.organisation_settings.urls")),
    path("", include("projects.people.sign_in_provider.urls")),
    path("", include("projects.people.provisioning.urls")),
    path("", include("projects.people.administrators.log_urls")),
    path("", include("projects.public_pages.urls")),
    path("", include("projects.people.opening.urls")),
    path("", include("projects.people.replacements.urls")),
    path("", include("projects.seats.mandates.urls")),
    path("", include("projects.people.appointments.urls")),
    path("", include("projects.seats.interests.urls")),
    path("", include("projects.seats.role_templates.urls")),
    path("", include("projects.imports.urls")),
    path("", include("projects.notices.urls")),
    path("", include("projects.saved_views.urls")),
    path("", include("projects.ledger.urls")),
]
