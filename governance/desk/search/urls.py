"""URLs of the search."""

from django.urls import path

from governance.desk.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search_page, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
