"""Test that a closed project decides nothing but its reopening, by service, page and database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from core.acts import acting_as
from governance.decide.decisions.services import NewCondition
from governance.decide.proposals.services import Incomplete
from governance.desk.permissions.simulation import Answer, Supposition, build_columns
from governance.enums import EffectiveFrom, Outcome
from governance.models import Proposal
from governance.record.verification.verifier import verify
from governance.workflow import ProjectAtRest
from projects.models import Project
from projects.seats.mandates.services import appoint, role_on
from roles.enums import REOPENING
from tests import acts
from tests.attacks import Attacks
from tests.governance.world import World
from tests.projects.seats.launch.test_launch import founded

pytestmark = pytest.mark.django_db
CLOSED = "The project is closed. Only its reopening can be decided."
NOTHING_ELSE = "A project at rest decides only what leads out of it, and appointments while suspended"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def waiting(kept_cast: dict[str, Any]) -> Proposal:
    """Bring a proposal to the owner of project one and close the project, once for this file."""
    project = Project.objects.get(code="ONE")
    file = acts.submit_to_owner(project, "change", terms={"budget": "7.00"})
    acts.close(kept_cast["owner"], project)
    return file


@pytest.fixture
def closed(db: None, waiting: Proposal) -> Project:
    """Read project one, which is closed."""
    return acts.fresh(waiting.project)


# — nothing else is decided —


@pytest.mark.parametrize("kind", ["change", "budget", "schedule", "gate", "appointment", "arbitration"])
def test_nothing_is_submitted_on_a_closed_project(kind: str, amoa: Any, pmo: Any, closed: Project) -> None:
    author = {"schedule": pmo, "appointment": pmo}.get(kind, amoa)
    file = acts.draft(author, closed, kind, terms={"budget": "1.00", "ends_on": "2040-01-01", "gate": "G5"})
    kept = acts.count_evidence()
    with pytest.raises(ProjectAtRest):
        acts.submit(author, file)
    assert (acts.count_evidence(), acts.reread(file).state) == (kept, "draft")


@pytest.mark.parametrize("outcome", acts.ANSWERS)
def test_nothing_that_waited_is_decided_after_the_closing(
    outcome: Outcome, owner: Any, closed: Project, waiting: Proposal
) -> None:
    kept = acts.count_evidence()
    with pytest.raises(ProjectAtRest):
        acts.decide(owner, acts.reread(waiting), outcome)
    assert (acts.count_evidence(), acts.fresh(closed).budget) == (kept, closed.budget)
    assert waiting not in Proposal.objects.awaiting_decision_of(owner)


def test_a_decision_that_waits_for_its_conditions_takes_no_effect_after_the_closing(
    cast: dict[str, Any], owner: Any, project_one: Project
) -> None:
    other = founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=other, role=role_on(other, "DEST"), holder=owner, group="crews")
    file = acts.submit_to_owner(project_one, "budget", terms={"budget": "7.00"})
    later = EffectiveFrom.WHEN_MET
    condition = NewCondition("Told.", "AMOA", acts.FUTURE)
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, [condition], effective=later)
    acts.close(owner, project_one, into=other)
    with pytest.raises(ProjectAtRest):
        acts.lift(owner, file)
    assert acts.fresh(project_one).budget == project_one.budget
    acts.reopen(owner, project_one)
    acts.lift(owner, file)
    assert acts.fresh(project_one).budget == 7


def test_the_pages_say_so(
    english: Callable[[Any], Any], owner: Any, amoa: Any, closed: Project, waiting: Proposal
) -> None:
    owners, authors = english(owner), english(amoa)
    page = owners.get(waiting.get_absolute_url())
    assert "The project is closed. Only its reopening can be decided." in page.text
    assert 'name="outcome"' not in page.text
    url = reverse("governance:dossier:proposal_decide", args=[waiting.pk])
    answer = {"fingerprint": acts.fingerprint(waiting), "outcome": "approved", "reasons": "Yes.", "step": "seal"}
    refused = owners.post(url, answer)
    assert refused.status_code == 409
    assert "The project is closed. Only its reopening can be decided." in refused.text
    home = authors.get(closed.get_absolute_url())
    address = f"{reverse('governance:proposals:proposal_new', args=[closed.code])}?kind=reopening"
    assert f'href="{address}"' in home.text
    form = authors.get(address)
    assert [code for code, _label in form.context["form"].fields["kind"].choices] == ["", "reopening"]


def test_the_permissions_page_knows_it(owner: Any, closed: Project) -> None:
    columns = build_columns(closed)
    asked = {
        kind: Supposition(closed, columns, kind, "AMOA").plain()["states"]["ready_for_decision"]["governance.decide"]
        for kind in ("change", REOPENING)
    }
    assert (asked["change"]["MOA"], asked[REOPENING]["MOA"]) == (Answer.NOT_NOW, Answer.YES)
    assert asked[REOPENING]["PMO"] == Answer.NO


# — the reopening —


def test_a_closed_project_is_reopened_at_the_gate_before(owner: Any, amoa: Any, closed: Project) -> None:
    file = acts.submit_to_owner(closed, REOPENING)
    assert file.author_role in {"AMOA", "PMO"}
    assert set(file.current.asked_roles) == {"AMOA", "PMO"} - {file.author_role}
    decision = acts.decide(owner, file)
    told = [(e.field, e.before, e.after, e.description) for e in decision.effects.order_by("pk")]
    assert told == [
        ("gate", "G5", "G4", "Gate no longer passed: G5"),
        ("state", "closed", "active", "Project no longer closed"),
    ]
    again = acts.fresh(closed)
    assert (again.state, again.gate, again.next_gate) == ("active", "G4", "G5")
    connection.check_constraints()
    assert verify(again).faults == []
    acts.decide(owner, acts.submit_to_owner(again, "change"))


def test_an_open_project_is_not_reopened(amoa: Any, project_one: Project) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, REOPENING)
    assert error.value.gaps == {"kind": "The project is not closed: there is nothing to reopen."}


def test_a_rejected_reopening_leaves_the_project_closed(owner: Any, closed: Project) -> None:
    acts.decide(owner, acts.submit_to_owner(closed, REOPENING), Outcome.REJECTED)
    assert acts.fresh(closed).state == "closed"


def test_a_reopening_is_shown_to_the_owner_in_french(
    english: Callable[[Any], Any], owner: Any, closed: Project
) -> None:
    file = acts.submit_to_owner(closed, REOPENING)
    with acting_as(owner):
        owner.language = "fr"
        owner.save()
    page = english(owner).get(file.get_absolute_url())
    assert "Le dernier jalon passé est alors G4" in page.text


# — the database —


def _change(**fields: Any) -> None:
    Project.objects.filter(code="ONE").update(**fields)


CHANGES = "A project that has ended changes by the decision that reopens it"
ATTACKS = Attacks(
    triggers=[
        ("decision.is_decided_while_its_project_goes_on", "what had waited", World.decide, NOTHING_ELSE),
        ("proposalrevision.is_submitted_while_its_project_goes_on", "another text", World.revise, NOTHING_ELSE),
        ("project.an_ended_project_stays_as_it_is", "another budget", lambda _: _change(budget=7), CHANGES),
        (
            "project.an_ended_project_stays_as_it_is",
            "opened without a decision",
            lambda _: _change(state="active", gate="G4"),
            CHANGES,
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, closed: Project, world: World) -> None:
    ATTACKS.prove(guard, world)
