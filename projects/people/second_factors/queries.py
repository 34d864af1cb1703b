"""Factors of a person, as their account shows them, and whether the organisation requires one."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F

from core.acts import act_time
from projects.organisation_settings.queries import organisation
from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential
from projects.people.second_factors.guards import STEPS
from roles.models import User
from roles.second_factors.codes import count_recovery_codes, has_second_step

KINDS = (*STEPS, CredentialKind.RECOVERY_CODES)


class FactorRequired(models.Func):
    """Whether a second factor is required of a person at an instant (guards.py)."""

    function = "public.ouvrage_factor_required"
    output_field: Any = models.BooleanField()


@dataclass(frozen=True)
class Factor:
    """A factor of a person: recovery codes that were not used, and whether it is the last one that is required."""

    credential: Credential
    left: int | None
    is_kept: bool


def list_credentials_of_factors(person: User) -> list[Credential]:
    """List the living credentials that are second factors, in the order they were given."""
    return list(Credential.objects.living().filter(person=person, kind__in=KINDS).order_by("pk"))


def list_factors(person: User) -> list[Factor]:
    """List the factors of a person, in the order they were given."""
    credentials = list_credentials_of_factors(person)
    steps = [credential for credential in credentials if credential.kind in STEPS]
    kept = steps if len(steps) == 1 and is_required_of(person) else []
    return [
        Factor(
            credential,
            count_recovery_codes(person) if credential.kind == CredentialKind.RECOVERY_CODES else None,
            credential in kept,
        )
        for credential in credentials
    ]


def is_required_of(person: User) -> bool:
    """Return whether a second factor is required of this person, as the database says."""
    if not organisation().requires_factors:
        return False
    asked = User.objects.filter(pk=person.pk).values_list(FactorRequired(F("pk"), act_time()), flat=True)
    return bool(asked.first())


def lacks_factor(person: User) -> bool:
    """Return whether the person has to add a second factor before anything else."""
    return is_required_of(person) and not has_second_step(person)
