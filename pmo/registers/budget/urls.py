"""URLs of the budget."""

from django.urls import path

from pmo.registers.budget import views
from projects.bulk_views import grid_urls

app_name = "budget"
urlpatterns = [
    path("projects/<code:code>/means/", views.means, name="means"),
    *grid_urls("projects/<code:code>/means/grid/", views.BudgetGridView),
    path("projects/<code:code>/means/new/", views.BudgetLineFormView.as_view(), name="budget_line_new"),
    path("budget-lines/<int:line_id>/edit/", views.BudgetLineFormView.as_view(), name="budget_line_edit"),
]
