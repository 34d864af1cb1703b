"""Test that a session gives nobody a right to decide, and takes none: mandates and delegations alone do (R1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core.access import can
from governance.models import Decision, Proposal, Session
from governance.sessions.lists.content import build_content
from governance.sessions.sittings.services import close_session
from projects.models import Delegation, Project
from projects.seats.mandates.services import delegate, end_mandate, revoke
from tests import acts
from tests.database import undone
from tests.governance.sessions.factories import found_body, hold, note, note_all

pytestmark = pytest.mark.django_db

#: A minor change within the cap of the delegation, one above it, and a kind that nobody delegates.
FILES = ("ready_minor", "ready_over_cap", "ready_for_decision")
ATTENDANCES = ("", "present", "absent", "excused", "arrived", "left")


def _revoke(cast: dict[str, Any], project: Project) -> None:
    revoke(actor=cast["owner"], delegation=Delegation.objects.get(mandate__project=project))


def _lend_another_kind(cast: dict[str, Any], project: Project) -> None:
    """Replace the delegation by one without a cap that covers neither kind of the files."""
    _revoke(cast, project)
    until = timezone.now() + timedelta(days=9)
    lent = {"kinds": ["communication"], "cap": None, "document": "Act 5", "ends_at": until}
    delegate(actor=cast["owner"], project=project, to=cast["delegate"], **lent)


def _end_adviser(cast: dict[str, Any], project: Project) -> None:
    end_mandate(actor=cast["owner"], mandate=project.mandates.active().get(holder=cast["amoa"]))


@dataclass(frozen=True)
class Standing:
    """A person of the cast, what becomes of their mandate before they try, and the files that are theirs to decide."""

    member: str
    decides: tuple[str, ...] = ()
    change: Callable[[dict[str, Any], Project], None] = lambda cast, project: None


STANDINGS = {
    "the owner": Standing("owner", FILES),
    "the owner, without any delegate": Standing("owner", FILES, _revoke),
    "a delegate": Standing("delegate", ("ready_minor",)),
    "a delegate until just now": Standing("delegate", (), _revoke),
    "a delegate for another kind": Standing("delegate", (), _lend_another_kind),
    "the owner before": Standing("former_owner"),
    "the owner to come": Standing("future_owner"),
    "the secretary": Standing("pmo"),
    "a guest": Standing("amoa"),
    "a guest until just now": Standing("amoa", (), _end_adviser),
    "the provider": Standing("moe"),
    "a stranger": Standing("outsider"),
}


def try_to_decide(person: Any, file: Proposal) -> tuple[bool, bool]:
    """Return whether the person may decide the file, and whether trying it leaves a decision; undo it."""
    may, before = can(person, "governance.decide", file), Decision.objects.count()
    with undone():
        try:
            with transaction.atomic():
                acts.decide(person, file)
        except PermissionDenied:
            pass
        return may, Decision.objects.count() > before


def try_all(standing: Standing, cast: dict[str, Any], proposal: Any, project: Project) -> dict[str, tuple[bool, bool]]:
    """Try each file as a person of this standing; undo all."""
    with undone():
        standing.change(cast, project)
        return {key: try_to_decide(cast[standing.member], proposal(key)) for key in FILES}


@dataclass(frozen=True)
class World:
    """What each standing decides before there is any session, and a session that is open on all of it since."""

    before: dict[str, dict[str, tuple[bool, bool]]]
    session: Session


@pytest.fixture(scope="module")
def world(kept_cast: dict[str, Any], kept_proposal: Any) -> World:
    """Try each standing without a session, then open one; once for the file."""
    project, pmo = Project.objects.get(code="ONE"), kept_cast["pmo"]
    before = {name: try_all(standing, kept_cast, kept_proposal, project) for name, standing in STANDINGS.items()}
    body = found_body(pmo, project)
    return World(before, hold(pmo, body, *(f"proposal:{kept_proposal(key).pk}" for key in FILES)))


@pytest.mark.parametrize("attendance", ATTENDANCES)
@pytest.mark.parametrize("name", STANDINGS)
def test_whoever_attends_a_session_decides_what_they_decide_outside_of_it(
    name: str, attendance: str, world: World, cast: dict[str, Any], proposal: Any, project_one: Project
) -> None:
    standing = STANDINGS[name]
    there = {str(cast["owner"].pk): "absent"} | {str(cast[standing.member].pk): attendance}
    for item in world.session.items.filter(source="proposal") if attendance else ():
        note(cast["pmo"], item, "All agreed to approve it.", presence=there)
    within = try_all(standing, cast, proposal, project_one)
    assert within == world.before[name]
    assert within == {key: (key in standing.decides,) * 2 for key in FILES}


@pytest.mark.parametrize("change", [_revoke, _lend_another_kind], ids=["revoked", "another kind"])
def test_a_session_without_its_owner_or_a_delegate_yields_no_decision(
    change: Callable[[dict[str, Any], Project], None],
    world: World,
    cast: dict[str, Any],
    proposal: Any,
    project_one: Project,
) -> None:
    change(cast, project_one)
    pmo, session = cast["pmo"], Session.objects.get(pk=world.session.pk)
    attending = [cast[member] for member in ("pmo", "amoa", "moe", "recipient", "delegate")]
    there = {str(person.pk): "present" for person in attending} | {str(cast["owner"].pk): "absent"}
    before = Decision.objects.count()
    note_all(pmo, session)
    for item in session.items.filter(source="proposal"):
        note(pmo, item, "All agreed to approve it.", presence=there)
    assert {try_to_decide(person, proposal(key)) for person in attending for key in FILES} == {(False, False)}
    with pytest.raises(ValidationError):
        close_session(actor=pmo, session=session)

    later = session.day + timedelta(days=30)
    for item in session.items.filter(source="proposal"):
        note(pmo, item, "All agreed to approve it.", presence=there, outcome="deferred", deferred_to=later)
    closed = close_session(actor=pmo, session=session)
    assert [line["decisions"] for line in build_content(closed, pmo)["items"] if line["decisions"]] == []
    assert Decision.objects.count() == before
    assert {proposal(key).state for key in FILES} == {"ready_for_decision"}
