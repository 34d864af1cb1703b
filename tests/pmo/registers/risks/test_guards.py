"""Attack the triggers and constraints on the risk register."""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.utils import timezone

from core.history import bypassing_history
from pmo.models import Issue, Risk, RiskAcceptance, RiskAction, RiskRating, RiskReview, RiskScale
from pmo.registers.risks.enums import DEFAULT, FOLLOWS, FOUR, ISSUE_FOLLOWS, IssueState, RiskStatus
from projects.models import Project
from tests.attacks import Attacks, Declared, leaves
from tests.database import refusal, undone
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db


class World:
    """Project one with its register, written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other

    @cached_property
    def accepted(self) -> Any:
        """Accept a risk on a scale as the owner, through the services, which leave their events."""
        return risks.create_accepted_risk_on_scale()

    @cached_property
    def green(self) -> Any:
        """Raise a green risk in the same way."""
        return risks.create_unaccepted_risk(self.cast["pmo"], self.project, 2, 2)

    @cached_property
    def amber(self) -> Any:
        """Raise an amber risk in the same way."""
        return risks.create_unaccepted_risk(self.cast["pmo"], self.project)

    @property
    def known(self) -> Any:
        """Return a risk of the cast, without an event in this transaction."""
        return self.project.risks.get(code="OR-1")

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row of project one."""
        return model.objects.bulk_create([model(**{"project": self.project} | fields)])[0]

    def change(self, row: Any, **fields: Any) -> None:
        """Change a row."""
        assert type(row).objects.filter(pk=row.pk).update(**fields)

    def first(self, model: Any) -> Any:
        """Return the first row of project one."""
        return model.objects.filter(project=self.project).earliest("pk")

    def scale(self, **fields: Any) -> Any:
        words = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(FOUR).items()}
        given = words | {"number": 99, "set_by": self.cast["owner"], "acted_at": timezone.now()}
        return self.add(RiskScale, **given | fields)

    def risk(self, **fields: Any) -> Any:
        given = risks.FIELDS | {"code": "OR-99", "raised_by": self.cast["pmo"], "raised_by_role": "PMO"}
        return self.add(Risk, **given | {"raised_at": timezone.now()} | fields)

    def rating(self, **fields: Any) -> Any:
        given = {"risk": self.known, "kind": "residual", "likelihood": 2, "impact": 2, "by": self.cast["pmo"]}
        return self.add(RiskRating, **given | {"acted_at": timezone.now()} | fields)

    def action(self, **fields: Any) -> Any:
        given = {"risk": self.known, "text": "Look.", "role": "MOE", "due_on": risks.today()}
        return self.add(RiskAction, **given | fields)

    def review(self, **fields: Any) -> Any:
        return self.add(RiskReview, **{"risk": self.known, "by": self.cast["pmo"], "acted_at": timezone.now()} | fields)

    def acceptance(self, **fields: Any) -> Any:
        given = {
            "risk": self.known,
            "likelihood": 3,
            "impact": 4,
            "indicator": "X",
            "trigger": "Y",
            "valid_until": risks.today(),
            "acted_at": timezone.now(),
        }
        return self.add(RiskAcceptance, **given | fields)

    def issue(self, **fields: Any) -> Any:
        given = {
            "number": 99,
            "title": "It stopped",
            "urgency": "low",
            "impact": "low",
            "size": "small",
            "raised_by": self.cast["pmo"],
            "raised_by_role": "PMO",
            "raised_at": timezone.now(),
        }
        return self.add(Issue, **given | fields)

    @property
    def foreign(self) -> Any:
        """Return a risk of project two."""
        given = {"code": "TR-1", "raised_by": self.cast["other_amoa"], "raised_by_role": "AMOA"}
        return self.add(Risk, **risks.FIELDS | given | {"project": self.other, "raised_at": timezone.now()})

    @property
    def foreign_scale(self) -> Any:
        """Return a scale of project two."""
        return self.scale(project=self.other, number=1)

    def in_status(self, status: RiskStatus) -> Any:
        """Write a risk of this status past every guard except those of the register."""
        row = self.risk(code=f"OR-8{list(RiskStatus).index(status)}", response="reduce", likelihood=2, impact=2)
        path = {
            RiskStatus.PROPOSED: (),
            RiskStatus.ASSESSED: ("assessed",),
            RiskStatus.TREATED: ("treated",),
            RiskStatus.ACCEPTED: ("assessed", "accepted"),
            RiskStatus.MATERIALISED: ("materialised",),
            RiskStatus.CLOSED: ("assessed", "closed"),
            RiskStatus.REJECTED: ("rejected",),
        }[status]
        for step in path:
            self.change(row, status=step)
        return row


