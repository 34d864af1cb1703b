"""URLs of the pages that the footer links."""

from django.urls import path

from projects.public_pages import views

app_name = "public_pages"
urlpatterns = [
    path("help/", views.help_page, name="help"),
    path(
        "accessibility/",
        views.public_page,
        {"template": "projects/public_pages/accessibility.html"},
        name="accessibility",
    ),
    path(
        "legal-notice/", views.public_page, {"template": "projects/public_pages/legal_notice.html"}, name="legal_notice"
    ),
    path("privacy/", views.public_page, {"template": "projects/public_pages/privacy.html"}, name="privacy"),
]
