"""URLs of imports."""

from django.urls import path

from amoa.imports import export, paste_views, views

app_name = "imports"
urlpatterns = [
    path("projects/<code:code>/requirements/import/", views.import_new, name="import_new"),
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
    path("imports/<int:import_id>/", views.import_job, name="import_job"),
    path("imports/<int:import_id>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:import_id>/values/", views.import_values, name="import_values"),
    path("imports/<int:import_id>/refused.<slug:kind>", views.import_refused, name="import_refused"),
    path("imports/<int:import_id>/start/", views.import_start, name="import_start"),
    path("imports/<int:import_id>/stop/", views.import_stop, name="import_stop"),
]
