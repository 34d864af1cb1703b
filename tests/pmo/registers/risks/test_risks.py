"""Test the risk register: who raises, rates, treats and reviews; how a risk ends; the figures read from it."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import back_entry, cached_reads
from core.history import Outdated, version_of
from core.pages.refusals.exceptions import MovedOn
from pmo.models import Issue, RiskRating, RiskScale
from pmo.registers.risks import queries
from pmo.registers.risks.enums import DEFAULT, FOLLOWS, FOUR, Band, IssueState, RiskStatus
from pmo.registers.risks.register import RISKS
from pmo.registers.risks.services import (
    OwnerAccepts,
    edit_risk,
    materialise_risk,
    raise_issue,
    review_risks,
    set_risk_scale,
    settle_issue,
    settle_risk,
    write_action,
)
from pmo.steering.dashboards.register_charts import chart_exposure
from pmo.steering.dashboards.scope import Scope
from projects.models import LedgerEvent, Notification, Project
from projects.organisation_settings.queries import zone
from projects.seats.mandates.services import found_project
from tests import acts
from tests.database import owning, run, statements
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db

ISSUE: dict[str, Any] = {"title": "The crane has stopped", "urgency": "high", "impact": "high", "size": "large"}
FOUR_BY_FOUR = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(FOUR).items()}


def last_event(project: Project) -> LedgerEvent:
    """Return the newest event of the project."""
    return project.events.order_by("-seq")[0]


# — raising —


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "moe", "recipient"])
def test_everybody_who_holds_a_role_raises_a_risk(member: str, cast: Any, project_one: Any) -> None:
    risk = risks.create_risk(cast[member], project_one)
    assert (risk.status, risk.level, risk.band) == ("proposed", 16, "red")
    assert risk.code.startswith("OR-")
    assert [(rating.kind, rating.likelihood, rating.impact, rating.by) for rating in risk.ratings.all()] == [
        ("initial", 4, 4, cast[member])
    ]
    event = last_event(project_one)
    assert (event.act, event.detail, event.subject_id) == ("raise_risk", risk.code, risk.pk)


def told_red(risk: Any) -> set[str]:
    """Return the addresses of the people who were told that a risk is red."""
    found = Notification.objects.filter(reason="risk_red", link=risk.get_absolute_url())
    return set(found.values_list("recipient__email", flat=True))


def test_the_owner_and_those_who_treat_a_risk_are_told_once_that_it_is_red(
    owner: Any, pmo: Any, amoa: Any, moe: Any, project_one: Any
) -> None:
    red = risks.create_risk(amoa, project_one)
    assert {owner.email, pmo.email} <= told_red(red)
    assert not {amoa.email, moe.email} & told_red(red)
    amber = risks.create_risk(pmo, project_one, likelihood=2, impact=2)
    assert not told_red(amber)
    amber = risks.assess(pmo, amber, residual_likelihood=4, residual_impact=4, owner_role="MOE")
    assert {owner.email, moe.email} <= told_red(amber)
    assert pmo.email not in told_red(amber)
    count = Notification.objects.filter(reason="risk_red").count()
    risks.assess(pmo, amber, residual_likelihood=4, residual_impact=5)
    risks.create_risk(pmo, project_one, opportunity=True)
    assert Notification.objects.filter(reason="risk_red").count() == count


@pytest.mark.parametrize("member", ["outsider", "other_owner", "staff_admin", "delegate", "former_owner"])
def test_only_roles_with_the_permission_raise_a_risk(member: str, cast: Any, project_one: Any) -> None:
    with pytest.raises(Refused):
        risks.create_risk(cast[member], project_one)


def test_codes_are_given_out_one_after_the_other_and_never_twice(pmo: Any, project_one: Any) -> None:
    first, second = risks.create_risk(pmo, project_one), risks.create_risk(pmo, project_one)
    assert int(second.code.rpartition("-")[2]) == int(first.code.rpartition("-")[2]) + 1
    with pytest.raises(ValidationError) as error:
        risks.create_risk(pmo, project_one, code=first.code)
    assert set(error.value.message_dict) == {"code"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"likelihood": 6}, "likelihood"),
        ({"impact": 0}, "impact"),
        ({"requirements": ["ONE-999"]}, "requirements"),
        ({"residual_likelihood": 2}, "residual_impact"),
    ],
)
def test_an_inconsistent_value_is_refused_at_its_field(fields: Any, code: str, pmo: Any, project_one: Any) -> None:
    before = acts.count_evidence()
    with pytest.raises(ValidationError) as error:
        risks.create_risk(pmo, project_one, **fields)
    assert set(error.value.message_dict) == {code}
    assert acts.count_evidence() == before


def test_the_person_who_raised_a_risk_edits_it_until_it_is_assessed(moe: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_risk(moe, project_one)
    edit_risk(actor=moe, risk=risk, fields={"title": "The crane breaks"}, seen=version_of(risk))
    assert risks.reread(risk).title == "The crane breaks"
    risk = risks.assess(pmo, risk, likelihood=3)
    with pytest.raises(Refused):
        edit_risk(actor=moe, risk=risk, fields={"title": "Mine"}, seen=version_of(risk))
    edit_risk(actor=pmo, risk=risk, fields={"title": "Ours"}, seen=version_of(risk))


def test_a_text_that_changed_meanwhile_is_not_overwritten(pmo: Any, amoa: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one)
    seen = version_of(risk)
    edit_risk(actor=amoa, risk=risk, fields={"title": "Hers"}, seen=seen)
    with pytest.raises(Outdated):
        edit_risk(actor=pmo, risk=risk, fields={"title": "His"}, seen=seen)
    with pytest.raises(Outdated):
        risks.assess_risk(actor=pmo, risk=risk, fields={"likelihood": 1}, seen=seen)


# — rating —


def test_every_rating_is_kept_with_its_author(pmo: Any, amoa: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one)
    risks.assess(amoa, risk, response="reduce", residual_likelihood=2, residual_impact=4)
    risk = risks.assess(pmo, risk, likelihood=5, residual_likelihood=3, residual_impact=4, treated=True)
    assert list(risk.ratings.order_by("pk").values_list("kind", "likelihood", "impact", "role")) == [
        ("initial", 4, 4, "PMO"),
        ("residual", 2, 4, "AMOA"),
        ("initial", 5, 4, "PMO"),
        ("residual", 3, 4, "PMO"),
    ]
    assert (risk.status, risk.level, risk.residual_level, risk.residual_band) == ("treated", 20, 12, Band.AMBER)


def test_an_assessment_without_a_new_rating_adds_none(pmo: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one)
    risk = risks.assess(pmo, risk, likelihood=4, impact=4, owner_role="MOE")
    assert (risk.ratings.count(), risk.status, risk.owner_role) == (1, "assessed", "MOE")


def test_a_residual_rating_is_replaced_and_never_removed(pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    with pytest.raises(ValidationError) as error:
        risks.assess(pmo, risk, residual_likelihood=None, residual_impact=None)
    assert set(error.value.message_dict) == {"residual_likelihood"}


def test_a_risk_is_treated_by_a_response(pmo: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one)
    with pytest.raises(ValidationError) as error:
        risks.assess(pmo, risk, treated=True)
    assert set(error.value.message_dict) == {"response"}


@pytest.mark.parametrize("member", ["owner", "moe", "recipient", "outsider"])
def test_only_who_keeps_the_register_rates(member: str, cast: Any, project_one: Any) -> None:
    risk = risks.create_risk(cast["pmo"], project_one)
    for act in (
        lambda: risks.assess(cast[member], risk, likelihood=1),
        lambda: settle_risk(actor=cast[member], risk=risk, status=RiskStatus.REJECTED, because="No."),
        lambda: materialise_risk(actor=cast[member], risk=risk, fields=ISSUE),
    ):
        with pytest.raises(Refused):
            act()


# — the scale —


def test_the_owner_sets_the_scale_and_what_was_rated_keeps_its_own(owner: Any, pmo: Any, project_one: Any) -> None:
    before = risks.create_risk(pmo, project_one, likelihood=3, impact=3)
    scale = set_risk_scale(actor=owner, project=project_one, fields=FOUR_BY_FOUR)
    after = risks.create_risk(pmo, project_one, likelihood=3, impact=3)
    assert (risks.reread(before).scale, after.scale) == (None, scale)
    assert (risks.reread(before).band, after.band) == (Band.AMBER, Band.RED)
    with pytest.raises(ValidationError):
        risks.create_risk(pmo, project_one, likelihood=5)
    risks.assess(pmo, before, owner_role="MOE")
    assert risks.reread(before).scale is None
    risks.assess(pmo, before, likelihood=2, impact=3)
    assert risks.reread(before).scale == scale


def test_a_rating_that_is_confirmed_counts_on_the_scale_in_force(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one, likelihood=3, impact=3)
    scale = set_risk_scale(actor=owner, project=project_one, fields=FOUR_BY_FOUR)
    risk = risks.assess(pmo, risk, likelihood=3, impact=3)
    assert (risk.scale, risk.band, risk.ratings.count()) == (scale, Band.RED, 2)
    risk = risks.assess(pmo, risk, likelihood=3, impact=3)
    assert risk.ratings.count() == 2


def test_an_accepted_risk_keeps_its_scale_while_its_numbers_stay(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    risks.accept(owner, risk)
    set_risk_scale(actor=owner, project=project_one, fields=FOUR_BY_FOUR)
    risk = risks.assess(pmo, risk, residual_likelihood=3, residual_impact=4, owner_role="MOE")
    assert (risk.scale, risk.status) == (None, "accepted")
    risk = risks.assess(pmo, risk, residual_likelihood=2, residual_impact=4)
    assert (risk.scale is not None, risk.status) == (True, "assessed")


def test_a_grade_that_the_new_scale_does_not_have_is_to_be_given_anew(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one, 5, 1)
    set_risk_scale(actor=owner, project=project_one, fields=FOUR_BY_FOUR)
    with pytest.raises(ValidationError) as refused:
        risks.assess(pmo, risk, likelihood=3)
    assert set(refused.value.message_dict) == {"residual_likelihood"}


@pytest.mark.parametrize("member", ["pmo", "amoa", "delegate", "staff_admin"])
def test_nobody_else_sets_the_scale(member: str, cast: Any, project_one: Any) -> None:
    with pytest.raises(Refused):
        set_risk_scale(actor=cast[member], project=project_one, fields=FOUR_BY_FOUR)


def test_the_nearest_scale_above_rules_and_the_default_without_any(
    owner: Any, other_owner: Any, staff_admin: Any, project_one: Any
) -> None:
    words = {"title_fr": "N", "title_en": "N", "language": "en", "starts_on": risks.today(), "ends_on": acts.FUTURE}

    def found(code: str, level: str, parent: Project | None) -> Project:
        fields = words | {"code": code, "prefix": code, "level": level, "parent": parent}
        return found_project(actor=staff_admin, owner=owner, fields=fields)

    portfolio = found("N1", "portfolio", None)
    programme = found("N2", "programme", portfolio)
    project = found("N3", "project", programme)
    assert RiskScale.objects.in_force_for(project) is None
    high = set_risk_scale(actor=owner, project=portfolio, fields=FOUR_BY_FOUR)
    assert RiskScale.objects.in_force_for(project) == high
    near = set_risk_scale(actor=owner, project=programme, fields=FOUR_BY_FOUR | {"red_from": 12})
    assert RiskScale.objects.in_force_for(project) == near
    assert RiskScale.objects.in_force_for(portfolio) == high
    newest = set_risk_scale(actor=owner, project=programme, fields=FOUR_BY_FOUR | {"red_from": 16})
    assert (newest.number, RiskScale.objects.in_force_for(project)) == (2, newest)
    assert RiskScale.objects.in_force_for(project_one) is None


@pytest.mark.parametrize(("level", "band"), [(4, "green"), (5, "amber"), (12, "amber"), (15, "red"), (25, "red")])
def test_the_default_bands(level: int, band: str) -> None:
    from pmo.registers.risks.models import band_of

    assert band_of(level, DEFAULT) == band


# — what becomes of it —


def test_a_green_risk_is_accepted_by_who_keeps_the_register(pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one, 2, 2)
    settle_risk(actor=pmo, risk=risk, status=RiskStatus.ACCEPTED, because="Little to win.")
    risk = risks.reread(risk)
    assert (risk.status, risk.response, risk.acceptance) == ("accepted", "accept", None)
    assert risk.reviews.get().note == "Little to win."
    risk = risks.assess(pmo, risk, residual_likelihood=3, residual_impact=4)
    assert risk.status == "assessed"


@pytest.mark.parametrize(("likelihood", "impact"), [(3, 4), (1, 5), (4, 4), (5, 5)])
def test_an_amber_or_red_one_is_not(likelihood: int, impact: int, pmo: Any, amoa: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one, likelihood, impact)
    before = acts.count_evidence()
    for member in (pmo, amoa):
        with pytest.raises(OwnerAccepts):
            settle_risk(actor=member, risk=risk, status=RiskStatus.ACCEPTED, because="Why not.")
    assert acts.count_evidence() == before


def in_status(pmo: Any, project: Any, status: RiskStatus) -> Any:
    """Bring a green risk to this status."""
    risk = risks.create_risk(pmo, project, likelihood=2, impact=2)
    if status == RiskStatus.PROPOSED:
        return risk
    risk = risks.assess(pmo, risk, response="reduce", treated=status == RiskStatus.TREATED)
    if status == RiskStatus.MATERIALISED:
        materialise_risk(actor=pmo, risk=risk, fields=ISSUE)
    elif status not in {RiskStatus.ASSESSED, RiskStatus.TREATED}:
        settle_risk(actor=pmo, risk=risk, status=status, because="So it is.")
    return risks.reread(risk)


@pytest.mark.parametrize("target", [RiskStatus.ACCEPTED, RiskStatus.CLOSED, RiskStatus.REJECTED])
@pytest.mark.parametrize("status", RiskStatus)
def test_a_risk_is_settled_from_where_its_life_leads_there(
    status: RiskStatus, target: RiskStatus, pmo: Any, project_one: Any
) -> None:
    risk = in_status(pmo, project_one, status)
    if target in FOLLOWS[status]:
        assert settle_risk(actor=pmo, risk=risk, status=target, because="So it is.").status == target
    else:
        with pytest.raises(MovedOn):
            settle_risk(actor=pmo, risk=risk, status=target, because="So it is.")


@pytest.mark.parametrize("status", [RiskStatus.MATERIALISED, RiskStatus.CLOSED, RiskStatus.REJECTED])
def test_a_closed_risk_is_not_assessed(status: RiskStatus, pmo: Any, project_one: Any) -> None:
    risk = in_status(pmo, project_one, status)
    with pytest.raises(MovedOn):
        risks.assess(pmo, risk, likelihood=1)


def test_a_risk_that_happens_becomes_an_issue_once_and_the_owner_is_told(
    owner: Any, pmo: Any, project_one: Any
) -> None:
    risk = risks.create_risk(pmo, project_one, owner_role="MOE")
    issue = materialise_risk(actor=pmo, risk=risk, fields=ISSUE)
    assert (issue.risk, issue.state, issue.owner_role, issue.title) == (risk, "open", "MOE", ISSUE["title"])
    assert risks.reread(risk).status == "materialised"
    told = Notification.objects.get(reason="risk_happened")
    assert (told.recipient, told.link) == (owner, risk.get_absolute_url())
    with pytest.raises(MovedOn):
        materialise_risk(actor=pmo, risk=risk, fields=ISSUE)
    assert Issue.objects.filter(risk=risk).count() == 1


@pytest.mark.parametrize(
    "target", [RiskStatus.PROPOSED, RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.MATERIALISED]
)
@pytest.mark.parametrize("status", [RiskStatus.PROPOSED, RiskStatus.ASSESSED, RiskStatus.TREATED])
def test_settling_a_risk_does_not_set_a_status_of_another_act(
    status: RiskStatus, target: RiskStatus, pmo: Any, project_one: Any
) -> None:
    risk = in_status(pmo, project_one, status)
    with pytest.raises(MovedOn):
        settle_risk(actor=pmo, risk=risk, status=target, because="So it is.")


# — actions and reviews —


def test_the_responsible_role_of_a_risk_writes_its_actions(
    moe: Any, amoa: Any, recipient: Any, project_one: Any
) -> None:
    risk = risks.create_risk(amoa, project_one, owner_role="MOE")
    fields = {"text": "Have the motor looked at.", "role": "MOE", "due_on": acts.FUTURE}
    action = write_action(actor=moe, risk=risk, fields=fields)
    assert (action.risk, action.is_late, last_event(project_one).act) == (risk, False, "treat_risk")
    write_action(actor=amoa, risk=risk, fields={"done_on": risks.today()}, row=action, seen=version_of(action))
    with pytest.raises(Refused):
        write_action(actor=recipient, risk=risk, fields=fields)
    with pytest.raises(ValidationError) as error:
        write_action(actor=moe, risk=risk, fields=fields | {"done_on": acts.FUTURE})
    assert set(error.value.message_dict) == {"done_on"}
    with pytest.raises(Outdated):
        write_action(actor=moe, risk=risk, fields=fields, row=action, seen="1")


def test_the_review_of_the_register_covers_every_open_risk(pmo: Any, project_one: Any) -> None:
    one, two = risks.create_risk(pmo, project_one), risks.create_risk(pmo, project_one)
    settle_risk(actor=pmo, risk=two, status=RiskStatus.REJECTED, because="No risk.")
    still = set(project_one.risks.open().values_list("pk", flat=True))
    reviews = review_risks(actor=pmo, project=project_one, note="Looked at.", review_on=acts.FUTURE)
    assert {review.risk_id for review in reviews} == still
    assert one.pk in still
    assert two.pk not in still
    one = risks.reread(one)
    assert (one.reviewed_on, one.review_on) == (risks.today(), acts.FUTURE)
    assert last_event(project_one).detail == str(len(still))


def test_a_review_looks_ahead_and_needs_something_to_review(pmo: Any, project_one: Any) -> None:
    risk = risks.create_risk(pmo, project_one)
    with pytest.raises(ValidationError) as error:
        review_risks(actor=pmo, project=project_one, risk=risk, review_on=risks.today())
    assert set(error.value.message_dict) == {"review_on"}
    [review] = review_risks(actor=pmo, project=project_one, risk=risk)
    assert review.risk == risk


def test_a_review_after_the_due_day_ends_the_delay(pmo: Any, project_one: Any) -> None:
    today = risks.today()
    risk = risks.create_risk(pmo, project_one, review_on=today - timedelta(days=3))
    before = queries.count_figures(project_one, today).overdue
    assert (risk.is_overdue, risk in project_one.risks.overdue(today)) == (True, True)
    review_risks(actor=pmo, project=project_one, risk=risk)
    risk = risks.reread(risk)
    assert (risk.is_overdue, risk in project_one.risks.overdue(today)) == (False, False)
    assert queries.count_figures(project_one, today).overdue == before - 1


@pytest.mark.parametrize("member", ["owner", "amoa", "moe", "recipient"])
def test_only_the_role_that_produces_the_register_reviews_it(member: str, cast: Any, project_one: Any) -> None:
    risks.create_risk(cast["pmo"], project_one)
    with pytest.raises(Refused):
        review_risks(actor=cast[member], project=project_one)


# — issues —


def test_an_issue_is_raised_by_anybody_and_followed_by_who_keeps_the_register(
    recipient: Any, moe: Any, pmo: Any, project_one: Any
) -> None:
    issue = raise_issue(actor=recipient, project=project_one, fields=ISSUE)
    assert (issue.raised_by_role, issue.state) == ("DEST", "open")
    with pytest.raises(Refused):
        settle_issue(actor=moe, issue=issue, state=IssueState.POSTPONED, fields={})
    settle_issue(actor=pmo, issue=issue, state=IssueState.POSTPONED, fields={"due_on": acts.FUTURE})
    with pytest.raises(ValidationError) as error:
        settle_issue(actor=pmo, issue=issue, state=IssueState.RESOLVED, fields={})
    assert set(error.value.message_dict) == {"resolution"}
    settle_issue(actor=pmo, issue=issue, state=IssueState.RESOLVED, fields={"resolution": "Another crane."})
    settle_issue(actor=pmo, issue=issue, state=IssueState.CLOSED, fields={})
    with pytest.raises(MovedOn):
        settle_issue(actor=pmo, issue=issue, state=IssueState.OPEN, fields={})


def test_a_concurrent_change_of_an_issue_is_not_overwritten(pmo: Any, amoa: Any, project_one: Any) -> None:
    issue = raise_issue(actor=pmo, project=project_one, fields=ISSUE)
    seen = version_of(issue)
    told = {"resolution": "Another crane."}
    settle_issue(actor=amoa, issue=issue, state=IssueState.POSTPONED, fields=told, seen=seen)
    with pytest.raises(Outdated):
        settle_issue(actor=pmo, issue=issue, state=IssueState.CLOSED, fields={"resolution": "None."}, seen=seen)
    issue.refresh_from_db()
    assert (issue.state, issue.resolution) == ("postponed", "Another crane.")


# — what dashboards read —


def test_an_opportunity_is_no_risk_that_is_taken_off_the_owner(pmo: Any, project_one: Any) -> None:
    projects, before = Project.objects.filter(pk=project_one.pk), queries.count_figures(project_one, risks.today())
    weight = queries.sum_exposure(projects, timezone.now())
    rows = queries.exposure_by_adviser(projects, [risks.today()])
    chance = risks.create_risk(pmo, project_one, opportunity=True)
    risks.assess(pmo, chance, response="enhance", residual_likelihood=5, residual_impact=5)
    after = queries.count_figures(project_one, risks.today())
    assert (after.open, after.red) == (before.open + 1, before.red + 1)
    assert (after.unaccepted, after.initial, after.residual) == (before.unaccepted, before.initial, before.residual)
    assert queries.sum_exposure(projects, timezone.now()) == weight
    assert queries.exposure_by_adviser(projects, [risks.today()]) == rows
    assert chance not in queries.list_unaccepted_red(project_one, timezone.now())
    assert chance not in project_one.risks.red_and_unaccepted(risks.today())


def test_the_figure_of_what_is_not_accepted_is_the_length_of_its_list(story: Any, project_one: Any) -> None:
    listed = RISKS.build(project_one, QueryDict("matter=unaccepted"))[0].rows
    assert queries.count_figures(project_one, risks.today()).unaccepted == listed.count() > 0


def test_the_conclusion_on_exposure_is_as_of_today() -> None:
    """Every risk was closed since: last month's open risks are not open now."""
    last_month = queries.Exposure(risks.today() - timedelta(days=30), "PMO", 16, 8, 1)
    now, then = (Scope(Project(code="ONE"), Project.objects.none(), day) for day in (risks.today(), last_month.month))
    with override("en"):
        assert chart_exposure(now, [last_month]).conclusion == "No risk is open."
        assert "16 initially and is 8 now" in chart_exposure(then, [last_month]).conclusion


