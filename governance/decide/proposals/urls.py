"""URLs of proposals."""

from django.urls import path

from governance.decide.proposals import views

app_name = "proposals"
urlpatterns = [
    path("projects/<code:code>/proposals/", views.proposal_list, name="proposal_list"),
    path("projects/<code:code>/proposals/new/", views.proposal_new, name="proposal_new"),
    path("proposals/<int:proposal_id>/counter/", views.proposal_counter, name="proposal_counter"),
    path("proposals/<int:proposal_id>/edit/", views.proposal_edit, name="proposal_edit"),
]