Attempt = Callable[[World], Any]
TOGETHER = "What belongs together is of one project"
KEEPS = "A row keeps its project and what names it"
OF_THE_SCALE = "A rating is a grade of its scale"
ITS_SCALE = "The scale of a risk is that of its project, or of what the project is part of"
BORN = "A risk is proposed when it is raised"
LIFE = "A risk follows its life: proposed, assessed, treated, then what became of it"
HOLDS = "An acceptance holds for its own risk, up to the level that was accepted: a rise reopens it"
BY_DECISION = "A risk that is amber or red is accepted by a decision of the owner (R1, R9)"
KEPT = "Each rating of a risk is kept beside it"
BECOMES = "A risk that happened has become an issue"
BORN_OPEN = "An issue is open when it is raised"
ISSUE_LIFE = "An issue is resolved or postponed, then closed; a closed one is raised again"
ENDS = "An acceptance ends after it begins (R11)"
ACCEPTS = "Only a decision of the owner accepts a risk (R1, R9)"
MAKES = "Only a decision of the owner makes an acceptance (R1, R9)"


def _accepted_at_hand(world: World) -> None:
    """Accept a risk by hand, past the trigger of the acceptance itself."""
    assert world.green  # raised just now, so that the transaction has an event
    world.change(world.known, status="accepted", response="accept", acceptance=world.acceptance())