@pytest.fixture
def story(cast: Any, project_one: Any) -> list[tuple[datetime, Any]]:
    """Raise, re-rate and close risks over five days; return the instants between."""
    pmo, amoa, moe = cast["pmo"], cast["amoa"], cast["moe"]
    now = timezone.now()
    noon = [datetime.combine(risks.today() - timedelta(days=back), time(12), zone()) for back in (5, 4, 3, 2, 1)]
    with owning():
        with back_entry(noon[0]):
            first = risks.create_risk(pmo, project_one, title="First")
            second = risks.create_risk(moe, project_one, title="Second", likelihood=2, impact=2)
        with back_entry(noon[1]):
            first = risks.assess(amoa, first, response="reduce", residual_likelihood=2, residual_impact=4)
        with back_entry(noon[2]):
            risks.create_risk(amoa, project_one, title="Third", likelihood=5, impact=5)
            settle = risks.assess(pmo, second, response="accept")
        with back_entry(noon[2] + timedelta(minutes=5)):
            settle_risk(actor=pmo, risk=settle, status=RiskStatus.CLOSED, because="Over.")
        with back_entry(noon[3]):
            risks.assess(pmo, first, residual_likelihood=3, residual_impact=4)
            settle_risk(actor=pmo, risk=settle, status=RiskStatus.ASSESSED, because="Not over.")
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
    hour = timedelta(hours=1)
    return [*((at + hour, None) for at in noon), (now, None)]


