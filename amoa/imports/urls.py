"""URLs of imports."""

from django.urls import path

from amoa.imports import export, paste_views
from amoa.imports.models import ImportJob
from projects.imports import views

app_name = "imports"
OF_REQUIREMENTS = {"model": ImportJob}
urlpatterns = [
    path(
        "projects/<code:code>/requirements/import/",
        views.list_import_new,
        {"list_name": ImportJob.list_name, **OF_REQUIREMENTS},
        name="import_new",
    ),
    path(
        "projects/<code:code>/requirements/paste/",
        paste_views.RequirementsPasteView.as_view(),
        name="requirements_paste",
    ),
    path("projects/<code:code>/requirements.csv", export.requirements_export, {"kind": "csv"}, name="requirements_csv"),
    path(
        "projects/<code:code>/requirements.xlsx", export.requirements_export, {"kind": "xlsx"}, name="requirements_xlsx"
    ),
    path(
        "projects/<code:code>/requirements.reqif",
        export.requirements_export,
        {"kind": "reqif"},
        name="requirements_reqif",
    ),
    path("imports/<int:import_id>/", views.list_import, OF_REQUIREMENTS, name="import_job"),
    path("imports/<int:import_id>/columns/", views.list_import_columns, OF_REQUIREMENTS, name="import_columns"),
    path("imports/<int:import_id>/values/", views.list_import_values, OF_REQUIREMENTS, name="import_values"),
    path(
        "imports/<int:import_id>/refused.<slug:kind>",
        views.list_import_refused,
        OF_REQUIREMENTS,
        name="import_refused",
    ),
    path("imports/<int:import_id>/start/", views.list_import_write, OF_REQUIREMENTS, name="import_start"),
    path("imports/<int:import_id>/stop/", views.list_import_stop, OF_REQUIREMENTS, name="import_stop"),
]
