"""In which capacity a person may vouch for what waits, and whether it counts: the functions of the database say it."""

from typing import Any

from django.db.models import F, Func, Value

from core.access import Person
from core.acts import act_time
from projects.people.credentials.models import Credential
from projects.people.vouching.models import CountsAlone, MayVouch, Vouched, Waiting

NONE = Value(None)


def find_capacity(user: Person, waiting: Waiting) -> str | None:
    """Return the capacity in which `user` may vouch for a credential or a change of address, or None."""
    capacity: str | None = _ask(waiting, MayVouch(user.pk, *_keys(waiting), act_time()))
    return capacity


def is_vouched(waiting: Waiting) -> bool:
    """Return whether enough people have vouched: two, the owner above first."""
    return bool(_ask(waiting, Vouched(*_keys(waiting), act_time())))


def counts_alone(waiting: Waiting) -> bool:
    """Return whether it counts now because nobody can vouch: after 30 days, with a notice in each of four weeks."""
    return bool(_ask(waiting, CountsAlone(*_keys(waiting), act_time())))


def _ask(waiting: Waiting, function: Func) -> Any:
    rows: Any = type(waiting).objects.filter(pk=waiting.pk)
    return rows.values_list(function, flat=True).first()


def _keys(waiting: Waiting) -> tuple[Any, Any]:
    """Return the arguments for a row of the query: the key of the credential, and that of the change of address."""
    return (F("pk"), NONE) if isinstance(waiting, Credential) else (NONE, F("pk"))
