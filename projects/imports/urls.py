"""URLs of the imports of lists."""

from django.urls import path

from projects.imports import views

app_name = "imports"
urlpatterns = [
    path("projects/<code:code>/import/<slug:list_name>/", views.list_import_new, name="list_import_new"),
    path(
        "projects/<code:code>/import/<slug:list_name>/template.<slug:kind>",
        views.list_template,
        name="list_template",
    ),
    path("administration/import/<slug:list_name>/", views.list_import_new, name="organisation_import_new"),
    path(
        "administration/import/<slug:list_name>/template.<slug:kind>",
        views.list_template,
        name="organisation_template",
    ),
    path("list-imports/<int:import_id>/", views.list_import, name="list_import"),
    path("list-imports/<int:import_id>/columns/", views.list_import_columns, name="list_import_columns"),
    path("list-imports/<int:import_id>/values/", views.list_import_values, name="list_import_values"),
    path("list-imports/<int:import_id>/refused.<slug:kind>", views.list_import_refused, name="list_import_refused"),
    path("list-imports/<int:import_id>/write/", views.list_import_write, name="list_import_write"),
    path("list-imports/<int:import_id>/stop/", views.list_import_stop, name="list_import_stop"),
]
