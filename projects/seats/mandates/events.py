"""Append the event of a role holder's act to the ledger."""

from typing import Any

from django.db import models

from projects.ledger.enums import LedgerAct
from projects.ledger.models import LedgerEvent
from projects.ledger.services import acting_user, project_of, record
from projects.project.models import Project
from projects.seats.mandates.predicates import role_code_of


def record_in_role(
    act: LedgerAct, subject: models.Model, *, project: Project | None = None, **facts: Any
) -> LedgerEvent:
    """Append an event as `record` does, with the role of the actor on the project, empty without one."""
    project = project or project_of(subject)
    return record(act, subject, project=project, role=role_code_of(acting_user(), project), **facts)
