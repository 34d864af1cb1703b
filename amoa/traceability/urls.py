"""URLs of traceability."""

from django.urls import path

from amoa.traceability import views

app_name = "traceability"
urlpatterns = [
    path("projects/<code:code>/traceability/", views.traceability, name="traceability"),
    path("projects/<code:code>/traceability.<slug:kind>", views.traceability_file, name="traceability_file"),
    path("trace/<slug:what>/<int:item_id>/", views.trace_path, name="trace_path"),
]
