"""URLs of organisations and the links between them."""

from django.urls import path

from projects.seats.organisations import views

app_name = "organisations"
urlpatterns = [
    path("administration/organisations/", views.organisation_list, name="organisation_list"),
    path("administration/organisations/new/", views.OrganisationAddView.as_view(), name="organisation_add"),
    path("administration/organisations/link/", views.OrganisationsLinkView.as_view(), name="organisations_link"),
    path(
        "administration/organisations/<int:organisation_id>/rename/",
        views.OrganisationRenameView.as_view(),
        name="organisation_rename",
    ),
    path(
        "administration/organisations/links/<int:organisation_link_id>/end/",
        views.LinkEndView.as_view(),
        name="link_end",
    ),
]
