"""Test what a home says of shares, candidates, the end of a stage and the review that is due."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from governance.desk.home.questions import Question
from governance.life.moves.services import accept_move, ask_move
from pmo.registers.schedule.services import write_milestone
from pmo.steering.levels.figures import load_rows
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import Gate
from tests import acts
from tests.database import backdate, fire_deferred_triggers
from tests.governance.place.nodes import TODAY, found, place, resolve, share
from tests.pmo.steering.gates.levels import found_level

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def read_block(client: Any, project: Project, question: Question) -> list[Any]:
    """Return the answers of a block on the home of a project."""
    page = client.get(reverse("governance:home:project_home", args=[project.code]))
    return [answer for block in page.context["blocks"] if block.question == question for answer in block.answers]


def test_a_part_has_its_share_of_today_until_its_place_is_withdrawn(cast: dict[str, Any], project_one: Project) -> None:
    node = found(cast, "PFO", "portfolio")
    place(cast, project_one, node)
    resolve(node, "budget", budget="1000.00")

    def read_share() -> Decimal | None:
        [row] = load_rows([project_one.pk], today()).rows
        return row.share  # type: ignore[no-any-return]

    assert read_share() is None
    share(node, "ONE=600.00")
    share(node, "ONE=700.00", TODAY + timedelta(days=9))
    assert read_share() == 600
    resolve(node, "component_withdrawal", component="ONE", starts_on=str(TODAY), ending="suspended")
    assert read_share() is None


def test_an_entry_that_is_proposed_is_a_candidate(cast: dict[str, Any], project_two: Project, client_of: Any) -> None:
    node = found(cast, "PFO", "portfolio")
    resolve(node, "budget", budget="1000.00")
    ask_move(actor=cast["other_owner"], project=project_two, target=node)
    terms = {"component": "TWO", "starts_on": str(TODAY), "share": "400.00", "score": "Strategy 4 of 5."}
    file = acts.submit_to_owner(node, "component_entry", terms=terms)
    [answer] = read_block(client_of(cast["other_pmo"]), node, Question.CANDIDATES)
    assert (answer.text, answer.url) == (f"{file.reference} {file.title}", file.get_absolute_url())


def test_the_block_of_the_stage_counts_what_its_end_lacks(cast: dict[str, Any], english: Any) -> None:
    programme = found_level(cast, Level.PROGRAMME, "PROG", scope="Faster landing of the catch.")
    ends_on = today() + timedelta(days=90)
    fields = {"code": "PT-1", "name": "First wave", "gate": Gate.G4, "baseline_on": ends_on}
    write_milestone(actor=cast["pmo"], project=programme, fields=fields)
    client = english(cast["owner"])
    gates = client.get(reverse("pmo:gates:gates", args=["PROG"]), {"gate": Gate.G4.value})
    answer, *_others = read_block(client, programme, Question.STAGE)
    assert answer.text.startswith(f"PT-1 · First wave: {gates.context['unmet']} gap")
    assert client.get(answer.url).context["gate"].place == Gate.G4


def test_the_block_of_the_review_says_which_is_due_and_which_figures_are_old(
    cast: dict[str, Any], owner: Any, project_one: Project, english: Any
) -> None:
    above = found_level(cast, Level.PORTFOLIO, "PORT", starts_on=date(2025, 1, 6))
    acts.pass_gates(owner, above, "G0")
    accept_move(actor=owner, move=ask_move(actor=owner, project=project_one, target=acts.fresh(above)))
    fire_deferred_triggers()
    backdate("pmo_weatherreport", "acted_at", timezone.now() - timedelta(days=40), "true")
    launched_at = timezone.now() - timedelta(days=200)
    backdate("governance_decision", "acted_at", launched_at, f"project_id = {above.pk}")
    answer, *_others = read_block(english(owner), above, Question.REVIEW)
    assert answer.text == str(english(owner).get(answer.url).context["due"].sentence)
    assert answer.note == "1 project with old figures"
