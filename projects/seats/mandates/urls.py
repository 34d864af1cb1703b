"""URLs of mandates and delegations."""

from django.urls import path

from projects.seats.mandates import edit_views, views

app_name = "mandates"
urlpatterns = [
    path("people/find/", views.person_find, name="person_find"),
    path("projects/<code:code>/mandates/", views.mandate_list, name="mandate_list"),
    path("projects/<code:code>/mandates/name-owner/", edit_views.OwnerNameView.as_view(), name="mandate_name_owner"),
    path("projects/<code:code>/mandates/delegate/", edit_views.DelegationNewView.as_view(), name="delegation_new"),
    path("projects/<code:code>/authority/", views.authority, name="authority"),
    path("mandates/<int:mandate_id>/accept/", edit_views.MandateAcceptView.as_view(), name="mandate_accept"),
    path("mandates/<int:mandate_id>/decline/", edit_views.MandateDeclineView.as_view(), name="mandate_decline"),
    path("mandates/<int:mandate_id>/competence/", edit_views.CompetenceNewView.as_view(), name="mandate_competence"),
    path("mandates/<int:mandate_id>/end/", edit_views.MandateEndView.as_view(), name="mandate_end"),
    path(
        "delegations/<int:delegation_id>/revoke/", edit_views.DelegationRevokeView.as_view(), name="delegation_revoke"
    ),
]
