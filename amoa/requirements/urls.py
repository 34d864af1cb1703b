"""URLs of requirements."""

from django.urls import path

from amoa.requirements import baseline_views, edit_views, grid_views, views
from projects.bulk_views import UndoRowsView

app_name = "requirements"
urlpatterns = [
    path("projects/<code:code>/requirements/baselines/", baseline_views.baseline_list, name="baseline_list"),
    path("projects/<code:code>/requirements/baselines/freeze/", baseline_views.baseline_freeze, name="baseline_freeze"),
    path("projects/<code:code>/requirements/baselines/<int:number>/", baseline_views.baseline, name="baseline"),
    path("projects/<code:code>/requirements/", views.requirement_list, name="requirement_list"),
    path("projects/<code:code>/requirements/new/", edit_views.requirement_new, name="requirement_new"),
    path("projects/<code:code>/requirements/change/", edit_views.requirements_change, name="requirements_change"),
    path(
        "projects/<code:code>/requirements/grid/",
        grid_views.RequirementGridView.as_view(),
        name="requirements_grid",
    ),
    path(
        "projects/<code:code>/requirements/undo/<int:seq>/",
        UndoRowsView.as_view(grid=grid_views.RequirementGridView),
        name="requirements_undo",
    ),
    path("projects/<code:code>/requirements/lint/", edit_views.requirement_lint, name="requirement_lint"),
    path("requirements/<int:requirement_id>/", views.requirement, name="requirement"),
    path("requirements/<int:requirement_id>/edit/", edit_views.requirement_edit, name="requirement_edit"),
    path("requirements/<int:requirement_id>/row/", edit_views.requirement_row, name="requirement_row"),
    path("requirements/<int:requirement_id>/history/", views.requirement_history, name="requirement_history"),
]
