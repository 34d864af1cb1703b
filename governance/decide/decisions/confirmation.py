"""How a decision was confirmed: with which factors, and since when they are its signatory's (ADR 30)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from core.words.dates import long_day
from projects.people.credentials.models import Credential
from projects.people.credentials.session_proofs import list_counting_factors
from roles.models import User

#: Factors in the words of a record; none of them is a legal level.
FACTORS = {
    "password": pgettext_lazy("factor", "password"),
    "provider": pgettext_lazy("factor", "sign-in of the organisation"),
    "passkey": pgettext_lazy("factor", "passkey"),
    "code_app": pgettext_lazy("factor", "code"),
    "recovery_codes": pgettext_lazy("factor", "recovery code"),
}


@dataclass(frozen=True)
class Confirmation:
    """The factors of a session; `since` is None when the record does not tell since when they are the person's."""

    factors: list[str]
    since: datetime | None


def read_confirmation(person: User) -> Confirmation:
    """Return how the session of the request proved its person; without factors in commands.

    A factor that was added and does not count yet is none.
    """
    factors = list_counting_factors(person)
    if not factors:
        return Confirmation([], None)
    given = Credential.objects.counting().filter(person=person, kind__in=factors).values_list("kind", "given_at")
    is_known = {kind for kind, _at in given} == set(factors)
    return Confirmation(factors, max(at for _kind, at in given) if is_known else None)


def describe_confirmation(decision: Any) -> str:
    """Return how a decision was confirmed, in words; empty for decisions from before this was recorded."""
    if decision.factors is None:
        return ""
    if not decision.factors:
        return _("Without a password or passkey of the signatory")
    if decision.passkey_id:
        on = {"on": long_day(decision.factor_since)}
        return _("Signed with their own passkey, in their possession since %(on)s") % on
    words = get_text_list([str(FACTORS[factor]) for factor in decision.factors], pgettext("factors", "and"))
    if decision.factor_since is None:
        return _("Confirmed with %(factors)s") % {"factors": words}
    return _("Confirmed with %(factors)s, theirs since %(on)s") % {
        "factors": words,
        "on": long_day(decision.factor_since),
    }
