"""URLs of the pages that name administrators."""

from django.urls import path

from projects.administrators import views

app_name = "administrators"
urlpatterns = [
    path(
        "administration/people/<int:person_id>/administrator/",
        views.AdministratorNameView.as_view(),
        name="administrator_name",
    ),
    path(
        "administration/people/<int:person_id>/administrator/end/",
        views.AdministratorEndView.as_view(),
        name="administrator_end",
    ),
]
