"""A programme with a budget and projects below it, whose owner decides on shares."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.acts import back_entry
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.supersede import NotCarried
from governance.decide.proposals.services import Incomplete
from governance.enums import Outcome
from governance.life.moves.services import accept_move, ask_move
from governance.models import Decision
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests import acts
from tests.database import fire_deferred_triggers, owning

TODAY = timezone.localdate()


def found(cast: dict[str, Any], code: str, level: str = "programme", parent: Project | None = None) -> Project:
    """Open a node of the other owner, with an office and a business side that propose and advise."""
    words = {"code": code, "prefix": code[:4], "title_fr": f"Nœud {code}", "title_en": f"Node {code}", "level": level}
    dates = {"starts_on": "2026-01-05", "ends_on": acts.FUTURE, "parent": parent}
    with owning(), back_entry(timezone.now() - timedelta(days=30)):
        node = found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=words | dates)
        for role, member in (("PMO", "other_pmo"), ("AMOA", "other_amoa")):
            appoint(actor=cast["other_owner"], project=node, role=role_on(node, role), holder=cast[member])
        acts.accept_mandates(node)
    return node


def place(cast: dict[str, Any], project: Project, node: Project) -> Project:
    """Move a project under a node, by both owners."""
    owner = project.mandates.active().deciding().get().holder
    above = node.mandates.active().deciding().get().holder
    accept_move(actor=above, move=ask_move(actor=owner, project=project, target=node))
    fire_deferred_triggers()
    return acts.fresh(project)  # type: ignore[no-any-return]


def resolve(node: Project, kind: str, outcome: Outcome = Outcome.APPROVED, **terms: str) -> Decision:
    """Propose and decide on a node, as its owner."""
    owner = node.mandates.active().deciding().get().holder
    replaces = terms.pop("replaces", None)
    file = acts.submit_to_owner(acts.fresh(node), kind, replaces, terms=terms)  # type: ignore[arg-type]
    decision = acts.decide(owner, file, outcome)
    fire_deferred_triggers()
    return decision


def share(node: Project, shares: str, starts_on: Any = TODAY, **terms: Any) -> Decision:
    """Decide shares of the budget of a node: `ONE=600.00,TWO=300.00`."""
    return resolve(node, "allocation", shares=shares, starts_on=str(starts_on), **terms)


def award(project: Project, amount: int) -> Decision:
    """Choose a provider of a project for an amount, as its owner."""
    owner = project.mandates.active().deciding().get().holder
    file = acts.submit_to_owner(acts.fresh(project), "supplier_choice", amount=Decimal(amount))
    decision = acts.decide(owner, file)
    fire_deferred_triggers()
    return decision


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Expect that a submission or a decision is refused in these words, a regular expression."""
    with pytest.raises((Incomplete, NotCarried, CannotTakeEffect, ValidationError)) as found:
        yield
    error: Any = found.value
    told = " ".join(map(str, error.gaps.values() if hasattr(error, "gaps") else error.messages))
    assert re.search(words, told), told
