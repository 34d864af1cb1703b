"""Read-only admin of projects, mandates and delegations; links between organisations are recorded by acts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from projects.mandates.models import Delegation, Mandate
from projects.organisations import services as organisations
from projects.organisations.models import ENDS_AFTER_IT_STARTS, OrganisationLink
from projects.project.models import Project
from roles.admin import ConfiguredAdmin, ReadOnlyAdmin


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ("code", "title_fr", "title_en", "level", "state")


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    list_display = ("project", "role", "holder", "period")
    list_select_related = ("project", "role", "holder")
    list_filter = ("authority",)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("mandate", "delegate", "kinds", "cap", "period")
    list_select_related = ("mandate__role", "mandate__holder", "delegate")


class OrganisationLinkForm(forms.ModelForm):  # type: ignore[type-arg]
    """Form of a link; the constraint on its days is not validated once only the last day can be written."""

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first day of a recorded link."""
        typed = super().clean() or {}
        if self.instance.pk and typed.get("ends_on") and typed["ends_on"] < self.instance.starts_on:
            self.add_error("ends_on", ENDS_AFTER_IT_STARTS)
        return typed


@admin.register(OrganisationLink)
class OrganisationLinkAdmin(ConfiguredAdmin):
    """Record a link with its source; afterwards only its last day, once."""

    form = OrganisationLinkForm
    list_display = ("organisation", "kind", "other", "starts_on", "ends_on")
    list_select_related = ("organisation", "other")
    list_filter = ("kind",)
    search_fields = ("organisation__name", "other__name")
    fields = ("organisation", "kind", "other", "starts_on", "ends_on", "source")

    def has_change_permission(self, request: HttpRequest, obj: OrganisationLink | None = None) -> bool:
        """Return whether the last day can still be recorded."""
        return super().has_change_permission(request, obj) and (obj is None or obj.ends_on is None)

    def get_readonly_fields(self, request: HttpRequest, obj: OrganisationLink | None = None) -> tuple[str, ...]:
        """Return every field but the last day, once the link is recorded."""
        return () if obj is None else tuple(name for name in self.fields if name != "ends_on")

    def save_model(self, request: Any, obj: OrganisationLink, form: Any, change: bool) -> None:
        """Record the link, or its last day, as an act of the administrator."""
        if not change:
            fields = {name: form.cleaned_data[name] for name in self.fields}
            obj.pk = organisations.link_organisations(actor=request.user, **fields).pk
        elif obj.ends_on:
            organisations.end_link(actor=request.user, link=obj, ends_on=obj.ends_on)