def test_exposure_at_any_instant_is_what_the_rows_add_up_to(story: Any, project_one: Any, project_two: Any) -> None:
    projects = Project.objects.filter(pk__in=[project_one.pk, project_two.pk])
    for at, _ in [(story[0][0] - timedelta(days=9), None), *story]:
        assert queries.sum_exposure(projects, at) == risks.sums_from_rows(list(projects.order_by("pk")), at)
    assert (
        queries.sum_exposure(projects, story[0][0])[0]
        - queries.sum_exposure(projects, story[0][0] - timedelta(days=1))[0]
        == 20
    )


def test_exposure_by_adviser_adds_up_to_the_exposure_of_each_day(story: Any, project_one: Any) -> None:
    projects = Project.objects.filter(pk=project_one.pk)
    days = [risks.today() - timedelta(days=back) for back in (6, 5, 4, 3, 2, 1)]
    rows = queries.exposure_by_adviser(projects, days)
    for day in days:
        end = datetime.combine(day + timedelta(days=1), time(), zone()) - timedelta(microseconds=1)
        mine = [row for row in rows if row.month == day]
        assert (sum(row.initial for row in mine), sum(row.residual for row in mine)) == risks.sums_from_rows(
            [project_one], end
        )
    by_role = {row.role: row for row in rows if row.month == days[2]}
    before = {row.role: row for row in rows if row.month == days[1]}
    assert by_role["AMOA"].taken_off - (before["AMOA"].taken_off if "AMOA" in before else 0) == 8


