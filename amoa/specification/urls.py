"""URLs of the specification."""

from django.urls import path

from amoa.specification import views

app_name = "specification"
urlpatterns = [
    path("projects/<code:code>/requirements/specification/", views.specification, name="specification"),
    path(
        "projects/<code:code>/requirements/baselines/<int:number>/specification/",
        views.specification,
        name="baseline_specification",
    ),
    path(
        "projects/<code:code>/requirements/baselines/<int:number>/specification/prepare/",
        views.specification_prepare,
        name="specification_prepare",
    ),
    path(
        "projects/<code:code>/requirements/baselines/<int:number>/specification.<slug:kind>",
        views.specification_file,
        name="specification_file",
    ),
]
