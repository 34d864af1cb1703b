"""Test reviews of the quarter and the year: a word on each project, concluded by the owner, late until then."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.record.sealing import term_of
from governance.decide.decisions.settlement import list_demands
from governance.decide.kinds.items import label_item
from governance.decide.proposals.services import Incomplete
from governance.enums import Outcome
from governance.life.moves.services import accept_move, ask_move
from governance.models import Decision, Effect
from pmo.models import LessonLearned
from pmo.steering.reviews.periods import find_due_review, is_concluded_since
from pmo.steering.reviews.services import archive_review
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.attacks import Attacks
from tests.database import backdate, fire_deferred_triggers
from tests.pmo.registers.risks.factories import accept, create_unaccepted_risk
from tests.pmo.steering.gates.levels import found_level
from tests.pmo.steering.gates.test_guards import write_decision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def portfolio(cast: dict[str, Any], owner: Any, project_one: Project) -> Project:
    """Open a portfolio with project one below it, since the last year."""
    above = found_level(cast, Level.PORTFOLIO, "PORT", starts_on=date(2025, 1, 6))
    acts.pass_gates(owner, above, "G0")
    accept_move(actor=owner, move=ask_move(actor=owner, project=project_one, target=acts.fresh(above)))
    fire_deferred_triggers()
    return acts.fresh(above)


def archive(
    pmo: Any, portfolio: Project, words: dict[str, str], chosen: tuple[str, ...] = ("ONE",), rhythm: str = "quarter"
) -> Any:
    """Archive a review of the quarter, or of the year."""
    return archive_review(actor=pmo, project=portfolio, chosen=chosen, rhythm=rhythm, words=words)


def conclude(owner: Any, portfolio: Project, review: Any) -> Decision:
    """Conclude a review, with a word on each gap."""
    terms = {"review": term_of(review.number, review.hash)}
    return acts.decide(owner, acts.submit_to_owner(portfolio, "periodic_review", terms=terms))


def test_a_review_of_the_quarter_has_a_word_on_every_project(pmo: Any, portfolio: Project) -> None:
    for words in ({}, {"ONE": ""}, {"ONE": "perhaps"}, {"ONE": "watch", "TWO": "watch"}):
        with pytest.raises(ValidationError) as error:
            archive(pmo, portfolio, words)
        assert error.value.messages == ["A review of the quarter or the year has a word on every project below."]
    review = archive(pmo, portfolio, {"ONE": "watch"})
    assert (review.rhythm, review.words) == ("quarter", {"ONE": "watch"})
    assert review.content["heading"] == "Quarterly review"
    assert (review.content["head"][-1], review.content["rows"][0][-1]) == ("Word", "Watch")


def test_a_project_has_no_review_of_the_quarter(pmo: Any, project_one: Project) -> None:
    with pytest.raises(ValidationError):
        archive(pmo, project_one, {"ONE": "watch"})


def test_a_portfolio_owes_no_review_of_a_quarter_that_ended_before_its_launch(portfolio: Project) -> None:
    assert portfolio.starts_on < today() - timedelta(days=100)
    assert find_due_review(portfolio, today()) is None


def test_a_review_is_late_until_its_owner_concludes_it(owner: Any, pmo: Any, portfolio: Project) -> None:
    late = find_due_review(portfolio, date(2027, 2, 15))
    assert late is not None
    assert (late.year, late.quarter, late.due_on, late.late) == (2026, 4, date(2027, 1, 29), 17)
    review = archive(pmo, portfolio, {"ONE": "stop"})
    assert not is_concluded_since(portfolio, today())
    before = acts.fresh(portfolio).state, Project.objects.get(code="ONE").state
    decision = conclude(owner, portfolio, review)
    fire_deferred_triggers()
    assert is_concluded_since(portfolio, today())
    assert (acts.fresh(portfolio).state, Project.objects.get(code="ONE").state) == before
    [effect] = Effect.objects.filter(decision=decision)
    assert (effect.subject, effect.subject_id, effect.field) == ("pmo.review", review.pk, "review")
    assert find_due_review(portfolio, today() + timedelta(days=1)) is None


def test_old_figures_are_a_gap_that_passes_only_with_a_word(owner: Any, pmo: Any, portfolio: Project) -> None:
    backdate("pmo_weatherreport", "acted_at", timezone.now() - timedelta(days=40), "true")
    review = archive(pmo, portfolio, {"ONE": "continue"})
    decision = conclude(owner, portfolio, review)
    said = {word["item"]: word["label"] for word in decision.settled}
    assert said == {"figures:ONE": "Old figures: ONE"}


def gaps_of_the_year(portfolio: Project, review: Any) -> set[str]:
    """Return what the conclusion of a review finds missing of a year."""
    terms = {"review": term_of(review.number, review.hash)}
    file = acts.submit_to_owner(acts.fresh(portfolio), "periodic_review", terms=terms)
    found = {demand.key for demand in list_demands(file, file.current) if demand.key.startswith("year:")}
    acts.decide(file.project.mandates.active().deciding().get().holder, file, Outcome.REJECTED)
    return found


def test_the_yearly_review_asks_for_what_a_year_leaves_to_decide_again(
    owner: Any, pmo: Any, portfolio: Project, project_one: Project
) -> None:
    assert gaps_of_the_year(portfolio, archive(pmo, portfolio, {"ONE": "continue"})) == set()
    review = archive(pmo, portfolio, {"ONE": "continue"}, rhythm="year")
    assert gaps_of_the_year(portfolio, review) == {"year:strategy", "year:budget"}

    acts.decide(owner, acts.submit_to_owner(acts.fresh(portfolio), "budget", terms={"budget": "5000000.00"}))
    accept(owner, create_unaccepted_risk(pmo, project_one))
    assert gaps_of_the_year(portfolio, review) == {"year:strategy"}
    fire_deferred_triggers()
    backdate("pmo_riskacceptance", "acted_at", timezone.now() - timedelta(days=370), "true")
    backdate(LessonLearned.history.model._meta.db_table, "history_date", timezone.now() - timedelta(days=370), "true")
    assert gaps_of_the_year(portfolio, review) == {"year:strategy", "year:risks", "year:lessons"}

    decision = conclude(owner, portfolio, review)
    with override("fr"):
        labels = [label_item(word["item"], word["label"]) for word in decision.settled]
    assert "Stratégie du portefeuille de l’année" in labels


ATTACKS = Attacks(
    triggers=[
        (
            "decision.says_a_word_on_old_figures",
            "no word on figures of the month before",
            lambda file: write_decision(file, []),
            "A review is concluded with old figures only with the word of the owner on them",
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, pmo: Any, portfolio: Project) -> None:
    backdate("pmo_weatherreport", "acted_at", timezone.now() - timedelta(days=40), "true")
    review = archive(pmo, portfolio, {"ONE": "continue"})
    terms = {"review": term_of(review.number, review.hash)}
    ATTACKS.prove(guard, acts.submit_to_owner(portfolio, "periodic_review", terms=terms))


def test_only_the_newest_review_of_the_quarter_is_concluded(pmo: Any, portfolio: Project) -> None:
    first = archive(pmo, portfolio, {"ONE": "watch"})
    archive(pmo, portfolio, {"ONE": "arbitrate"})
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(portfolio, "periodic_review", terms={"review": term_of(first.number, first.hash)})
    assert error.value.gaps == {"terms-review": "Select the newest review of the quarter or the year."}


def test_the_pages_show_the_words(pmo: Any, portfolio: Project, client_of: Any) -> None:
    english = {"Accept-Language": "en"}
    form = client_of(pmo).get(reverse("pmo:reviews:review_new", args=["PORT"]), headers=english)
    assert "Word on ONE" in form.text
    answer = client_of(pmo).post(
        reverse("pmo:reviews:review_new", args=["PORT"]),
        {"chosen": "ONE", "rhythm": "quarter", "word-ONE": "", "step": "review"},
        headers=english,
    )
    assert "Select a word on ONE." in answer.text
    review = archive(pmo, portfolio, {"ONE": "watch"})
    assert "Watch" in client_of(pmo).get(review.get_absolute_url(), headers=english).text
