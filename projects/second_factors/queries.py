"""Factors of a person, as their account shows them, and whether the organisation requires one."""

from dataclasses import dataclass

from projects.credentials.enums import CredentialKind
from projects.credentials.models import Credential
from projects.mandates.models import Delegation, Mandate
from projects.organisation_settings.enums import SecondFactor
from projects.organisation_settings.queries import organisation
from roles.models import User
from roles.second_factors.codes import count_recovery_codes, has_second_step

#: Kinds that are asked for as a second step; recovery codes stand in for them.
STEPS = (CredentialKind.PASSKEY, CredentialKind.CODE_APP)
KINDS = (*STEPS, CredentialKind.RECOVERY_CODES)


@dataclass(frozen=True)
class Factor:
    """A factor of a person; `left` is the number of recovery codes that were not used."""

    credential: Credential
    left: int | None = None


def list_credentials_of_factors(person: User) -> list[Credential]:
    """List the living credentials that are second factors, in the order they were given."""
    return list(Credential.objects.living().filter(person=person, kind__in=KINDS).order_by("pk"))


def list_factors(person: User) -> list[Factor]:
    """List the factors of a person, in the order they were given."""
    return [
        Factor(credential, count_recovery_codes(person) if credential.kind == CredentialKind.RECOVERY_CODES else None)
        for credential in list_credentials_of_factors(person)
    ]


def is_required_of(person: User) -> bool:
    """Return whether the organisation requires a second factor of this person."""
    required = organisation().second_factor
    if required == SecondFactor.NOBODY:
        return False
    if person.is_staff or Delegation.objects.active().filter(delegate=person).exists():
        return True
    held = Mandate.objects.active().filter(holder=person)
    return (held.deciding() if required == SecondFactor.DECIDERS else held).exists()


def lacks_factor(person: User) -> bool:
    """Return whether the person has to add a second factor before anything else."""
    return is_required_of(person) and not has_second_step(person)
