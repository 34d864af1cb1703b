"""URLs of this app, included per capability."""

from django.urls import include, path

import core.pages.converters  # noqa: F401  (registers <code:…>)

app_name = "pmo"
urlpatterns = [
    path("", include("pmo.steering.dashboards.urls")),
    path("", include("pmo.steering.gates.urls")),
    path("", include("pmo.steering.reminders.urls")),
    path("", include("pmo.steering.reviews.urls")),
    path("", include("pmo.registers.risks.urls")),
    path("", include("pmo.registers.escalations.urls")),
    path("", include("pmo.standards.conformity.urls")),
    path("", include("pmo.standards.waivers.urls")),
    path("", include("pmo.standards.standards.urls")),
    path("", include("pmo.registers.weather.urls")),
    path("", include("pmo.steering.indicators.urls")),
    path("", include("pmo.registers.schedule.urls")),
    path("", include("pmo.registers.budget.urls")),
    path("", include("pmo.registers.success_criteria.urls")),
    path("", include("pmo.registers.lessons.urls")),
]
