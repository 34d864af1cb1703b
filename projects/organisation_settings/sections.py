"""Sections of the settings of the organisation: each is a page with its own form."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Fields of what the workspace PMO computes.
WEATHER = (
    "delay_cloudy",
    "delay_stormy",
    "cost_cloudy",
    "cost_stormy",
    "scope_cloudy",
    "scope_stormy",
    "storm_watch",
    "storm_alert",
)
OF_PMO = (*WEATHER, "answer_days", "list_days")


@dataclass(frozen=True)
class Section:
    """A part of the settings: its place in the address, its heading, its fields."""

    code: str
    heading: Any
    fields: tuple[str, ...]

    @property
    def url(self) -> str:
        """Return the address of its page: the first one is that of the settings."""
        if self is SECTIONS[0]:
            return reverse("projects:organisation_settings:settings_edit")
        return reverse("projects:organisation_settings:settings_section", args=[self.code])


SIGN_IN = Section(
    "sign-in", _("Sign-in"), ("second_factor", "second_factor_roles", "credential_hours", "signed_decisions")
)
MAILS = Section("sender", _("Emails"), ("sender_name", "sender_address"))
SECTIONS = (
    Section("organisation", _("Organisation"), ("name", "logo", "without_logo", "language")),
    Section("days", _("Days"), ("time_zone", "holidays", "own_holidays")),
    Section("deadlines", pgettext_lazy("settings", "Deadlines"), ("opinion_days", "answer_days", "list_days")),
    MAILS,
    SIGN_IN,
    Section("notice", _("Legal notice and contact"), ("publisher", "host", "legal_contact")),
    Section("weather", _("Project weather"), WEATHER),
)


def has_pmo() -> bool:
    """Return whether the workspace PMO is installed."""
    return "pmo" in settings.WORKSPACES


def list_sections() -> list[Section]:
    """List the sections that have a field in this installation."""
    absent = () if has_pmo() else OF_PMO
    return [section for section in SECTIONS if not set(section.fields).issubset(absent)]


def find_section(code: str) -> Section | None:
    """Return the section with this code; the first one without a code, None for an unknown one."""
    sections = list_sections()
    return next((section for section in sections if section.code == code), None if code else sections[0])
