"""Words that say how an owner came to follow another one, beside their decisions of the first 30 days."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from projects.people.replacements.enums import PERIOD
from projects.seats.mandates.models import Mandate
from roles.models import User


def describe_new_owner(mandate: Mandate, at: datetime, name: Callable[[User], str] = str) -> str:
    """Return in whose place the owner is at `at`, who proposed and who seconded them; empty for other owners.

    After 30 days it is empty too, unless one hand alone named them. `name` puts a person into words.
    """
    row = mandate.replacement if mandate.replacement_id else None
    if row is None:
        return ""
    if not row.seconded_by:
        words = _("in place of %(former)s, proposed by %(proposer)s alone: nobody could second it")
    elif at < mandate.starts_at + PERIOD:
        words = _("in place of %(former)s, proposed by %(proposer)s, seconded by %(second)s (%(capacity)s)")
    else:
        return ""
    return words % {
        "former": name(row.former),
        "proposer": name(row.proposed_by),
        "second": name(row.seconded_by) if row.seconded_by else "",
        "capacity": row.get_capacity_display(),
    }
