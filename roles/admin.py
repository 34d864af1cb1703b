"""Admin site for accounts and organisations. Nothing here decides anything (R1)."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roles.accounts.models import Organisation, User


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Admin of rows that are never deleted, one by one or in bulk."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: deactivate, retire or end the row instead."""
        return False


def _administers(admin_site: Any, request: HttpRequest, obj: Any = None) -> bool:
    """Return whether the user is an administrator; that is no right on a project (R1)."""
    return bool(request.user.is_active and request.user.is_staff)


class ConfiguredAdmin(KeptAdmin):
    """Admin of rows that every administrator configures."""

    has_module_permission = has_view_permission = has_add_permission = has_change_permission = _administers


class ReadOnlyAdmin(KeptAdmin):
    """Admin of governed records: superusers read them, only acts change them."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


class AccountCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": forms.EmailField}


class AccountChangeForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": forms.EmailField}


@admin.register(User)
class AccountAdmin(ConfiguredAdmin, UserAdmin):  # type: ignore[type-arg]
    """Admin of accounts; a closed account keeps its decisions."""

    form, add_form = AccountChangeForm, AccountCreationForm
    list_display = ("email", "name", "organisation", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("organisation",)
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "title", "organisation", "language", "time_zone")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False for the account of a superuser, unless a superuser asks."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make the staff flag read-only except for superusers."""
        return () if request.user.is_superuser else ("is_staff", "is_superuser")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account; one that is closed has no last day to come."""
        if not obj.is_active:
            obj.last_day = None
        super().save_model(request, obj, form, change)


@admin.register(Organisation)
class OrganisationAdmin(ConfiguredAdmin):
    list_display = ("name",)
    search_fields = ("name",)


admin.site.unregister([Group, EmailAddress])
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Ouvrage"
admin.site.site_title = "Ouvrage"
admin.site.index_title = _("Configuration")
