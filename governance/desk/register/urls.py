"""URLs of the register."""

from django.urls import path

from governance.desk.register import file_views, views

app_name = "register"
urlpatterns = [
    path("decisions/", views.register_everywhere, name="register_everywhere"),
    path("decisions/<slug:kind>/file/", file_views.register_file, name="register_file_everywhere"),
    path("decisions/<slug:kind>/download/", file_views.register_download, name="register_download_everywhere"),
    path("projects/<code:code>/register/", views.register, name="register"),
    path("projects/<code:code>/register/<slug:kind>/file/", file_views.register_file, name="register_file"),
    path("projects/<code:code>/register/<slug:kind>/download/", file_views.register_download, name="register_download"),
]
