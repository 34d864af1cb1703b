"""Test that the owner of a new project approves the roles of its method and gate G0 in one decision."""

import html
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override

from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.forms import GateForm
from governance.decide.proposals.services import Incomplete
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from governance.models import Proposal
from projects.models import Project
from projects.seats.mandates.holders import list_asked_roles, proposers
from tests import acts
from tests.attacks import Attacks
from tests.database import backdate
from tests.governance.decide.kinds.test_needs import _revise
from tests.projects.seats.launch.test_launch import Place, dropping, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def filled(cast: dict[str, Any], project_two: Project) -> Place:
    """Return project two before its launch, with every role filled and none approved."""
    place = Place(cast, project_two)
    place.give("MOE", "moe")
    place.give("DEST", "recipient", group="Passengers")
    return place


def both(project: Project, **changes: str) -> dict[str, str]:
    """Return the terms of a proposal for the roles in force and gate G0."""
    matrix = project.matrix
    assert matrix
    return {"gate": "G0", "matrix": term_of(matrix.number, matrix.hash)} | changes


def adapt(place: Place) -> None:
    """Write a second version of the roles."""
    latest = newest(place.project)
    content = without_duty(latest.read(), "MOE", "MOE-09", "Done by the port.")
    author = proposers(place.project, "appointment")[0].holder
    adapt_roles(actor=author, project=place.now, base=latest.number, content=content, reason="Ours.")


def take_letter(place: Place, role: str, nature: str, kind: str) -> None:
    """Take the letter of a kind from a role, as a method with other letters would."""
    matrix = place.now.matrix
    assert matrix
    matrix.powers[role][nature].remove(kind)
    backdate("projects_matrix", "powers", json.dumps(matrix.powers), "id = %s", [matrix.pk])


def let_others_propose_roles(place: Place) -> None:
    """Let the role that writes the proposal for the gate propose no roles."""
    take_letter(place, proposers(place.project, "gate")[0].role.code, "propose", "appointment")


def leave_a_role_unheard(place: Place) -> None:
    """Let a role that advises on roles give no opinion on gates."""
    author = proposers(place.project, "gate")[0].role.code
    take_letter(place, next(code for code in ("PMO", "AMOA") if code != author), "advise", "gate")


def test_one_decision_approves_the_roles_and_launches_and_its_undo_takes_both_back(
    filled: Place, client_of: Any
) -> None:
    author = proposers(filled.project, "gate")[0].holder
    assert waiting(filled, "launch_proposals")
    page = html.unescape(client_of(author).get("/projects/TWO/launch/", headers={"accept-language": "en"}).text)
    [address] = [part.split('"')[0] for part in page.split('href="')[1:] if "kind=gate" in part.split('"')[0]]
    assert "Write the proposal for roles and G0" in page
    assert "matrix=1%3A" in address
    form = client_of(author).get(address, headers={"accept-language": "en"})
    assert "Rôles du projet et passage G0" in html.unescape(form.text), "in the language of the project"

    file = acts.submit_to_owner(filled.project, "gate", terms=both(filled.now))
    assert waiting(filled, "launch_proposals") == set(), "it is on its way"
    [criteria] = [part for part in file.current.snapshot if part["name"] == "criteria"]
    assert {figure["name"]: figure["met"] for figure in criteria["figures"]}["roles"] == "yes"
    decision = acts.decide(filled.owner, file)
    now = filled.now
    assert (now.state, now.gate, now.matrix_approved) == ("active", "G0", True)
    assert {effect.field for effect in decision.effects.all()} == {"matrix", "gate", "state"}
    assert filled.lacks() == []
    assert "matrix" not in GateForm(project=now).fields, "nothing is left to approve"
    dropping(filled, decision)
    now = filled.now
    assert (now.state, now.gate, now.matrix_approved) == ("draft", "", False)
    acts.decide(filled.owner, acts.submit_to_owner(filled.project, "gate", terms=both(now)))
    assert filled.now.matrix_approved


def test_what_else_is_missing_still_stops_it(two_without_provider: Place) -> None:
    file = acts.submit_to_owner(two_without_provider.project, "gate", terms=both(two_without_provider.now))
    with pytest.raises(CannotTakeEffect):
        acts.decide(two_without_provider.owner, file)
    assert not two_without_provider.now.matrix_approved


@pytest.fixture
def two_without_provider(cast: dict[str, Any], project_two: Project) -> Place:
    """Return project two without provider and recipients."""
    return Place(cast, project_two)


@pytest.mark.parametrize("why", ["another gate", "adapted", "approved", "other roles"])
def test_only_the_first_roles_unchanged_go_with_gate_g0(why: str, filled: Place, client_of: Any) -> None:
    terms = both(filled.now)
    if why == "another gate":
        terms["gate"] = "G1"
    elif why == "adapted":
        adapt(filled)
    elif why == "approved":
        filled.approve_roles()
    else:
        terms["matrix"] = term_of(1, "0" * 64)
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(filled.project, "gate", terms=terms)
    assert "terms-matrix" in error.value.gaps
    if why in {"adapted", "approved"}:
        author = proposers(filled.project, "gate")[0].holder
        page = client_of(author).get("/projects/TWO/launch/", headers={"accept-language": "en"}).text
        assert "Write the proposal for roles and G0" not in page


@pytest.mark.parametrize("differ", [let_others_propose_roles, leave_a_role_unheard])
def test_roles_do_not_go_with_the_gate_where_their_author_or_their_opinions_would_be_others(
    differ: Callable[[Place], None], filled: Place
) -> None:
    differ(filled)
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(filled.project, "gate", terms=both(filled.now))
    assert error.value.gaps["terms-matrix"].startswith("The roles that propose and advise on roles differ from those")


def test_the_opinion_of_the_role_that_writes_the_proposal_is_not_missed(filled: Place) -> None:
    take_letter(filled, proposers(filled.project, "gate")[0].role.code, "advise", "gate")
    acts.decide(filled.owner, acts.submit_to_owner(filled.project, "gate", terms=both(filled.now)))
    assert filled.now.matrix_approved


# — the database —


def _write(place: Place, **terms: str) -> None:
    author = proposers(place.project, "gate")[0].holder
    file: Proposal = acts.draft(author, place.project, "gate", terms=both(place.now, **terms))
    _revise(file, asked_roles=list_asked_roles(file.project, "gate", file.author_role))


def _write_adapted(place: Place) -> None:
    adapt(place)
    _write(place)


def _write_approved(place: Place) -> None:
    place.approve_roles()
    _write(place)


def _write_after(differ: Callable[[Place], None]) -> Callable[[Place], None]:
    def attempt(place: Place) -> None:
        differ(place)
        _write(place)

    return attempt


GUARD = "proposalrevision.names_what_its_kind_needs"
REFUSED = "Gate G0 approves the first roles of the project, unchanged, and no others"
ATTACKS = Attacks(
    triggers=[
        (GUARD, what, attempt, REFUSED)
        for what, attempt in {
            "roles with another gate": lambda place: _write(place, gate="G1"),
            "roles that are not the project's": lambda place: _write(place, matrix=f"1:{'0' * 64}"),
            "roles that were adapted": _write_adapted,
            "roles that are approved": _write_approved,
            "roles that its author may not propose": _write_after(let_others_propose_roles),
            "roles on which a role is not heard": _write_after(leave_a_role_unheard),
        }.items()
    ],
    behind={GUARD: "proposalrevision.freezes_each_unmet_criterion"},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, filled: Place) -> None:
    ATTACKS.prove(guard, filled)
