"""URLs of this app, included per capability."""

from django.urls import include, path

import core.converters  # noqa: F401  (registers <code:…>)

app_name = "pmo"
urlpatterns = [
    path("", include("pmo.dashboards.urls")),
    path("", include("pmo.gates.urls")),
    path("", include("pmo.reminders.urls")),
    path("", include("pmo.reviews.urls")),
    path("", include("pmo.risks.urls")),
    path("", include("pmo.conformity.urls")),
    path("", include("pmo.waivers.urls")),
    path("", include("pmo.standards.urls")),
    path("", include("pmo.weather.urls")),
    path("", include("pmo.indicators.urls")),
    path("", include("pmo.schedule.urls")),
    path("", include("pmo.budget.urls")),
    path("", include("pmo.success_criteria.urls")),
    path("", include("pmo.lessons.urls")),
]
