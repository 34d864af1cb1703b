"""What the scenarios say of conformity: the acts, and files that hold nothing the scenario does not know."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.conformity_checks.enums import Result
from governance.kinds.forms import WaiverForm
from governance.models import ConformityCheck, Waiver
from governance.scenarios import loader
from governance.scenarios.pmo_conformity import ACTS, woven
from governance.scenarios.world import World, instant
from roles.acting import back_entry
from tests.checked_standards import adopted
from tests.database import owning
from tests.governance.test_waivers import granted

pytestmark = pytest.mark.django_db
NAMES = ("vigie", "orbelle", "sources")


@pytest.fixture
def world(project_one: Any) -> World:
    """A scenario that knows project one and its standard."""
    adopted(project_one, "STD-A", "Read", "Heard")
    return World({}, projects={"one": project_one})


def entered(world: World, by: Any, **entry: Any) -> None:
    """Enter one act as it took place."""
    with owning(), back_entry(instant(entry["at"])):
        ACTS[entry["act"]](world, by, entry)


def test_a_check_is_entered_at_every_checkpoint_or_at_those_named(world: World, pmo: Any) -> None:
    of = {"act": "check_conformity", "project": "one", "standard": "STD-A"}
    entered(world, pmo, at="-3d 09:00", result="conform", **of)
    entered(
        world, pmo, at="-2d 09:00", result="not_conform", checkpoints=[2], finding="Silent.", action="Say it.",
        action_role="MOE", action_due="+20d", **of,
    )  # fmt: skip
    rows = ConformityCheck.objects.order_by("pk").values_list("checkpoint__number", "result", "entered_afterwards")
    assert list(rows) == [(1, "conform", True), (2, "conform", True), (2, "not_conform", True)]
    with pytest.raises(ValueError, match="no such checkpoint"):
        entered(world, pmo, at="-1d", result="conform", checkpoints=[9], **of)


def test_the_ends_of_waivers_are_entered(world: World, owner: Any, pmo: Any, project_one: Any) -> None:
    days = {"starts_on": str(timezone.localdate() - timedelta(days=5))}
    for number, name in ((1, "A"), (2, "B")):
        with owning(), back_entry(timezone.now() - timedelta(days=5)):
            waiver = granted(project_one, owner, f"STD-A.1#{number}", **days)
        world.proposals[name] = waiver.revision.proposal
    entered(world, owner, at="-3d 10:00", act="revoke_waiver", proposal="A", because="Not kept.")
    of = {"act": "check_conformity", "project": "one", "standard": "STD-A", "checkpoints": [2]}
    entered(world, pmo, at="-3d 11:00", result="conform", **of)
    entered(world, pmo, at="-2d 10:00", act="close_waiver", proposal="B")
    ends = {waiver.early_end.ending for waiver in Waiver.objects.with_record() if waiver.early_end}
    assert ends == {"revoked", "closed"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_conformity_holds_what_its_scenario_knows(name: str) -> None:
    source, more = loader.read(name), loader.read(f"{name}_conformity")
    people, projects = ({entry["key"] for entry in source[part]} for part in ("people", "projects"))
    waivers = {entry["proposal"] for entry in source["acts"] if entry["act"] == "draft" and entry["kind"] == "waiver"}
    assert set(more["terms"]) == waivers
    for terms in more["terms"].values():
        assert set(terms) == set(WaiverForm.base_fields)
        assert terms["starts_on"] < terms["ends_on"]
    for entry in more["acts"]:
        assert entry["act"] in ACTS
        assert entry["by"] in people
        assert entry["project"] in projects
        assert Result(entry["result"]) == Result.CONFORM or entry["finding"]
        assert instant(entry["at"]) < timezone.now()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_woven_into_the_scenario(name: str) -> None:
    source, more = loader.read(name), loader.read(f"{name}_conformity")
    whole = woven(source, more)
    assert len(whole["acts"]) == len(source["acts"]) + len(more["acts"])
    for entry in whole["acts"]:
        if entry["act"] == "draft" and entry["kind"] == "waiver":
            assert entry["content"]["terms"] == more["terms"][entry["proposal"]]
