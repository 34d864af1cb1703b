"""Requirements: written, versioned, frozen, and approved in their exact versions by a decision of the owner only."""

from typing import Any

import pytest

from governance.kinds.forms import term_of
from governance.requirements.services import (
    change_many,
    edit_requirement,
    freeze_baseline,
    implement,
    write_requirement,
)
from projects.models import Project, Requirement
from tests import acts
from tests.database import run

pytestmark = pytest.mark.django_db


def written(actor: Any, project: Any, **fields: Any) -> Requirement:
    content = {"kind": "functional", "title": "Crews see the berth plan", "state": "proposed"} | fields
    return write_requirement(actor=actor, project=project, fields=content)


def settled() -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def test_the_approval_of_a_baseline_approves_those_exact_versions(cast: dict[str, Any], project_one: Any) -> None:
    amoa, owner = cast["amoa"], cast["owner"]
    first = written(amoa, project_one)
    second = written(amoa, project_one, title="Crews hear the tide")
    settled()
    baseline = freeze_baseline(actor=amoa, project=project_one)
    second = edit_requirement(
        actor=amoa, requirement=second, seen=second.changed_at.isoformat(), fields={"title": "Crews read the tide"}
    )
    settled()
    terms = {"baseline": term_of(baseline.number, baseline.hash)}
    file = acts.put(project_one, "requirement_baseline", terms=terms)
    acts.decided(owner, file)
    settled()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.in_force.number, first.version) == ("approved", 1, 1)
    assert (second.state, second.in_force.number, second.version) == ("proposed", 1, 2)
    assert second.in_force.content["title"] == "Crews hear the tide"
    assert Project.objects.get(pk=project_one.pk).baseline == baseline
    done = implement(actor=cast["moe"], project=project_one, numbers=[first.pk, second.pk])
    settled()
    assert ([r.code for r in done.changed], [r.code for r, _ in done.skipped]) == ([first.code], [second.code])
    done = change_many(actor=amoa, project=project_one, numbers=[first.pk], fields={"priority": "must"})
    settled()
    first.refresh_from_db()
    assert (first.state, first.version, first.in_force.number) == ("proposed", 2, 1)
    assert Requirement.objects.saying("TIDES").get() == second
