"""Read the settings of the organisation, once per request."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.utils.timezone import localdate

from core.acts import Kept, act_time, cached
from projects.organisation_settings.models import OrganisationSettings
from projects.organisation_settings.sections import Section
from roles.models import INSTALLATION

WEEK = timedelta(hours=168)


def organisation() -> OrganisationSettings:
    """Return the settings, with the logo without its bytes; the defaults until the first ones are saved."""
    return cached(Kept("organisation"), read_organisation)


def read_organisation() -> OrganisationSettings:
    """Return the settings as they are in the database."""
    rows = OrganisationSettings.objects.select_related("logo").defer("logo__content")
    return next(iter(rows), None) or OrganisationSettings()  # one row at most: an order would only cost


def organisation_at(moment: datetime) -> OrganisationSettings:
    """Return the settings as they were at `moment`; the defaults before the first ones."""
    history: Any = OrganisationSettings.history
    version = history.filter(history_date__lte=moment).order_by("history_id").last()
    if version is None:
        return OrganisationSettings()
    # `version.instance` would read the columns that have no history from the row of today, by another query.
    kept = {field.attname for field in OrganisationSettings._meta.concrete_fields} - {"provider_secret"}
    return OrganisationSettings(**{name: getattr(version, name) for name in kept})


def find_waiting_time(moment: datetime) -> timedelta:
    """Return how long a new credential waits: the longest time that was in force within the week before `moment`.

    So nobody shortens it for the occasion; a longer one counts at once. Before the first settings the default is in
    force. The database computes the same.
    """
    history: Any = OrganisationSettings.history
    before = history.filter(history_date__lte=moment - WEEK).order_by("history_id").last()
    lately = history.filter(history_date__gt=moment - WEEK).aggregate(most=Max("credential_hours"))["most"]
    known = before.credential_hours if before else OrganisationSettings().credential_hours
    return timedelta(hours=max(organisation().credential_hours, lately or 0, known))


def relies_on_provider(moment: datetime) -> bool:
    """Return whether a sign-in by the provider proves its person: the organisation has said so for a week.

    So no administrator chooses it for the occasion.
    """
    if organisation().provider_own_factor:
        return False
    history: Any = OrganisationSettings.history
    before = history.filter(history_date__lte=moment - WEEK).order_by("history_id").last()
    lately = history.filter(history_date__gt=moment - WEEK, provider_own_factor=True)
    return before is not None and not before.provider_own_factor and not lately.exists()


def find_last_change(row: OrganisationSettings, section: Section) -> Any:
    """Return the newest version of the settings that changed a field of the section, or the first version."""
    names = ["logo_id" if name == "logo" else name for name in section.fields if hasattr(row, name)]
    history: Any = row.history
    versions = list(history.select_related("history_user").order_by("-history_id"))
    for version, before in pairwise(versions):
        if any(getattr(version, name) != getattr(before, name) for name in names):
            return version
    return versions[-1] if versions else None


def zone() -> ZoneInfo:
    """Return the time zone of the organisation: days of acts and deadlines are days there, for every reader."""
    return organisation().zone


def day_of(moment: datetime) -> date:
    """Return the day of an instant in the time zone of the organisation."""
    return localdate(moment, zone())


def last_day_of(end: datetime) -> date:
    """Return the last day of a period that `end` no longer belongs to, in the time zone of the organisation."""
    return day_of(end - timedelta(microseconds=1))


def today() -> date:
    """Return the day of the current act, or today outside of one, in the time zone of the organisation."""
    return day_of(act_time())


def sender(at: datetime | None = None) -> str:
    """Return the sender of mails at `at`, by default now: the one chosen before the waiting time.

    So a change of it is told by the sender before. That of the set-up counts at once.
    """
    moment = at or act_time()
    history: Any = OrganisationSettings.history
    versions = history.order_by("history_id")
    chosen = versions.filter(history_date__lte=moment - find_waiting_time(moment)).last()
    first = versions.select_related("history_user").first() if chosen is None else None
    if first and first.history_user.email == INSTALLATION:
        chosen = first
    return _sender_of(chosen) or settings.DEFAULT_FROM_EMAIL if chosen else settings.DEFAULT_FROM_EMAIL


def chosen_sender() -> str:
    """Return the sender that the settings name, whether it counts yet or not."""
    return organisation().sender or settings.DEFAULT_FROM_EMAIL


def find_sender_counts_from() -> datetime | None:
    """Return from when the chosen sender counts, if it does not yet."""
    now, chosen, since = act_time(), organisation().sender, None
    if sender() == chosen_sender():
        return None
    history: Any = OrganisationSettings.history
    for version in history.order_by("-history_id"):
        if _sender_of(version) != chosen:
            break
        since = version.history_date
    return since + find_waiting_time(now) if since else None


def _sender_of(version: Any) -> str:
    row = OrganisationSettings(sender_name=version.sender_name, sender_address=version.sender_address)
    return row.sender
