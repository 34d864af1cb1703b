"""URLs of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz
from config.metrics import metrics
from config.system_state.views import failed_mails, mails_retry, system_state

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("administration/system/", system_state, name="system_state"),
    path("administration/system/emails/", failed_mails, name="failed_mails"),
    path("administration/system/emails/retry/", mails_retry, name="mails_retry"),
    *([path("admin/", admin.site.urls)] if settings.DJANGO_ADMIN else []),
    path("", include("roles.second_factors.account_urls")),
    path("", include("roles.accounts.account_urls")),
    path("", include("projects.urls")),
    path("", include("governance.urls")),
    *(path("", include(f"{workspace}.urls")) for workspace in settings.WORKSPACES),
    path("", include("roles.urls")),
]
handler400 = "core.pages.refusals.views.bad_request"
handler404 = "core.pages.refusals.views.not_found"
handler500 = "core.pages.refusals.views.server_error"
