"""Test that a closing says a word on everything that is open, and a gate on every criterion that is not met."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from core.history import version_of
from governance.decide.decisions.demand_forms import DemandsForm
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.settlement import Settlement, Unanswered, describe, list_demands
from governance.decide.decisions.words import gather_words
from governance.decide.kinds.groups import GROUPS
from governance.decide.kinds.registry import kind_of
from governance.decide.obligations.queries import list_left_at_closing, load_obligations
from governance.decide.obligations.services import fulfil
from governance.enums import EffectiveFrom, OnLapse, Outcome, Settled
from governance.life.closure.queries import list_open_items
from governance.life.closure.registry import AT_CLOSURE
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.services import review_decision
from governance.models import Condition, Decision, Discharge, Effect, Proposal
from governance.record.verification.verifier import verify
from pmo.registers.risks.services import write_action
from projects.models import Document, Project
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.services import appoint, role_on
from tests import acts, pdf
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, refusal
from tests.pmo.registers.risks import factories as risks
from tests.projects.seats.launch.test_launch import founded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def put_to_the_owner(kept_cast: dict[str, Any]) -> Proposal:
    """Put the closing of project one to the owner, once for this file."""
    acts.pass_gates(kept_cast["owner"], Project.objects.get(code="ONE"), "G3", "G4")
    file = acts.submit_to_owner(Project.objects.get(code="ONE"), "gate", terms={"gate": "G5"})
    fire_deferred_triggers()
    return file


@pytest.fixture
def closing(db: None, put_to_the_owner: Proposal) -> Proposal:
    """Read the closing of project one, which waits for the owner."""
    return acts.reread(put_to_the_owner)


@pytest.fixture
def marked(cast: dict[str, Any], proposal: Any, closing: Proposal) -> Decision:
    """Change what a decision of project one sealed, after its closing was put to the owner."""
    acts.replace(cast["amoa"], Document.objects.get(name="Requirements of the harbour office"))
    fire_deferred_triggers()
    return Decision.objects.select_related("project", "proposal").get(proposal=proposal("decided"))


def words(file: Proposal, **changed: Settlement | None) -> dict[str, Settlement]:
    """Say a word on everything, with some words `changed` or, with None, left out. Names are the beginnings of keys."""
    found: dict[str, Settlement | None] = dict(acts.words_on_demands(file))
    for name, word in changed.items():
        for key in [key for key in found if key.startswith(name)]:
            found[key] = word
    return {key: word for key, word in found.items() if word is not None}


# — what is open —


def test_everything_open_is_listed_by_each_capability(closing: Proposal) -> None:
    found = {item.key.rpartition("-")[0] for item in list_open_items(closing.project)}
    assert found == {"condition", "review", "action", "criterion", "campaign"}
    assert found <= {rows.name for rows in AT_CLOSURE}
    assert {rows.name for rows in AT_CLOSURE} >= {
        "condition",
        "review",
        "request",
        "action",
        "check",
        "waiver",
        "risk",
        "criterion",
        "campaign",
    }
    texts = {item.text for item in list_open_items(closing.project)}
    assert "OR-1 · Warn crews by text message at low tides." in texts
    assert "2 · Fitness of the berth plan" in texts


def test_what_is_done_is_open_no_more(owner: Any, amoa: Any, project_one: Project) -> None:
    before = {item.key for item in list_open_items(project_one)}
    risk = project_one.risks.get(code="OR-1")
    action = risk.actions.get(done_on=None)
    risks.accept(owner, risks.create_unaccepted_risk(amoa, project_one))
    write_action(actor=amoa, risk=risk, fields={"done_on": risks.today()}, row=action, seen=version_of(action))
    after = {item.key for item in list_open_items(project_one)}
    assert before - after == {f"action-{action.pk}"}
    assert {key.rpartition("-")[0] for key in after - before} == {"risk"}


# — the closing —


def test_a_closing_needs_a_word_on_everything(owner: Any, closing: Proposal) -> None:
    kept = acts.count_evidence()
    for name in ("condition", "action", "criterion-", "campaign", "obligation-PMO-"):
        with pytest.raises(Unanswered) as error:
            acts.decide(owner, closing, settled=words(closing, **{name: None}))
        assert error.value.gaps
        assert all(key.startswith(name) for key in error.value.gaps)
    assert (acts.count_evidence(), acts.fresh(closing.project).state) == (kept, "active")


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (Settlement(" ", Settled.WAIVED), ""),
        (Settlement("\u200b...", Settled.WAIVED), ""),
        (Settlement("Later.", Settled.WITHOUT), "-fate"),
        (Settlement("Later.", Settled.ENDED), "-fate"),
        (Settlement("Later.", Settled.CARRIED), "-into"),
        (Settlement("Later.", Settled.CARRIED, "ONE"), "-into"),
        (Settlement("Later.", Settled.CARRIED, "THREE"), "-into"),
        (Settlement("Later.", Settled.CARRIED, "NOWHERE"), "-into"),
    ],
)
def test_a_word_says_why_and_where(word: Settlement, field: str, owner: Any, closing: Proposal) -> None:
    with pytest.raises(Unanswered) as error:
        acts.decide(owner, closing, settled=words(closing, campaign=word))
    [gap] = error.value.gaps
    assert gap.startswith("campaign-")
    assert gap.endswith(field) if field else gap.count("-") == 1


def test_the_words_are_kept_sealed_and_shown(english: Callable[[Any], Any], owner: Any, closing: Proposal) -> None:
    decision = acts.decide(owner, closing, settled=words(closing, action=Settlement("Too late now.", Settled.CLOSED)))
    fire_deferred_triggers()
    assert acts.fresh(closing.project).state == "closed"
    fates = {word["group"]: word["fate"] for word in decision.settled if "group" in word}
    assert fates == {group: GROUP_FATES[group] for group in fates}
    assert decision.sealed_content()["settled"] == decision.settled
    assert verify(acts.fresh(closing.project)).faults == []
    client = english(owner)
    printed = pdf.text(client.get(reverse("governance:records:decision_record_pdf", args=[decision.pk])).content)
    for page in (client.get(closing.get_absolute_url()).text, client.get(decision.get_absolute_url()).text, printed):
        text = page.replace(" ", "")
        assert "Toolatenow." in text
        assert "Warncrewsbytextmessageatlowtides." in text


def test_the_responsibilities_it_answers_are_read_in_the_language_of_the_reader(owner: Any, closing: Proposal) -> None:
    decision = acts.decide(owner, closing, settled=words(closing))
    keys = {word["item"]: word for word in decision.settled if word["item"].startswith("obligation-PMO-")}
    assert keys
    content = closing.project.matrix.read()  # type: ignore[union-attr]
    for item, word in keys.items():
        duty = next(duty for duty in content.role("PMO").duties if item == f"obligation-PMO-{duty.code}")  # type: ignore[union-attr]
        for language, label in (("en", duty.label_en), ("fr", duty.label_fr)):
            with override(language):
                read = [row.text for said in gather_words([word], {}) for row in said.items]
            assert label in read[0]


def test_a_condition_given_up_is_waived_for_that_reason(owner: Any, closing: Proposal) -> None:
    open_ones = list(Condition.objects.open().filter(decision__project=closing.project))
    assert open_ones
    acts.decide(owner, closing, settled=words(closing, condition=Settlement("The letter is moot.", Settled.WAIVED)))
    fire_deferred_triggers()
    for condition in open_ones:
        condition.refresh_from_db()
        assert (condition.state, condition.waived_because) == ("waived", "The letter is moot.")
        assert acts.reread(condition.decision.proposal).state in {"closed", "superseded"}


def test_what_is_carried_over_stays_open(owner: Any, cast: dict[str, Any], closing: Proposal, project_two: Any) -> None:
    other = founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=other, role=role_on(other, "DEST"), holder=owner, group="crews")
    word = Settlement("Goes on there.", Settled.CARRIED, "NEXT", owner)
    decision = acts.decide(owner, closing, settled=words(closing, condition=word))
    fire_deferred_triggers()
    carried = [said for said in decision.settled if said["fate"] == "carried"]
    assert {said["into"] for said in carried} == {"NEXT"}
    assert Condition.objects.open().filter(decision__project=closing.project).count() == len(carried)
    assert [word.outcome for word in decision.settled_words if "NEXT" in word.outcome]


def test_a_closing_with_conditions_waits_for_them(owner: Any, closing: Proposal) -> None:
    conditions = [NewCondition("Archived.", "AMOA", acts.FUTURE)]
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(owner, closing, Outcome.APPROVED_WITH_CONDITIONS, conditions)
    assert "takes effect when the last one is met" in error.value.messages[0]
    acts.decide(owner, closing, Outcome.APPROVED_WITH_CONDITIONS, conditions, effective=EffectiveFrom.WHEN_MET)
    assert acts.fresh(closing.project).state == "active"
    acts.lift(owner, closing)
    fire_deferred_triggers()
    assert acts.fresh(closing.project).state == "closed"


def test_what_opens_before_a_late_closing_takes_effect_stops_it(owner: Any, closing: Proposal) -> None:
    conditions = [NewCondition("Archived.", "AMOA", acts.FUTURE)]
    acts.decide(owner, closing, Outcome.APPROVED_WITH_CONDITIONS, conditions, effective=EffectiveFrom.WHEN_MET)
    more = acts.submit_to_owner(acts.fresh(closing.project), "minor_change")
    acts.decide(owner, more, Outcome.APPROVED_WITH_CONDITIONS)
    with pytest.raises(CannotTakeEffect) as error:
        acts.lift(owner, closing)
    assert "still open" in error.value.messages[0]


def test_a_rejection_needs_no_word(owner: Any, closing: Proposal) -> None:
    decision = acts.decide(owner, closing, Outcome.REJECTED)
    assert decision.settled == []


# — decisions to review —


def test_a_decision_to_review_is_asked_for_until_the_owner_says_it_holds(
    owner: Any, closing: Proposal, marked: Decision
) -> None:
    key = f"review-{marked.pk}"
    assert key in {item.key for item in list_open_items(closing.project)}
    with pytest.raises(Unanswered) as error:
        acts.decide(owner, closing, settled=words(closing, review=None))
    assert key in error.value.gaps
    change = marked.breaks.latest("pk").pk
    review_decision(actor=owner, decision=marked, change=change, answer=ReviewAnswer.HOLDS, reasons="Same content.")
    assert key not in {item.key for item in list_open_items(closing.project)}


def test_a_request_to_propose_again_is_asked_for_too(owner: Any, closing: Proposal, marked: Decision) -> None:
    change = marked.breaks.latest("pk").pk
    given = {"answer": ReviewAnswer.AGAIN, "role": "AMOA", "reasons": "Another layout."}
    review = review_decision(actor=owner, decision=marked, change=change, **given)
    found = {item.key: item.text for item in list_open_items(closing.project)}
    assert found[f"request-{review.pk}"] == f"{marked.reference} · AMOA"
    assert f"review-{marked.pk}" not in found
    with pytest.raises(Unanswered):
        acts.decide(owner, closing, settled=words(closing, request=None))


def test_the_word_of_the_closing_takes_it_out_of_the_inbox(owner: Any, closing: Proposal, marked: Decision) -> None:
    assert marked in Decision.objects.awaiting_review_of(owner)
    decision = acts.decide(owner, closing)
    fire_deferred_triggers()
    assert acts.fresh(closing.project).state == "closed"
    [word] = [word for word in decision.settled if word["item"] == f"review-{marked.pk}"]
    assert word["text"].startswith(marked.reference)
    assert not Decision.objects.awaiting_review_of(owner).filter(project=closing.project).exists()


def test_a_closing_on_a_document_replaced_before_it_is_no_obstacle_to_itself(
    owner: Any, amoa: Any, project_one: Project
) -> None:
    """Such a decision is marked in its own transaction."""
    acts.pass_gates(owner, project_one, "G3", "G4")
    author = proposers(project_one, "gate")[0].holder
    draft = acts.draft(author, acts.fresh(project_one), "gate", terms={"gate": "G5"})
    document = Document.objects.get(name="Requirements of the harbour office")
    acts.attach(author, draft, document.versions.latest("pk"))
    acts.submit(author, draft)
    for seat in project_one.mandates.active().advising().exclude(holder=author):
        acts.advise(seat.holder, draft)
    acts.replace(amoa, document)
    fire_deferred_triggers()
    decision = acts.decide(owner, draft)
    fire_deferred_triggers()
    assert decision.breaks.exists()
    assert acts.fresh(project_one).state == "closed"


# — obligations —


def test_a_word_on_a_responsibility_answers_each_of_its_obligations(owner: Any, closing: Proposal) -> None:
    project = closing.project
    left = list_left_at_closing(project, closing.number, timezone.now())
    asked = {demand.key for demand in list_demands(closing, closing.current) if demand.key.startswith("obligation-")}
    assert asked == {f"obligation-{row.role}-{row.duty.code}" for row in left}
    deciding = {row.key for row in left if row.duty.code == "MOA-04"}
    assert f"P-{closing.number}" not in deciding, "this decision fulfils it"
    word = Settlement("The provider has left.", Settled.EXCUSED)
    acts.decide(owner, closing, settled=words(closing, **{"obligation-MOE": word}))
    fire_deferred_triggers()
    answers = {(row.role, row.duty, row.key): row for row in Discharge.objects.filter(project=project)}
    assert {(row.role, row.duty.code, row.key) for row in left} <= set(answers)
    of_the_provider = [row for row in left if row.role == "MOE"]
    assert of_the_provider
    for row in of_the_provider:
        answer = answers[row.role, row.duty.code, row.key]
        assert (answer.answer, answer.note, answer.answered_by) == ("excused", "The provider has left.", owner)
    open_now = [row for row in load_obligations(acts.fresh(project)) if row.is_open]
    assert {row.key for row in open_now} <= {f"P-{closing.number}"}, "the closing itself is read afterwards"
    assert verify(acts.fresh(project)).faults == []


def test_an_obligation_carried_over_names_the_project(owner: Any, cast: dict[str, Any], closing: Proposal) -> None:
    other = founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=other, role=role_on(other, "DEST"), holder=owner, group="crews")
    word = Settlement("Goes on there.", Settled.CARRIED, "NEXT", owner)
    acts.decide(owner, closing, settled=words(closing, **{"obligation-MOE-MOE-10": word}))
    answer = Discharge.objects.get(project=closing.project, duty="MOE-10", key="G4")
    with override(closing.project.language):
        assert answer.note == gettext("Carried over to %(project)s: %(because)s") % {
            "project": "NEXT",
            "because": "Goes on there.",
        }


def test_a_fulfilled_obligation_is_not_asked_for(moe: Any, closing: Proposal) -> None:
    for key in ("G3", "G4"):
        fulfil(
            actor=moe,
            project=closing.project,
            role="MOE",
            duty="MOE-10",
            key=key,
            note=f"The environment for {key} is described in the folder of the build.",
        )
    assert "obligation-MOE-MOE-10" not in {demand.key for demand in list_demands(closing, closing.current)}


# — the entry criteria —


def test_a_gate_needs_a_word_on_each_criterion_that_is_not_met(owner: Any, amoa: Any, project_one: Project) -> None:
    risks.create_unaccepted_risk(amoa, project_one, likelihood=5, impact=5)
    file = acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"})
    unmet = {demand.key for demand in list_demands(file, file.current)}
    assert "criterion:risks" in unmet
    with pytest.raises(Unanswered) as error:
        acts.decide(owner, file, settled={})
    assert set(error.value.gaps) == unmet
    decision = acts.decide(owner, file)
    [word] = [said for said in decision.settled if said["item"] == "criterion:risks"]
    assert (word["fate"], word["because"]) == ("without", "It is left as it is.")
    assert "red and not accepted" in word["text"]


def test_the_form_asks_for_it_and_keeps_it(
    english: Callable[[Any], Any], owner: Any, amoa: Any, project_one: Project
) -> None:
    risks.create_unaccepted_risk(amoa, project_one, likelihood=5, impact=5)
    file = acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"})
    client, address = english(owner), reverse("governance:dossier:proposal_decide", args=[file.pk])
    assert "Why the gate is passed without it" in client.get(file.get_absolute_url()).text
    fields = {
        "fingerprint": acts.fingerprint(file),
        "option": "A",
        "outcome": "approved",
        "reasons": "We go on.",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
    }
    refused = client.post(address, fields | {"step": "seal"})
    assert (refused.status_code, acts.reread(file).state) == (422, "ready_for_decision")
    said = {f"demand-{demand.key}": "The crane is rented." for demand in list_demands(file, file.current)}
    review = client.post(address, fields | said | {"step": "review"})
    assert review.status_code == 200
    assert "The crane is rented." in review.text
    assert client.post(address, fields | said | {"step": "seal"}).status_code == 302
    assert {word["because"] for word in acts.reread(file).answer.settled} == {"The crane is rented."}


def test_one_word_answers_a_group_and_a_role_or_an_item_has_its_own(
    english: Callable[[Any], Any], owner: Any, cast: dict[str, Any], closing: Proposal
) -> None:
    other = founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=other, role=role_on(other, "DEST"), holder=owner, group="crews")
    client, address = english(owner), reverse("governance:dossier:proposal_decide", args=[closing.pk])
    demands = list_demands(closing, closing.current)
    groups = {demand.group.code: demand.group for demand in demands if demand.group}
    fields = {
        "fingerprint": acts.fingerprint(closing),
        "option": "A",
        "outcome": "approved",
        "reasons": "The port is handed over.",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        **{f"demand-{demand.key}": "Passed." for demand in demands if not demand.group},
    }
    refused = client.post(address, fields | {"step": "review"})
    assert refused.status_code == 422
    errors = refused.context["answer"].demands.errors
    assert {name.removesuffix("-fate") for name in errors} == set(groups), "one message a group, not one an item"
    common = {f"demand-{code}": f"Word on {code}." for code in groups} | {
        f"demand-{code}-fate": group.fates[0] for code, group in groups.items() if len(group.fates) > 1
    }
    nowhere = client.post(address, fields | common | {"demand-conditions-fate": "carried", "step": "review"})
    assert [*nowhere.context["answer"].demands.errors] == ["conditions-into"]
    item = next(demand.key for demand in demands if demand.key.startswith("obligation-MOE-"))
    alone = client.post(address, fields | common | {f"demand-{item}-fate": "carried", "step": "review"})
    assert [*alone.context["answer"].demands.errors] == [f"{item}-into"], "who takes it over is asked beside its fate"
    parts = [part for row in alone.context["answer"].demands.groups() for part in row.roles]
    assert {one.key for part in parts for one, _fields, is_open in part.items if is_open} == {item}
    own = next(demand.key for demand in demands if demand.role == "PMO" and demand.key.startswith("obligation-"))
    target = f"NEXT · DEST · {owner.name}"
    exceptions = {
        "demand-never_given.MOE": "The provider has left.",
        f"demand-{own}": "It goes on there.",
        f"demand-{own}-fate": "carried",
        f"demand-{own}-into": target,
    }
    said = fields | common | exceptions
    review = client.post(address, said | {"step": "review"})
    assert review.status_code == 200
    sealed = client.post(address, said | {"step": "seal", "foreseen": review.context["foreseen"]})
    assert sealed.status_code == 302
    decision = acts.reread(closing).answer
    because = {word["item"]: word["because"] for word in decision.settled}
    assert set(because) == {demand.key for demand in demands}, "every item is in the record"
    for demand in demands:
        if demand.key == own:
            assert because[demand.key] == "It goes on there."
        elif demand.key.startswith("obligation-MOE-"):
            assert because[demand.key] == "The provider has left."
        elif demand.group:
            assert because[demand.key] == f"Word on {demand.group.code}."
    [row] = decision.carry_overs.all()
    assert (row.item, row.target.code, row.holder) == (own, "NEXT", owner)
    assert acts.fresh(closing.project).state == "closed"


def test_the_author_prepares_the_words_and_the_owner_finds_them(
    english: Callable[[Any], Any], owner: Any, project_one: Project
) -> None:
    acts.pass_gates(owner, project_one, "G3", "G4")
    author = proposers(project_one, "gate")[0].holder
    prepared = {"closing_conditions_fate": "waived", "closing_conditions_why": "The crews have moved."}
    file = acts.draft(author, acts.fresh(project_one), "gate", terms={"gate": "G5"} | prepared)
    form = english(author).get(reverse("governance:proposals:proposal_edit", args=[file.pk])).text
    assert "terms-closing_conditions_why" in form
    assert "terms-closing_waivers_why" not in form, "only groups with open items are asked about"
    acts.submit(author, file)
    for seat in project_one.mandates.active().advising().exclude(holder=author):
        acts.advise(seat.holder, file)
    page = english(owner).get(acts.reread(file).get_absolute_url())
    answer = page.context["answer"]
    assert answer.demands["conditions"].value() == "The crews have moved."
    assert answer.demands["conditions-fate"].value() == "waived"


def test_what_is_prepared_is_no_change_of_an_option(closing: Proposal) -> None:
    kind, project = kind_of("gate"), closing.project
    terms = {"gate": "G5", "closing_risks_fate": "closed", "closing_risks_why": "The pump is replaced."}
    assert {line.name: line.is_prepared for line in kind.lines(terms, project)} == {
        "gate": False,
        "closing_risks_fate": True,
        "closing_risks_why": True,
    }


def test_a_condition_that_the_end_carries_over_is_no_task_here(
    cast: dict[str, Any], owner: Any, closing: Proposal
) -> None:
    project, target = closing.project, founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=target, role=role_on(target, "DEST"), holder=owner, group="crews")
    answering = project.mandates.active().filter(role__code__in=project_conditions(project).values("role"))
    people = [seat.holder for seat in answering.select_related("holder")]
    assert any(Condition.objects.awaiting(person).filter(decision__project=project).exists() for person in people)
    there = Settlement("It goes on there.", Settled.CARRIED, "NEXT", owner)
    acts.decide(owner, closing, settled=words(closing, condition=there))
    fire_deferred_triggers()
    assert project_conditions(project).exists(), "it stays open for who takes it over"
    for person in people:
        assert not Condition.objects.awaiting(person).filter(decision__project=project).exists()
    assert not Condition.objects.overdue(acts.FUTURE + timedelta(days=400)).filter(decision__project=project).exists()
    file = acts.submit_to_owner(acts.fresh(project), "reopening")
    decision = acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, effective=EffectiveFrom.WHEN_MET)
    asked = decision.conditions.get()
    holder = project.mandates.active().get(role__code=asked.role).holder
    assert asked in Condition.objects.awaiting(holder), "the reopening waits for its own"


def test_a_condition_whose_effect_lapses_is_answered_alone(owner: Any, project_one: Project) -> None:
    acts.pass_gates(owner, project_one, "G3", "G4")
    file = acts.submit_to_owner(acts.fresh(project_one), "minor_change")
    conditions = [NewCondition("Painted.", "AMOA", acts.FUTURE, on_lapse=OnLapse.LAPSES)]
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, conditions)
    alone = [item.text for item in list_open_items(acts.fresh(project_one)) if item.alone]
    assert [text.endswith("Painted.") for text in alone] == [True]


def project_conditions(project: Project) -> Any:
    """Return the open conditions of the project."""
    return Condition.objects.open().filter(decision__project=project)


# — the database —


def _close(said: Callable[[list[str]], list[dict[str, str]]]) -> Callable[[Proposal], None]:
    """Close past the services, with these words on the open keys."""

    def attempt(closing: Proposal) -> None:
        owner = closing.project.mandates.active().deciding().get()
        keys = [item.key for item in list_open_items(closing.project)]
        criteria = [d for d in list_demands(closing, closing.current) if d.key.startswith("criterion:")]
        parts = read_parts(closing)
        now = timezone.now()
        decision = Decision.objects.bulk_create(
            [
                Decision(
                    project=closing.project,
                    number=900,
                    proposal=closing,
                    revision=closing.current,
                    revision_hash=acts.fingerprint(closing),
                    outcome=Outcome.APPROVED,
                    option=closing.current.recommended,
                    reasons="Because.",
                    decided_by=owner.holder,
                    mandate=owner,
                    signature="X",
                    file=build_file(closing.current, parts),
                    seen=parts,
                    settled=[*said(keys), *(describe(d, Settlement("Never mind.")) for d in criteria)],
                    acted_at=now,
                )
            ]
        )[0]
        Project.objects.filter(pk=closing.project_id).update(state="closed", gate="G5")
        about = {"decision": decision, "subject": "projects.project", "subject_id": closing.project_id}
        Effect.objects.bulk_create(
            [
                Effect(**about, field="gate", before="G4", after="G5", acted_at=timezone.now()),
                Effect(**about, field="state", before="active", after="closed", acted_at=timezone.now()),
            ]
        )

    return attempt


def _words(keys: list[str], **changes: str) -> list[dict[str, str]]:
    word = {"label": "", "text": "", "fate": "excused", "because": "Never mind.", "into": ""}
    return [word | {"item": key} | changes for key in keys]


def _close_unreviewed(closing: Proposal) -> None:
    """Mark a decision, then close with a word on everything else."""
    acts.replace(proposers(closing.project)[0].holder, Document.objects.get(name="Requirements of the harbour office"))
    _close(lambda keys: _words([key for key in keys if not key.startswith("review-")]))(acts.reread(closing))


GROUP_FATES = {group.code: str(group.fates[0]) for group in GROUPS}
OPEN = "A project ends when each open item is done, excused or carried over in that decision"
ANSWERED = "A project ends when its roles have answered their obligations, or are excused"
GUARD = "project.a_closing_leaves_nothing_open"
ANSWERS = "project.closes_with_every_answer"
ATTACKS = Attacks(
    triggers=[
        (GUARD, "without a word", _close(lambda _keys: []), OPEN),
        (GUARD, "without one of them", _close(lambda keys: _words(keys[1:])), OPEN),
        (GUARD, "without a decision to review", _close_unreviewed, OPEN),
        (GUARD, "with another fate", _close(lambda keys: _words(keys, fate="without")), OPEN),
        (GUARD, "carried over to nowhere", _close(lambda keys: _words(keys, fate="carried", into="X")), OPEN),
        (GUARD, "carried over to itself", _close(lambda keys: _words(keys, fate="carried", into="ONE")), OPEN),
        (GUARD, "carried over to nobody", _close(lambda keys: _words(keys, fate="carried", into="TWO")), OPEN),
        (GUARD, "with the word of another group", _close(lambda keys: _words(keys, fate="ended")), OPEN),
        (ANSWERS, "with no answer of its roles", _close(_words), ANSWERED),
    ],
    behind=dict.fromkeys((GUARD, ANSWERS), ("decision.leaves_an_event", "rowseal.is_covered_by_an_event")),
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, closing: Proposal) -> None:
    ATTACKS.prove(guard, closing)


def test_with_a_word_on_each_the_database_lets_it_close(closing: Proposal) -> None:
    assert OPEN not in refusal(lambda: _close(_words)(closing))


def test_who_reads_no_other_project_is_told_so(closing: Proposal) -> None:
    asked = list_demands(closing, closing.current)  # type: ignore[arg-type]
    demand = next(demand for demand in asked if demand.group and Settled.CARRIED in demand.fates)
    assert demand.group
    code = demand.group.code
    typed = {f"demand-{code}": "Later.", f"demand-{code}-fate": Settled.CARRIED.value}
    with override("en"):
        form = DemandsForm(typed, demands=[demand], targets=list)
        assert not form.is_valid()
        assert "You read no other project that can take it over." in str(form.errors)
