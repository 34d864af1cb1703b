"""URLs of the pages that name administrators and end their rights."""

from django.urls import path

from projects.people.administrators import views

app_name = "administrators"
PERSON = "administration/people/<int:person_id>/administrator/"
urlpatterns = [
    path(PERSON, views.AdministratorNameView.as_view(), name="administrator_name"),
    path(f"{PERSON}end/", views.AdministratorEndView.as_view(), name="administrator_end"),
    path(f"{PERSON}end/confirm/", views.AdministratorSecondView.as_view(), name="administrator_second"),
    path(f"{PERSON}end/take-back/", views.AdministratorKeepView.as_view(), name="administrator_keep"),
    path("account/administrator/", views.administrator_mine, name="administrator_mine"),
    path("administrator/<str:token>/", views.administrator_object, name="administrator_object"),
]
