"""URLs of the schedule."""

from django.urls import path

from pmo.registers.schedule import views
from projects.bulk_views import grid_urls

app_name = "schedule"
urlpatterns = [
    path("projects/<code:code>/schedule/", views.schedule, name="schedule"),
    *grid_urls("projects/<code:code>/schedule/grid/", views.MilestoneGridView),
    path("projects/<code:code>/schedule/milestones/new/", views.MilestoneFormView.as_view(), name="milestone_new"),
    path("projects/<code:code>/schedule/dependencies/new/", views.DependencyFormView.as_view(), name="dependency_new"),
    path(
        "projects/<code:code>/schedule/dependencies/confirm/",
        views.DependenciesConfirmView.as_view(),
        name="dependencies_confirm",
    ),
    path("milestones/<int:milestone_id>/edit/", views.MilestoneFormView.as_view(), name="milestone_edit"),
    path("milestones/<int:milestone_id>/forecast/", views.ForecastFormView.as_view(), name="milestone_forecast"),
    path("dependencies/<int:dependency_id>/edit/", views.DependencyFormView.as_view(), name="dependency_edit"),
]
