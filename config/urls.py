"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("", include("roles.account_urls")),
    path("", include("roles.urls")),
    path("", include("governance.urls")),
]
handler400 = "governance.refusals.views.bad_request"
handler404 = "governance.refusals.views.not_found"