TRIGGERS: list[Declared] = [
    ("risk.stays_on_its_project", "another code", lambda w: w.change(w.green, code="OR-98"), KEEPS),
    ("risk.stays_on_its_project", "moved", lambda w: w.change(w.green, project=w.other), KEEPS),
    (
        "risk.stays_on_its_project",
        "raised by another",
        lambda w: w.change(w.green, raised_by=w.cast["amoa"], raised_by_role="AMOA"),
        KEEPS,
    ),
    (
        "riskaction.stays_on_its_project",
        "of another risk",
        lambda w: w.change(w.first(RiskAction), risk=w.green),
        KEEPS,
    ),
    ("issue.stays_on_its_project", "another number", lambda w: w.change(w.first(Issue), number=98), KEEPS),
    ("issue.stays_on_its_project", "of another risk", lambda w: w.change(w.first(Issue), risk=w.green), KEEPS),
    ("riskrating.points_within_its_project", "of a foreign risk", lambda w: w.rating(risk=w.foreign), TOGETHER),
    ("riskaction.points_within_its_project", "of a foreign risk", lambda w: w.action(risk=w.foreign), TOGETHER),
    ("riskreview.points_within_its_project", "of a foreign risk", lambda w: w.review(risk=w.foreign), TOGETHER),
    (
        "riskacceptance.points_within_its_project",
        "of a foreign risk",
        lambda w: w.acceptance(risk=w.foreign),
        TOGETHER,
    ),
    ("issue.points_within_its_project", "of a foreign risk", lambda w: w.issue(risk=w.foreign), TOGETHER),
    (
        "risk.points_within_its_project",
        "a foreign acceptance",
        lambda w: w.change(
            w.amber, status="accepted", acceptance=w.acceptance(project=w.other, risk=w.foreign, scale=None)
        ),
        TOGETHER,
    ),
    ("risk.is_rated_on_its_scale", "a grade too high", lambda w: w.change(w.green, residual_impact=6), OF_THE_SCALE),
    (
        "risk.is_rated_on_its_scale",
        "a grade too high for four",
        lambda w: w.change(w.green, scale=w.scale(), likelihood=5),
        OF_THE_SCALE,
    ),
    ("risk.is_rated_on_its_scale", "a foreign scale", lambda w: w.change(w.green, scale=w.foreign_scale), ITS_SCALE),
    ("riskrating.is_rated_on_its_scale", "a grade too high", lambda w: w.rating(impact=6), OF_THE_SCALE),
    ("riskrating.is_rated_on_its_scale", "a foreign scale", lambda w: w.rating(scale=w.foreign_scale), ITS_SCALE),
    ("riskacceptance.is_rated_on_its_scale", "a grade too high", lambda w: w.acceptance(impact=6), OF_THE_SCALE),
    (
        "riskacceptance.is_rated_on_its_scale",
        "a foreign scale",
        lambda w: w.acceptance(scale=w.foreign_scale),
        ITS_SCALE,
    ),
    ("risk.follows_its_life", "born assessed", lambda w: w.risk(status="assessed"), BORN),
    *(
        (
            "risk.follows_its_life",
            f"from {start} to {end}",
            lambda w, a=start, b=end: w.change(w.in_status(a), status=b),
            LIFE,
        )
        for start in RiskStatus
        for end in RiskStatus
        if end not in FOLLOWS[start] and end != start
    ),
    (
        "risk.stays_at_what_was_accepted",
        "above what was accepted",
        lambda w: w.change(w.accepted, residual_likelihood=4, residual_impact=4),
        HOLDS,
    ),
    (
        "risk.stays_at_what_was_accepted",
        "on another scale",
        lambda w: w.change(w.accepted, scale=None),
        HOLDS,
    ),
    (
        "risk.stays_at_what_was_accepted",
        "of another risk",
        lambda w: w.change(w.amber, status="accepted", response="accept", acceptance=w.accepted.acceptance),
        HOLDS,
    ),
    (
        "risk.stays_at_what_was_accepted",
        "held while it is assessed",
        lambda w: w.change(w.accepted, status="assessed"),
        HOLDS,
    ),
    (
        "risk.stays_at_what_was_accepted",
        "amber without a decision",
        lambda w: w.change(w.amber, status="accepted"),
        BY_DECISION,
    ),
    (
        "risk.keeps_every_rating",
        "rated without a trace",
        lambda w: w.change(w.green, likelihood=1),
        KEPT,
    ),
    (
        "risk.keeps_every_rating",
        "what remains changed without a trace",
        lambda w: w.change(w.green, residual_impact=1),
        KEPT,
    ),
    (
        "risk.keeps_every_rating",
        "what remains taken away",
        lambda w: w.change(w.green, residual_likelihood=None, residual_impact=None),
        KEPT,
    ),
    ("risk.keeps_every_rating", "raised without a rating", lambda w: w.risk(), KEPT),
    (
        "risk.happened_as_an_issue",
        "without an issue",
        lambda w: w.change(w.green, status="materialised"),
        BECOMES,
    ),
    ("riskacceptance.is_decided_by_the_owner", "made past the owner", lambda w: w.acceptance(), MAKES),
    (
        "riskacceptance.ends_after_it_begins",
        "over before it begins",
        lambda w: w.acceptance(valid_until=risks.today() - timedelta(days=1)),
        ENDS,
    ),
    ("issue.follows_its_life", "born resolved", lambda w: w.issue(state="resolved", resolution="X"), BORN_OPEN),
    *(
        (
            "issue.follows_its_life",
            f"from {start} to {end}",
            lambda w, a=start, b=end: _lead(w, a, b),
            ISSUE_LIFE,
        )
        for start in IssueState
        for end in IssueState
        if end not in ISSUE_FOLLOWS[start] and end != start
    ),
    *(
        (f"{model._meta.model_name}.leaves_an_event", "written without an event", attack, leaves(model))
        for model, attack in (
            (RiskScale, lambda w: w.scale()),
            (RiskRating, lambda w: w.rating()),
            (RiskAction, lambda w: w.action()),
            (RiskReview, lambda w: w.review()),
            (Issue, lambda w: w.issue()),
        )
    ),
    ("riskacceptance.leaves_an_event", "written without an event", lambda w: w.acceptance(), leaves(RiskAcceptance)),
    ("risk.is_accepted_by_the_owner", "with an acceptance at hand", _accepted_at_hand, ACCEPTS),
    ("risk.leaves_an_event", "changed without an event", lambda w: w.change(w.known, title="X"), leaves(Risk)),
]


