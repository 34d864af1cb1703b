"""What a review announces is what then happens, of every kind, outcome and option; and a rehearsal leaves nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from core.access import Refused
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.rehearsal import Happening
from governance.decide.decisions.services import Terms, decide, rehearse
from governance.decide.kinds.base import Kind
from governance.decide.kinds.registry import kind_of, kinds
from governance.decide.proposals.content import IMPACTS
from governance.decide.proposals.services import Outdated
from governance.decide.signing.signatures import NotSigned
from governance.enums import APPROVALS, WITH_CONDITIONS, EffectiveFrom, Outcome
from governance.models import Condition, Decision, Effect, Proposal
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent, Mandate, Notification, Project
from roles.enums import ABANDONMENT
from tests import acts
from tests.database import fire_deferred_triggers, undone
from tests.effort import in_turn
from tests.governance.decide.decisions.test_signatures import require
from tests.governance.decide.options.test_options import BUDGET, NOT_HERE, TERMS, WHY
from tests.pages.visits import act

AT_ONCE, WHEN_MET = EffectiveFrom.AT_ONCE, EffectiveFrom.WHEN_MET

pytestmark = pytest.mark.django_db


def answer(file: Proposal, outcome: Outcome, option: str = "") -> dict[str, Any]:
    """Return the arguments of `rehearse` and `decide` for an answer."""
    assert file.current is not None
    takes = outcome in APPROVALS
    why_not = WHY if takes and option not in {"", file.current.recommended} else ""
    into = Proposal.objects.mergeable(file).order_by("pk").first() if outcome == Outcome.MERGED else None
    terms = Terms(
        option=option if takes else "",
        why_not=why_not,
        conditions=(acts.CONDITION,) if outcome in WITH_CONDITIONS else (),
        effective=WHEN_MET if outcome in WITH_CONDITIONS and file.kind == ABANDONMENT else AT_ONCE,
        return_on=acts.FUTURE if outcome == Outcome.DEFERRED else None,
        price_reduction=1250 if outcome == Outcome.ACCEPTED_WITH_PRICE_REDUCTION else None,  # type: ignore[arg-type]
        merged_into=into,
        waived=acts.missing_opinion_reasons(file),
        fates=acts.fates_of(file, option) if file.replaces and takes else {},
        settled=acts.words_on_demands(file, option) if takes else {},
    )
    about = {"fingerprint": acts.fingerprint(file), "seen": read_parts(file)}
    return about | {"outcome": outcome, "reasons": "Both advices say so.", "terms": terms}


def state_of(project: Project) -> list[Any]:
    """Return what a rehearsal must leave as it was."""
    models = (Decision, Condition, Effect, LedgerEvent, Notification, Mandate)
    files = list(Proposal.objects.order_by("pk").values_list("state", "awaited_roles"))
    return [Project.objects.filter(pk=project.pk).values().get(), files, *(m.objects.count() for m in models)]  # type: ignore[attr-defined]


def list_outcomes(place: int, kind: Kind) -> list[Outcome]:
    """List each approval of a kind, whose effects are its own, and of the other outcomes two in turn by day."""
    others = [outcome for outcome in kind.outcomes if outcome not in APPROVALS]
    return [*(outcome for outcome in kind.outcomes if outcome in APPROVALS), *in_turn(place, others, 2)]


#: Every kind that can be submitted here, and its outcomes.
OUTCOMES = {kind.code: list_outcomes(place, kind) for place, kind in enumerate(kinds()) if kind.code not in NOT_HERE}
CASES = [(code, outcome) for code, outcomes in OUTCOMES.items() for outcome in outcomes]
#: The whole record is verified after two outcomes of each kind, neighbours have others.
VERIFIED = {(code, outcome) for place, code in enumerate(OUTCOMES) for outcome in in_turn(place, OUTCOMES[code], 2)}


def put_to_owner(project: Project, code: str) -> Proposal:
    """Bring a file of a kind to the owner, with another option where it may differ."""
    more: dict[str, Any] = {"terms": TERMS[code]} if code in TERMS else {}
    if kind_of(code).differing and code in TERMS:
        more |= {"alternatives": {"B": {"amount": "", "terms": TERMS[code]}}}
    return acts.submit_to_owner(project, code, **dict.fromkeys(IMPACTS, "None."), **more)


@pytest.fixture(scope="module")
def kept_file(kept_database: None, request: pytest.FixtureRequest) -> Iterator[Proposal]:
    """Bring a file of a kind to the owner once for all its outcomes; the next kind finds nothing of it."""
    with undone():
        file = put_to_owner(Project.objects.get(code="ONE"), request.param)
        fire_deferred_triggers()
        yield file


@pytest.mark.parametrize(("kept_file", "outcome"), CASES, indirect=["kept_file"], ids=str)
def test_what_was_announced_is_what_happens(
    kept_file: Proposal, outcome: Outcome, owner: Any, project_one: Project
) -> None:
    code = kept_file.kind
    for option in ("A", "B") if outcome in APPROVALS else ("",):
        file = put_to_owner(project_one, code) if option == "B" else acts.reread(kept_file)
        given, before = answer(file, outcome, option), state_of(project_one)
        announced = rehearse(actor=owner, proposal=file, **given)
        assert state_of(project_one) == before
        assert announced.told
        foreseen = announced.fingerprint(file.current.salt)  # type: ignore[union-attr]
        decision = decide(actor=owner, proposal=acts.reread(file), foreseen=foreseen, **answer(file, outcome, option))
        assert decision.foreseen == decision.sealed_content()["foreseen"] == foreseen
        assert announced.effects == [effect.description for effect in decision.effects.order_by("pk")]
        told = Notification.objects.filter(event__subject_id=decision.pk, event__act="decide").select_related(
            "recipient"
        )
        assert {str(notice.recipient) for notice in told} <= set(announced.told)
        if decision.effects.exists():  # the same again would change nothing, or be refused
            break
    fire_deferred_triggers()
    if (code, outcome) in VERIFIED:
        assert verify(project_one).faults == []


def test_something_else_than_was_announced_is_refused(owner: Any, project_one: Project) -> None:
    file, other = (acts.submit_to_owner(project_one, "budget", **BUDGET) for _ in range(2))
    given = answer(file, Outcome.APPROVED, "A")
    announced = rehearse(actor=owner, proposal=file, **given)
    acts.decide(owner, other, option="B")  # the budget is another one since
    with pytest.raises(Outdated) as error:
        decide(actor=owner, proposal=file, foreseen=announced.fingerprint(file.current.salt), **given)  # type: ignore[union-attr]
    assert error.value.changes
    assert acts.reread(file).answer is None


def test_the_end_of_a_project_announces_the_obligations_that_end(owner: Any, project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, ABANDONMENT, **dict.fromkeys(IMPACTS, "None."))
    happening = rehearse(actor=owner, proposal=file, **answer(file, Outcome.APPROVED))
    assert happening.ended
    assert happening.plain["ended"]
    assert happening.begun == []


def test_a_baseline_that_replaces_another_announces_the_decision_to_review(owner: Any, project_one: Project) -> None:
    first = acts.decide(owner, acts.submit_to_owner(project_one, "budget", **BUDGET))
    later = acts.submit_to_owner(
        project_one,
        "budget",
        **BUDGET,
        rests_on=[{"item": f"decision:{first.pk}", "name": first.reference, "version": ""}],
    )
    resting = acts.decide(owner, later, option="B")
    file = acts.submit_to_owner(project_one, "budget", replaces=first, **BUDGET)
    given = answer(file, Outcome.APPROVED, "B")
    fates = {key: "changed" if key == f"decision-{resting.pk}" else fate for key, fate in given["terms"].fates.items()}
    terms = Terms(option="B", why_not=WHY, fates=fates)
    happening = rehearse(actor=owner, proposal=file, **given | {"terms": terms})
    assert resting.reference in happening.to_review


@pytest.mark.parametrize("member", ["pmo", "amoa", "former_owner", "outsider"])
def test_nobody_rehearses_what_they_may_not_decide(member: str, cast: dict[str, Any], proposal: Any) -> None:
    file = proposal("ready_for_decision")
    with pytest.raises(Refused):
        rehearse(actor=cast[member], proposal=file, **answer(file, Outcome.APPROVED))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_review_shows_it_and_the_record_keeps_its_fingerprint(
    language: str, client_of: Any, owner: Any, project_one: Project, pmo: Any
) -> None:
    file = acts.submit_to_owner(project_one, "budget", **BUDGET)
    client = client_of(owner)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    path, fields = act("decide", file, then=False, outcome="approved")
    review = client.post(path, fields)
    happening: Happening = review.context["happening"]
    assert {"en": "What will happen", "fr": "Ce qui va se passer"}[language] in review.text
    assert all(text in review.text for text in happening.told)
    [foreseen] = re.findall('name="foreseen" value="([0-9a-f]{64})"', review.text)
    moved = client.post(path, fields | {"step": "seal", "foreseen": "0" * 64})
    assert moved.status_code == 409
    assert client.post(path, fields | {"step": "seal", "foreseen": "<b>"}).status_code == 409
    assert client.post(path, fields | {"step": "seal", "foreseen": foreseen}).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert decision.foreseen == foreseen
    record = client.get(reverse("governance:records:decision_record", args=[decision.pk]))
    assert foreseen in record.text


def test_a_project_that_signs_is_rehearsed_without_a_signature(owner: Any, project_one: Project) -> None:
    require(project_one, owner)
    file = acts.submit_to_owner(project_one, "budget", **BUDGET)
    assert rehearse(actor=owner, proposal=file, **answer(file, Outcome.APPROVED)).effects
    with pytest.raises(NotSigned):
        acts.decide(owner, file)
