"""Read-only admin site for those who operate the server: off unless DJANGO_ADMIN is 1, and for superusers alone."""

from typing import Any

import django.contrib.auth.admin  # noqa: F401  (registers groups, which nobody uses)
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from roles.accounts.models import Organisation, User


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Admin of rows that superusers read; acts alone change them."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


@admin.register(User)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "organisation", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("organisation",)
    search_fields = ("email", "name")
    exclude = ("password", "groups", "user_permissions")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account; one that is closed has no last day to come."""
        if not obj.is_active:
            obj.last_day = None
        super().save_model(request, obj, form, change)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    search_fields = ("name",)


def _is_operator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])
admin.site.has_permission = _is_operator  # type: ignore[method-assign]
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Ouvrage"
admin.site.site_title = "Ouvrage"
