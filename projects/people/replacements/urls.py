"""URLs of the replacement of owners."""

from django.urls import path

from projects.people.replacements import edit_views, views

app_name = "replacements"
urlpatterns = [
    path(
        "administration/people/<int:person_id>/close/owner/",
        edit_views.ClosingProposeView.as_view(),
        name="closing_propose",
    ),
    path("administration/projects/<code:code>/owner/", edit_views.OwnerProposeView.as_view(), name="owner_propose"),
    path("replacements/<int:replacement_id>/", views.replacement, name="replacement"),
    path("replacements/<int:replacement_id>/second/", edit_views.SecondView.as_view(), name="replacement_second"),
    path("replacements/<int:replacement_id>/accept/", edit_views.TakeSeatView.as_view(), name="replacement_take"),
    path("replacements/<int:replacement_id>/confirm/", edit_views.ConfirmView.as_view(), name="replacement_confirm"),
    path("replacements/<int:replacement_id>/withdraw/", edit_views.WithdrawView.as_view(), name="replacement_withdraw"),
    path("objection/<str:token>/", views.replacement_object, name="replacement_object"),
]
