"""Read-only admin of projects, mandates, delegations and links between organisations."""

from django.contrib import admin

from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate
from projects.seats.organisations.models import OrganisationLink
from roles.admin import ReadOnlyAdmin


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


@admin.register(OrganisationLink)
class OrganisationLinkAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "kind", "other", "starts_on", "ends_on")
    list_select_related = ("organisation", "other")
    list_filter = ("kind",)
    search_fields = ("organisation__name", "other__name")
