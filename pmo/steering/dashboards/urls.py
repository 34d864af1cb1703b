"""URLs of dashboards."""

from django.urls import path

from pmo.steering.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("projects/<code:code>/dashboard/", views.dashboard, name="dashboard"),
    path("projects/<code:code>/dashboard/standards/", views.dashboard_standards, name="dashboard_standards"),
    path("projects/<code:code>/dashboard/risks/", views.dashboard_risks, name="dashboard_risks"),
    path("projects/<code:code>/dashboard/advice/", views.dashboard_advice, name="dashboard_advice"),
    path("projects/<code:code>/dashboard/list/obligations/", views.obligation_list, name="obligation_list"),
    path("projects/<code:code>/dashboard/workload/", views.workload, name="workload"),
    path("projects/<code:code>/dashboard/list/<slug:name>/", views.dashboard_list, name="dashboard_list"),
]