def test_the_heat_map_counts_what_the_rows_say(story: Any, project_one: Any) -> None:
    projects = Project.objects.filter(pk=project_one.pk)
    for residual in (False, True):
        counted: dict[tuple[int, int], int] = {}
        for risk in project_one.risks.all():
            if risk.status not in {"proposed", "assessed", "treated", "accepted"}:
                continue
            last = risk.ratings.filter(kind="residual").order_by("-pk").first() if residual else None
            last = last or risk.ratings.filter(kind="initial").order_by("-pk")[0]
            counted[last.likelihood, last.impact] = counted.get((last.likelihood, last.impact), 0) + 1
        assert queries.count_heat(projects, residual) == counted


def test_dashboard_figures_cost_the_same_queries_for_one_project_and_for_all(story: Any, project_one: Any) -> None:
    days = [risks.today() - timedelta(days=back) for back in range(12)]
    counts = []
    for projects in (Project.objects.filter(pk=project_one.pk), Project.objects.all()):
        with cached_reads(), statements() as sent:
            queries.count_heat(projects, True)
            queries.sum_exposure(projects, timezone.now())
            queries.exposure_by_adviser(projects, days)
        counts.append(sent.total())
    assert counts == [5, 5]


def test_the_figures_of_the_register_are_those_of_its_rows(story: Any, project_one: Any) -> None:
    found = queries.count_figures(project_one, risks.today())
    rows = [risk for risk in project_one.risks.select_related("scale") if risk.is_open]
    assert found.open == len(rows)
    for band in Band:
        assert getattr(found, band) == sum(risk.residual_band == band for risk in rows)
    assert (found.initial, found.residual) == (sum(r.level for r in rows), sum(r.residual_level for r in rows))
    assert RiskRating.objects.filter(project=project_one).exists()
