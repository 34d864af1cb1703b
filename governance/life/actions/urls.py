"""URLs of actions."""

from django.urls import path

from governance.life.actions import views
from projects.bulk_views import grid_urls

app_name = "actions"
urlpatterns = [
    path("projects/<code:code>/actions/", views.action_list, name="action_list"),
    *grid_urls("projects/<code:code>/actions/grid/", views.ActionGridView),
    path("projects/<code:code>/actions/paste/", views.ActionsPasteView.as_view(), name="actions_paste"),
    path("projects/<code:code>/actions/new/", views.ActionFormView.as_view(), name="action_new"),
    path("actions/<int:action_id>/", views.action, name="action"),
    path("actions/<int:action_id>/edit/", views.ActionFormView.as_view(), name="action_edit"),
    path("actions/<int:action_id>/settle/", views.ActionSettleView.as_view(), name="action_settle"),
]
