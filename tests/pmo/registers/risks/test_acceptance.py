"""Test risk acceptance by a decision of the owner: at one level, until a day, never renewed (R1, R9, R11)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from core.acts import acting_as, back_entry
from core.history import version_of
from core.templatetags.ui import day
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import describe
from governance.decide.proposals.services import Incomplete
from governance.enums import Outcome
from governance.models import Decision, Effect
from pmo.models import Risk, RiskAcceptance
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.queries import list_unaccepted_red
from pmo.registers.risks.services import edit_risk, settle_risk
from projects.models import Notification
from tests import acts
from tests.database import fire_deferred_triggers, owning, refusal
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fire_and_reread(risk: Risk) -> Risk:
    """Fire the deferred triggers, and read the risk."""
    fire_deferred_triggers()
    return risks.reread(risk)


def test_the_owners_approval_accepts_the_risk_at_its_level_until_a_day(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    decision = risks.accept(owner, risk)
    risk = fire_and_reread(risk)
    accepted = RiskAcceptance.objects.get(risk=risk)
    assert (risk.status, risk.response, risk.acceptance) == ("accepted", "accept", accepted)
    assert (accepted.level, accepted.valid_until, accepted.trigger) == (12, acts.FUTURE, risks.terms(risk)["trigger"])
    effect = Effect.objects.get(decision=decision)
    assert (effect.subject, effect.subject_id, effect.field) == (
        "pmo.riskacceptance",
        accepted.pk,
        "risk_acceptance",
    )
    assert not risk.is_expired


def test_what_an_acceptance_changed_has_its_last_day_in_the_language_of_the_reader(
    owner: Any, pmo: Any, project_one: Any
) -> None:
    decision = risks.accept(owner, risks.create_unaccepted_risk(pmo, project_one))
    effect = Effect.objects.get(decision=decision)
    for language in ("en", "fr"):
        with override(language):
            assert describe(effect).endswith(f"→ {day(acts.FUTURE)}")


def test_any_other_answer_accepts_nothing(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    for outcome in (Outcome.REJECTED, Outcome.DEFERRED):
        file = acts.submit_to_owner(project_one, "risk_acceptance", terms=risks.terms(risk))
        acts.decide(owner, file, outcome)
    assert (fire_and_reread(risk).status, RiskAcceptance.objects.filter(risk=risk).exists()) == ("assessed", False)


def test_a_proposal_names_the_risk_with_its_end_what_is_watched_and_what_reopens_it(pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    complete = risks.terms(risk)
    for name in complete:
        lacking = {key: value for key, value in complete.items() if key != name}
        file = acts.draft(pmo, project_one, "risk_acceptance", terms=lacking)
        with pytest.raises(Incomplete) as error:
            acts.submit(pmo, file)
        assert set(error.value.gaps) >= {f"terms-{name}"}


@pytest.mark.parametrize("what", ["rated again", "ended", "of another project", "proposed only", "unreadable"])
def test_only_the_current_rating_is_put_to_the_owner(what: str, pmo: Any, project_one: Any, project_two: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    terms = risks.terms(risk)
    if what == "rated again":
        risks.assess(pmo, risk, residual_likelihood=2, residual_impact=4)
        risks.assess(pmo, risk, residual_likelihood=3, residual_impact=4)
    elif what == "ended":
        settle_risk(actor=pmo, risk=risk, status=RiskStatus.CLOSED, because="Over.")
    elif what == "proposed only":
        terms = risks.terms(risks.create_risk(pmo, project_one))
    else:
        terms["risk"] = {"of another project": "TR-1:3x4:2", "unreadable": "3x4"}[what]
    file = acts.draft(pmo, project_one, "risk_acceptance", terms=terms)
    with pytest.raises(Incomplete) as error:
        acts.submit(pmo, file)
    assert set(error.value.gaps) == {"terms-risk"}


def test_a_risk_that_rises_after_submission_is_not_accepted(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    file = acts.submit_to_owner(project_one, "risk_acceptance", terms=risks.terms(risk))
    risks.assess(pmo, risk, residual_likelihood=5, residual_impact=5)
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, file)
    assert not RiskAcceptance.objects.filter(risk=risk).exists()


def test_an_acceptance_whose_last_day_is_over_is_not_given(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    file = acts.submit_to_owner(project_one, "risk_acceptance", terms=risks.terms(risk, risks.today() - DAY))
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, file)


def test_a_rise_reopens_it_and_tells_the_owner(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    risks.accept(owner, risk)
    risk = risks.assess(pmo, risk, residual_likelihood=4, residual_impact=4)
    assert (fire_and_reread(risk).status, risk.acceptance) == ("assessed", None)
    told = Notification.objects.get(reason="risk_reopened")
    assert (told.recipient, told.event.act, told.link) == (owner, "assess_risk", risk.get_absolute_url())
    assert RiskAcceptance.objects.filter(risk=risk).count() == 1


@pytest.mark.parametrize(("likelihood", "impact"), [(3, 4), (4, 3), (2, 4)])
def test_a_level_that_does_not_rise_stays_accepted(
    likelihood: int, impact: int, owner: Any, pmo: Any, project_one: Any
) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    risks.accept(owner, risk)
    risk = risks.assess(pmo, risk, residual_likelihood=likelihood, residual_impact=impact)
    assert (fire_and_reread(risk).status, risk.acceptance is not None) == ("accepted", True)
    assert not Notification.objects.filter(reason="risk_reopened").exists()


def test_another_response_ends_the_acceptance(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    risks.accept(owner, risk)
    risk = risks.assess(pmo, risk, response="transfer")
    assert (risk.status, risk.acceptance) == ("assessed", None)


def test_past_its_last_day_it_is_unaccepted_again_without_any_act(owner: Any, pmo: Any, project_one: Any) -> None:
    past = timezone.now() - 3 * DAY
    with owning(), back_entry(past):
        risk = risks.create_unaccepted_risk(pmo, project_one, 4, 4)
        risks.accept(owner, risk, risks.today() - DAY)
    risk = fire_and_reread(risk)
    assert (risk.status, risk.is_expired) == ("accepted", True)
    assert list(list_unaccepted_red(project_one, timezone.now()).filter(pk=risk.pk)) == [risk]
    assert not list_unaccepted_red(project_one, past + DAY / 2).filter(pk=risk.pk).exists()
    renewed = risks.accept(owner, risk)
    risk = fire_and_reread(risk)
    assert (risk.is_expired, renewed.effects.count()) == (False, 1)
    assert not list_unaccepted_red(project_one, timezone.now()).filter(pk=risk.pk).exists()


def test_unaccepted_and_red_are_those_that_are_open_and_not_accepted(owner: Any, pmo: Any, project_one: Any) -> None:
    before = timezone.now()
    red, amber, ended = (risks.create_unaccepted_risk(pmo, project_one, *rating) for rating in ((4, 4), (3, 4), (5, 5)))
    settle_risk(actor=pmo, risk=ended, status=RiskStatus.CLOSED, because="Over.")
    found = list_unaccepted_red(project_one, timezone.now())
    assert red in found
    assert not {amber, ended} & set(found)
    assert red not in list_unaccepted_red(project_one, before)
    risks.accept(owner, red)
    assert red not in list_unaccepted_red(project_one, timezone.now())
    risks.assess(pmo, red, residual_likelihood=5, residual_impact=5)
    assert red in list_unaccepted_red(project_one, timezone.now())


@pytest.mark.parametrize("name", ["title", "cause", "event", "effect", "opportunity"])
def test_the_description_of_an_accepted_risk_is_not_edited(name: str, owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    other = {name: True if name == "opportunity" else "The whole harbour sinks."}
    risks.accept(owner, risk)
    risk = fire_and_reread(risk)
    with pytest.raises(ValidationError) as refused:
        edit_risk(actor=pmo, risk=risk, fields=other, seen=version_of(risk))
    assert set(refused.value.message_dict) == {name}
    same = {name: getattr(risk, name), "proximity": "near"}
    edit_risk(actor=pmo, risk=risk, fields=same, seen=version_of(risk))
    if name != "opportunity":
        risk = risks.assess(pmo, risk, response="transfer")
        edit_risk(actor=pmo, risk=risk, fields=other, seen=version_of(risk))


def test_replacing_the_decision_leads_the_risk_back(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    other = risks.create_unaccepted_risk(pmo, project_one)
    decision: Decision = risks.accept(owner, risk)
    file = acts.submit_to_owner(project_one, "change", replaces=decision)
    replacing = acts.decide(owner, file)
    risk = fire_and_reread(risk)
    assert (risk.status, risk.acceptance) == ("assessed", None)
    assert Effect.objects.get(decision=replacing, field="risk_acceptance").after == ""
    decision = risks.accept(owner, other)
    again = acts.submit_to_owner(
        project_one, "risk_acceptance", replaces=decision, terms=risks.terms(other, acts.FUTURE + DAY)
    )
    acts.decide(owner, again)
    other = fire_and_reread(other)
    assert other.acceptance is not None
    assert (other.status, other.acceptance.valid_until) == ("accepted", acts.FUTURE + DAY)


def test_the_database_refuses_what_no_decision_accepts(owner: Any, pmo: Any, project_one: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)

    def accept() -> None:
        with acting_as(pmo):
            made = RiskAcceptance.objects.create(
                project=project_one,
                risk=risk,
                likelihood=3,
                impact=4,
                valid_until=acts.FUTURE,
                indicator="X",
                trigger="Y",
                acted_at=timezone.now(),
            )
            now = risks.reread(risk)
            now.status, now.response, now.acceptance = RiskStatus.ACCEPTED, "accept", made
            now.save()

    assert "Only a decision of the owner" in refusal(accept)
