"""URLs of recipients."""

from django.urls import path

from amoa.recipients import views
from projects.bulk_views import ChangeRowsView, UndoRowsView

app_name = "recipients"
urlpatterns = [
    path("projects/<code:code>/recipients/", views.recipient_list, name="recipient_list"),
    path("projects/<code:code>/recipients/grid/", views.RecipientGridView.as_view(), name="recipients_grid"),
    path(
        "projects/<code:code>/recipients/grid/change/",
        ChangeRowsView.as_view(grid=views.RecipientGridView),
        name="recipients_change",
    ),
    path(
        "projects/<code:code>/recipients/grid/undo/<int:seq>/",
        UndoRowsView.as_view(grid=views.RecipientGridView),
        name="recipients_undo",
    ),
    path("projects/<code:code>/recipients/new/", views.RecipientNewView.as_view(), name="recipient_new"),
    path("recipients/<int:group_id>/", views.recipient, name="recipient"),
    path("recipients/<int:group_id>/edit/", views.RecipientEditView.as_view(), name="recipient_edit"),
]
