"""What the session of a request proves: only factors that count do (ADR 50).

A factor that was added signs in, to read; until it counts it is no fresh proof and signs nothing.
"""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from fido2.utils import websafe_decode

from core.access import Person
from core.acts import act_time
from core.templatetags.ui import when
from projects.organisation_settings.queries import relies_on_provider
from projects.people.credentials.enums import BEGINNINGS, CredentialKind, Origin
from projects.people.credentials.models import Credential
from roles.reauthentication.factors import FACTORS, Use, list_all_uses, list_uses, list_uses_in
from roles.reauthentication.proofs import REFUSALS, SIGN_INS


def list_counting_factors(person: Person) -> list[str]:
    """List the kinds of the factors that proved the session and count; empty without a session.

    A password from before its first credential was recorded counts, and so does what a provider told then.
    """
    return _list_counting(person, list_uses(person))


def _list_counting(person: Person, uses: Sequence[Use]) -> list[str]:
    living = _list_living(person) if uses else []
    counting = [use.factor for use in uses if _counts(use, _find_credential(person, use, living))]
    return list(dict.fromkeys(counting))


def _counts(use: Use, credential: Credential | None) -> bool:
    return credential.counts if credential else use.factor in BEGINNINGS


def find_proof(person: Person) -> str:
    """Return the kind of one factor that proved the session last and counts; empty without one, and in commands.

    A sign-in by the provider is one only where the organisation relies on it.
    """
    return next(iter(_without_provider(list_counting_factors(person))), "")


def find_other_proof(person: Person, kind: str) -> str:
    """Return the kind of a factor other than `kind` that proved the session at any time and counts, as above."""
    factors = _without_provider(_list_counting(person, list_all_uses(person)))
    return next((factor for factor in factors if factor != kind), "")


def _without_provider(factors: Sequence[str]) -> list[str]:
    return [factor for factor in factors if factor != CredentialKind.PROVIDER or relies_on_provider(act_time())]


def _list_living(person: Person) -> list[Credential]:
    return list(Credential.objects.living().filter(person=person.pk).with_standing().order_by("pk"))


def _find_credential(person: Person, use: Use, living: Sequence[Credential]) -> Credential | None:
    """Return the credential that a use proves; of several passkeys the one whose row of allauth it names."""
    of_kind = [credential for credential in living if credential.kind == use.factor]
    if use.factor != CredentialKind.PASSKEY:
        return of_kind[-1] if of_kind else None
    stored = Authenticator.objects.filter(pk=use.stored, user_id=person.pk).first()
    identifier = websafe_decode(stored.data["id"]) if stored else b""
    return next((passkey for passkey in of_kind if bytes(passkey.credential_id or b"") == identifier), None)


def _waits_beside_others(credential: Credential | None) -> bool:
    """Return whether it was added and does not count yet."""
    return credential is not None and credential.origin == Origin.ADDED and not credential.counts


def is_proved_by_sign_in(request: HttpRequest, person: Person) -> bool:
    """Return whether one of the factors of a sign-in may prove its person: one that was added may once it counts."""
    uses = list_uses_in(request.session, person)
    living = _list_living(person) if uses else []
    return not uses or any(not _waits_beside_others(_find_credential(person, use, living)) for use in uses)


def refuse_added_factor(person: Person, factor: Authenticator | None) -> str | None:
    """Return the sentence for a factor that was added and does not count yet; None for any other."""
    if factor is None:
        return None
    use = Use(FACTORS.get(("mfa", factor.type), ""), factor.pk)
    credential = _find_credential(person, use, _list_living(person))
    if credential is None or not _waits_beside_others(credential):
        return None
    return describe_wait(credential)


def describe_wait(credential: Credential) -> str:
    """Return until when, or until what, a factor that was added proves nothing."""
    factor = capfirst(credential.get_kind_display())
    if credential.needs_vouches:
        text = _("%(factor)s: it proves nothing until two people have vouched for it. Use another way.")
    elif credential.confirmed_at is None:
        text = _("%(factor)s: it proves nothing until you confirm it from your mailbox. Use another way.")
    else:
        text = _("%(factor)s: it proves nothing until %(at)s. Use another way.")
    return text % {"factor": factor, "at": when(credential.due_at)}


SIGN_INS.append(is_proved_by_sign_in)
REFUSALS.append(refuse_added_factor)
