"""URLs of this app, one file per capability."""

from django.urls import include, path

import core.converters  # noqa: F401  (registers <code:…> and <fingerprint:…>)

app_name = "projects"
urlpatterns = [
    path("", include("projects.people.urls")),
    path("", include("projects.addresses.urls")),
    path("", include("projects.credentials.urls")),
    path("", include("projects.vouching.urls")),
    path("", include("projects.second_factors.urls")),
    path("", include("projects.administrators.urls")),
    path("", include("projects.organisations.urls")),
    path("", include("projects.organisation_settings.urls")),
    path("", include("projects.sign_in_provider.urls")),
    path("", include("projects.provisioning.urls")),
    path("", include("projects.administration_log.urls")),
    path("", include("projects.public_pages.urls")),
    path("", include("projects.opening.urls")),
    path("", include("projects.replacements.urls")),
    path("", include("projects.mandates.urls")),
    path("", include("projects.appointments.urls")),
    path("", include("projects.interests.urls")),
    path("", include("projects.role_templates.urls")),
    path("", include("projects.imports.urls")),
    path("", include("projects.notices.urls")),
    path("", include("projects.saved_views.urls")),
    path("", include("projects.ledger.urls")),
]
