"""URLs of saved views."""

from django.urls import path

from projects.saved_views import views

app_name = "saved_views"
urlpatterns = [
    path("views/", views.view_list, name="view_list"),
    path("views/save/", views.view_save, name="view_save"),
    path("views/<int:view_id>/rename/", views.view_rename, name="view_rename"),
    path("views/<int:view_id>/delete/", views.view_delete, name="view_delete"),
]
