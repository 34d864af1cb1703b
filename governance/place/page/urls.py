"""URL of the place of a project, and of the shares of a budget."""

from django.urls import path

from governance.place.page import views

app_name = "place"
urlpatterns = [path("projects/<code:code>/place/", views.place, name="place")]
