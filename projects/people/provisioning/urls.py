"""URLs of SCIM, and of its tokens."""

from django.urls import path, re_path

from projects.people.provisioning import views

app_name = "provisioning"
urlpatterns = [
    path("administration/provisioning/", views.token_list, name="token_list"),
    path("administration/provisioning/<int:token_id>/end/", views.token_end, name="token_end"),
    re_path(r"^scim/v2/(?P<path>.*)$", views.scim, name="scim"),
]
