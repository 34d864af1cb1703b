"""Test that both verifiers judge why an opinion was impossible, from the events on seats and ties (R2)."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.history import bypassing_history
from governance.models import Decision
from projects.models import Project
from projects.seats.interests.services import declare_interest, note_bidder
from projects.seats.mandates.services import appoint, end_mandate, role_on
from tests import acts
from tests.database import undone
from tests.governance.decide.decisions.test_unheard import WHY, close, seat, submit
from tests.projects.ledger.tampering import disable_guards, export_bundle, verify_bundle, verify_database

pytestmark = pytest.mark.django_db
FAULT = "it does not say of {} what the seats say (R2)"
LONG_AGO = "2020-01-01T00:00:00.000000+00:00"
type Cast = dict[str, Any]
type Makes = Callable[[Cast, Project], Decision]


def in_a_vacancy(cast: Cast, project: Project) -> Decision:
    before = end_mandate(actor=cast["owner"], mandate=seat(project, "AMOA"))
    begins = timezone.now() + timedelta(days=3)
    role = role_on(project, "AMOA")
    appoint(actor=cast["owner"], project=project, role=role, holder=cast["outsider"], starts_at=begins)
    decision = acts.decide(cast["owner"], submit(cast["pmo"], project), waived={"AMOA": WHY})
    end_mandate(actor=cast["owner"], mandate=project.mandates.get(holder=cast["outsider"]))
    appoint(actor=cast["owner"], project=project, role=role, holder=before.holder)
    return decision


def in_a_tie(cast: Cast, project: Project) -> Decision:
    note_bidder(actor=cast["owner"], project=project, organisation="New Cranes")
    declare_interest(actor=cast["amoa"], project=project, organisation="New Cranes", tie="Shares held since spring.")
    return acts.decide(cast["owner"], submit(cast["pmo"], project), waived={"AMOA": WHY})


def filled_by_the_decision(cast: Cast, project: Project) -> Decision:
    end_mandate(actor=cast["owner"], mandate=seat(project, "AMOA"))
    terms = {"role": "AMOA", "holder": str(cast["outsider"].key)}
    return acts.decide(cast["owner"], submit(cast["pmo"], project, "appointment", terms=terms), waived={"AMOA": WHY})


def with_a_closed_account(cast: Cast, project: Project) -> Decision:
    close(cast["amoa"])
    decision = acts.decide(cast["owner"], submit(cast["pmo"], project), waived={"AMOA": WHY})
    close(cast["amoa"], active=True)
    return decision


def waived(cast: Cast, project: Project) -> Decision:
    return acts.decide(cast["owner"], submit(cast["pmo"], project), waived={"AMOA": WHY})


def said(decision: Decision, impossible: dict[str, Any], bundle: Path) -> tuple[str, str]:
    """Return what both verifiers say once the decision tells `impossible`: of the database and of its export."""
    told = json.loads(bundle.read_text())
    for record in told["contents"]:
        if (record["subject"], record["id"]) == ("governance.decision", str(decision.pk)):
            record["content"]["impossible"] = impossible
    changed = bundle.with_name("changed.json")
    changed.write_text(json.dumps(told))
    with undone(), disable_guards("governance_decision"), bypassing_history():
        Decision.objects.filter(pk=decision.pk).update(impossible=impossible)
        return verify_database()[1], verify_bundle(changed)[1]


@pytest.mark.parametrize("make", [in_a_vacancy, in_a_tie, filled_by_the_decision, with_a_closed_account, waived])
def test_a_decision_that_tells_the_truth_is_intact(
    make: Makes, cast: Cast, project_one: Project, tmp_path: Path
) -> None:
    make(cast, project_one)
    code, told = verify_database()
    assert code == 0, told
    code, told = verify_bundle(export_bundle(tmp_path, "--contents"))
    assert code == 0, told
    assert ("whether the account of an adviser was closed" in told) == (make is with_a_closed_account)


#: decision → claim → what it tells instead; nothing when empty.
CLAIMS: dict[Makes, dict[str, dict[str, str]]] = {
    in_a_vacancy: {
        "vacant, and nothing is told": {},
        "vacant since another day": {"since": LONG_AGO},
        "another successor": {"until": ""},
        "tied instead of vacant": {"reason": "tied"},
        "closed instead of vacant": {"reason": "closed"},
    },
    in_a_tie: {"tied, and nothing is told": {}, "tied since another day": {"since": LONG_AGO}},
    waived: {"vacant instead of filled": {"reason": "vacant", "since": LONG_AGO, "until": ""}},
}


@pytest.mark.parametrize("make", CLAIMS)
def test_another_reason_or_period_is_seen(make: Makes, cast: Cast, project_one: Project, tmp_path: Path) -> None:
    decision = make(cast, project_one)
    bundle = export_bundle(tmp_path, "--contents")
    for claim, changed in CLAIMS[make].items():
        other = {"AMOA": {**decision.impossible.get("AMOA", {}), **changed}} if changed else {}
        for told in said(decision, other, bundle):
            assert FAULT.format("AMOA") in told, claim


def test_an_account_said_to_be_closed_is_looked_up(cast: Cast, project_one: Project, tmp_path: Path) -> None:
    decision = waived(cast, project_one)
    other = {"AMOA": {"reason": "closed", "since": LONG_AGO, "until": ""}}
    in_database, on_export = said(decision, other, export_bundle(tmp_path, "--contents"))
    assert "an adviser's account was closed, and it was open (R2)" in in_database
    assert "whether the account of an adviser was closed" in on_export
