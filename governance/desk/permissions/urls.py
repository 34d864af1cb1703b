"""URLs of permissions."""

from django.urls import path

from governance.desk.permissions import views

app_name = "permissions"
urlpatterns = [
    path("projects/<code:code>/permissions/", views.permissions, name="permissions"),
    path("projects/<code:code>/permissions.json", views.permissions_json, name="permissions_json"),
    path("projects/<code:code>/permissions/mine/", views.permissions_mine, name="permissions_mine"),
]
