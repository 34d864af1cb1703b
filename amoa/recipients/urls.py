"""URLs of recipients."""

from django.urls import path

from amoa.recipients import views
from projects.bulk_views import grid_urls

app_name = "recipients"
urlpatterns = [
    path("projects/<code:code>/recipients/", views.recipient_list, name="recipient_list"),
    *grid_urls("projects/<code:code>/recipients/grid/", views.RecipientGridView),
    path("projects/<code:code>/recipients/new/", views.RecipientNewView.as_view(), name="recipient_new"),
    path("recipients/<int:group_id>/", views.recipient, name="recipient"),
    path("recipients/<int:group_id>/edit/", views.RecipientEditView.as_view(), name="recipient_edit"),
]
