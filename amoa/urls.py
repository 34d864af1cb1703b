"""URLs of the business workspace, one file per capability."""

from django.urls import include, path

import core.pages.converters  # noqa: F401  (registers <code:…>)

app_name = "amoa"
urlpatterns = [
    path("", include("amoa.acceptance.urls")),
    path("", include("amoa.recipients.urls")),
    path("", include("amoa.change_plan.urls")),
    path("", include("amoa.requirements.urls")),
    path("", include("amoa.questions.urls")),
    path("", include("amoa.specification.urls")),
    path("", include("amoa.traceability.urls")),
    path("", include("amoa.imports.urls")),
]
