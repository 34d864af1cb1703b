"""URLs of the budget."""

from django.urls import path

from pmo.registers.budget import views
from projects.bulk_views import ChangeRowsView, UndoRowsView

app_name = "budget"
urlpatterns = [
    path("projects/<code:code>/means/", views.means, name="means"),
    path("projects/<code:code>/means/grid/", views.BudgetGridView.as_view(), name="budget_lines_grid"),
    path(
        "projects/<code:code>/means/grid/change/",
        ChangeRowsView.as_view(grid=views.BudgetGridView),
        name="budget_lines_change",
    ),
    path(
        "projects/<code:code>/means/grid/undo/<int:seq>/",
        UndoRowsView.as_view(grid=views.BudgetGridView),
        name="budget_lines_undo",
    ),
    path("projects/<code:code>/means/new/", views.BudgetLineFormView.as_view(), name="budget_line_new"),
    path("budget-lines/<int:line_id>/edit/", views.BudgetLineFormView.as_view(), name="budget_line_edit"),
]