def _lead(world: World, start: IssueState, end: IssueState) -> None:
    issue = world.issue(resolution="X")
    if start != IssueState.OPEN:
        world.change(issue, state=start)
    world.change(issue, state=end)


#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_risk_scale_per_number": lambda w: w.accepted and w.scale(number=1),
    "a_risk_scale_has_four_or_five_grades": lambda w: w.scale(
        size=3, red_from=9, **{name: ["a", "b", "c"] for name in GRADES}
    ),
    "green_amber_and_red_follow_each_other": lambda w: w.scale(amber_from=9, red_from=9),
    "each_grade_of_risk_has_its_words": lambda w: w.scale(impact_fr=["a", "b", "c"]),
    "one_risk_per_code_and_project": lambda w: w.risk(code="OR-1"),
    "a_risk_says_cause_event_and_effect": lambda w: w.risk(effect=""),
    "a_risk_has_a_known_category": lambda w: w.risk(category="whim"),
    "a_risk_has_a_known_status": lambda w: w.risk(status="lost"),
    "a_risk_has_a_known_proximity": lambda w: w.risk(proximity="soon"),
    "a_risk_is_answered_as_what_it_is": lambda w: w.risk(response="exploit"),
    "a_risk_is_rated_in_both_ways": lambda w: w.risk(residual_likelihood=2),
    "a_risk_is_treated_by_a_response": lambda w: w.change(w.in_status(RiskStatus.TREATED), response=""),
    "a_rating_is_initial_or_residual": lambda w: w.rating(kind="whim"),
    "a_rating_starts_at_one": lambda w: w.rating(likelihood=0),
    "an_action_on_a_risk_says_what_and_who": lambda w: w.action(text=""),
    "an_acceptance_says_what_is_watched": lambda w: w.acceptance(trigger=""),
    "one_issue_per_number": lambda w: w.issue(number=1),
    "an_issue_has_a_title": lambda w: w.issue(title=""),
    "an_issue_has_known_degrees": lambda w: w.issue(urgency="now"),
    "a_settled_issue_says_how": lambda w: w.change(w.first(Issue), state="resolved", resolution=""),
}
GRADES = ("likelihood_fr", "likelihood_en", "impact_fr", "impact_en")
#: Triggers that would refuse before these constraints and triggers.
BEHIND = {
    "a_risk_has_a_known_status": "risk.follows_its_life",
    "riskacceptance.leaves_an_event": "riskacceptance.is_decided_by_the_owner",
    "risk.is_accepted_by_the_owner": ("riskacceptance.is_decided_by_the_owner", "rowseal.is_covered_by_an_event"),
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Any, project_two: Any) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one, project_two)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_an_opportunity_is_answered_by_its_own_responses(world: World) -> None:
    assert KEPT in refusal(lambda: world.risk(opportunity=True, response="exploit"))
    assert "a_risk_is_answered_as_what_it_is" in refusal(lambda: world.risk(opportunity=True, response="avoid"))


def test_a_scale_of_the_level_above_rates_too(world: World, staff_admin: Any, owner: Any) -> None:
    from projects.seats.mandates.services import found_project

    fields = {
        "code": "N1",
        "prefix": "N1",
        "title_fr": "N",
        "title_en": "N",
        "language": "en",
        "level": "programme",
        "starts_on": risks.today(),
        "ends_on": risks.today(),
    }
    with undone():
        programme = found_project(actor=staff_admin, owner=owner, fields=fields)
        above = world.scale(
            project=programme, number=1, size=DEFAULT.size, **{n: list(getattr(DEFAULT, n)) for n in GRADES}
        )
        assert ITS_SCALE in refusal(lambda: world.rating(scale=above))
        with bypassing_history():
            Project.objects.filter(pk=world.project.pk).update(parent=programme)
        assert ITS_SCALE not in refusal(lambda: world.rating(scale=above))
