"""Test the erasure of personal data: removed and remaining data, what pages and the chain show, and refusals."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from amoa.acceptance.enums import Result
from amoa.acceptance.services import correct_defect, report_defect, run_test
from amoa.change_plan.services import answer_feedback, give_feedback
from amoa.models import AcceptanceCampaign, Defect, Estimate, FeedbackItem, Question, Requirement, TestRun
from amoa.questions.services import answer, ask, estimate
from core.acts import erasing
from core.forms import ProseField
from core.history import version_of
from core.pages.sessions.models import AccountSession
from core.record.erasure import blank, display_name, display_text, erasable_fields, is_erased, mark
from core.record.sealing import ERASED
from governance.decide.decisions.condition_services import lift
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import NewCondition, Terms, decide
from governance.decide.decisions.settlement import Settlement
from governance.decide.obligations.services import check_evidence, fulfil
from governance.decide.proposals.services import withdraw
from governance.desk.dossier.differences import list_differences
from governance.enums import Outcome
from governance.life.actions.enums import ActionState
from governance.life.actions.models import Action
from governance.life.actions.services import settle_action
from governance.life.actions.services import write_action as give_action
from governance.life.carry_overs.models import CarryOver
from governance.life.carry_overs.services import (
    accept_carry_over,
    decline_carry_over,
    finish_carry_over,
    refuse_carry_over,
)
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.services import review_decision
from governance.life.moves.services import ask_move, refuse_move
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.services import look_back
from governance.models import (
    BindingOpinion,
    Condition,
    Decision,
    DecisionReview,
    Discharge,
    EarlierDecision,
    Effect,
    EvidenceCheck,
    Move,
    Opinion,
    Proposal,
    ProposalRevision,
    SealBreak,
    SecondLook,
    Session,
    SessionItem,
)
from governance.record.erasure.guards import erasable_models
from governance.record.erasure.models import Erasure
from governance.record.erasure.services import CannotErase, erase_person, erase_text, find_occurrences
from governance.record.records.facts import build_record
from governance.record.records.pdf import render_pdf
from governance.sessions.sittings.services import convene_session, open_session
from pmo.enums import Act as OfficeAct
from pmo.models import ConformityCheck, Escalation, Issue, Risk, RiskAction, RiskReview, StandardVersion, WaiverEnd
from pmo.registers.escalations.enums import EscalationState
from pmo.registers.escalations.services import answer_escalation, escalate_risk
from pmo.registers.risks.enums import IssueState
from pmo.registers.risks.services import edit_risk, raise_issue, review_risks, settle_issue, write_action
from pmo.standards.conformity.enums import Result as Conformity
from pmo.standards.conformity.services import record_check
from pmo.standards.waivers.services import revoke_waiver
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import (
    Competence,
    Delegation,
    DocumentVersion,
    Interest,
    LedgerEvent,
    Mandate,
    Notification,
    Project,
    Replacement,
    Ruling,
)
from projects.people.addresses.enums import Side
from projects.people.addresses.services import ask_address, confirm_address
from projects.people.replacements.services import propose_owner
from projects.seats.interests.services import declare_interest, settle_interest
from projects.seats.mandates.services import appoint, delegate, end_mandate, found_project, role_on, state_competence
from roles.models import Organisation, User
from tests import acts, pdf
from tests.database import OWNER, fire_deferred_triggers, owning, refusal, run, undone
from tests.facts import facts_of
from tests.governance.place.nodes import found, place
from tests.governance.record.earlier_decisions import factories as earlier
from tests.governance.sessions import factories as sessions
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity import checked_standards
from tests.pmo.standards.conformity.checked_standards import checkpoint
from tests.pmo.standards.waivers.test_waivers import grant
from tests.projects.ledger.tampering import disable_guards, export_bundle, verify_bundle, verify_database
from tests.projects.seats.launch.test_launch import founded

pytestmark = pytest.mark.django_db

WHY = "Request of 3 December."
SECRET = "Zébulon"


@pytest.fixture
def installation(db: None) -> User:
    """Return the account that signs the installation's own acts."""
    return User.objects.installation()


def adopted(project: Any, code: str) -> StandardVersion:
    """Write a version in force, with the event of an act that writes standards."""
    version = checked_standards.adopted(project, code)
    record(act=OfficeAct.KEEP_STANDARDS, actor=User.objects.installation(), project=project, subject=version)
    return version


def erased(actor: User, row: Any, *fields: str) -> list[Erasure]:
    """Erase as the role that owns the tables, and fire the deferred triggers."""
    with owning():
        done = erase_text(actor=actor, row=row, fields=fields, because=WHY)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
    return done


def gone(actor: User, person: User) -> list[Erasure]:
    """Erase a person in the same way."""
    with owning():
        done = erase_person(actor=actor, person=person, because=WHY)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
    return done


def tables_with(word: str) -> list[str]:
    """List the tables, ours or not, with a row that contains `word` as text, JSON, bytes or session."""
    found = []
    with owning():
        for (table,) in run(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ):
            digits = word.encode().hex()
            base = base64.b64encode(word.encode()).decode().rstrip("=")[:-1]
            if run(
                f'SELECT 1 FROM "{table}" AS t WHERE to_jsonb(t)::text ~* %s OR to_jsonb(t)::text ~ %s LIMIT 1',
                [f"{word}|{digits}", base],
            ):
                found.append(table)
        sessions = [session.get_decoded() for session in AccountSession.objects.order_by("pk")]
    return found + (["sessions"] if word.casefold() in json.dumps(sessions, ensure_ascii=False).casefold() else [])


def intact() -> str:
    """Return the verification's answer, which must report no fault."""
    code, said = verify_database()
    assert code == 0, said
    return said


# — texts —


def opinion(cast: dict[str, Any], proposal: Any) -> Opinion:
    return acts.advise(cast["pmo"], proposal("submitted"), reasons=f"{SECRET} is ill.\n\n- {SECRET} says no.")


def revision(cast: dict[str, Any], proposal: Any) -> ProposalRevision:
    text = {
        name: f"{SECRET} in {name}"
        for name in erasable_fields(ProposalRevision)
        if name not in {"options", "attachments"}
    }
    options = [{"title": f"Hire {SECRET}", "description": f"{SECRET}!"}, {"title": "Wait", "description": ""}]
    file = acts.draft(cast["amoa"], proposal("draft").project, **text, options=options)
    return acts.submit(cast["amoa"], file)


def decision(cast: dict[str, Any], proposal: Any) -> Decision:
    file = proposal("submitted")
    terms = Terms(waived={"PMO": f"{SECRET} is away."})
    return decide(
        actor=cast["owner"],
        proposal=file,
        fingerprint=acts.fingerprint(file),
        seen=read_parts(file),
        outcome=Outcome.REJECTED,
        reasons=f"{SECRET} knows.",
        terms=terms,
    )


def words_on_a_gate(cast: dict[str, Any], proposal: Any) -> Decision:
    """Pass a gate without an entry criterion, in words that name a person."""
    project = proposal("draft").project
    risks.create_unaccepted_risk(cast["amoa"], project, likelihood=5, impact=5)
    file = acts.submit_to_owner(project, "gate", terms={"gate": "G3"})
    settled = {key: Settlement(f"{SECRET} accepts it.") for key in acts.words_on_demands(file)}
    return acts.decide(cast["owner"], file, settled=settled)


def condition(cast: dict[str, Any], proposal: Any) -> Condition:
    """Write a condition that is proved and lifted in words that name a person."""

    new = NewCondition(f"{SECRET} is replaced.", "AMOA", timezone.localdate() + timedelta(9))
    given = acts.decide(cast["owner"], proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS, [new])
    return lift(actor=cast["owner"], condition=given.conditions.get(), proof=f"Letter of {SECRET}.")


def ended_mandate(cast: dict[str, Any], proposal: Any) -> Mandate:
    held = Mandate.objects.active().get(holder=cast["moe"], project=proposal("draft").project)
    return end_mandate(actor=cast["owner"], mandate=held, because=f"{SECRET} takes over.")


def withdrawn(cast: dict[str, Any], proposal: Any) -> Proposal:
    return withdraw(actor=cast["amoa"], proposal=proposal("submitted"), reasons=f"{SECRET} left.")


def draft(cast: dict[str, Any], proposal: Any) -> Any:
    file = proposal("draft")
    acts.edit(cast["amoa"], file, question=f"{SECRET}?", evidence=f"CV of {SECRET}")
    acts.edit(cast["amoa"], file, question="Nobody?", evidence=f"CV of {SECRET}, signed")
    return acts.reread(file).draft


def delegation(cast: dict[str, Any], proposal: Any) -> Delegation:
    return delegate(
        actor=cast["owner"],
        project=proposal("draft").project,
        to=cast["outsider"],
        kinds=["minor_change"],
        cap=None,
        document=f"Act signed with {SECRET}",
        ends_at=timezone.now() + timedelta(3),
    )


def interest(cast: dict[str, Any], proposal: Any) -> Interest:
    """Settle a tie so that its person keeps the role."""
    tie = declare_interest(
        actor=cast["moe"], project=proposal("draft").project, organisation="New Cranes", tie=f"{SECRET} owns it."
    )
    return settle_interest(actor=cast["owner"], interest=tie, ruling=Ruling.STAYS, because=f"{SECRET} sold it.")


def question(cast: dict[str, Any], proposal: Any) -> Question:
    one = Requirement.objects.filter(project=proposal("draft").project).latest("pk")
    asked = ask(actor=cast["amoa"], requirement=one, text=f"Does {SECRET} agree?")
    return answer(actor=cast["moe"], question=asked, text=f"{SECRET} does not.")


def estimated(cast: dict[str, Any], proposal: Any) -> Estimate:
    one = Requirement.objects.filter(project=proposal("draft").project).latest("pk")
    return estimate(actor=cast["moe"], requirement=one, days=Decimal(3), note=f"{SECRET} builds it.")


def run_of_a_test(cast: dict[str, Any], proposal: Any) -> TestRun:
    campaign = AcceptanceCampaign.objects.get(project=proposal("draft").project, closed_at=None)
    test = campaign.project.tests.get(code="T-003")
    return run_test(actor=cast["amoa"], campaign=campaign, test=test, result=Result.FAILED, note=f"{SECRET} fell.")


def defect(cast: dict[str, Any], proposal: Any) -> Defect:
    campaign = AcceptanceCampaign.objects.get(project=proposal("draft").project, closed_at=None)
    found = report_defect(
        actor=cast["amoa"], campaign=campaign, severity="minor", title="Too low", description=f"{SECRET} hit it."
    )
    return correct_defect(actor=cast["moe"], defect=found, correction=f"Raised, {SECRET} saw it.")


def feedback(cast: dict[str, Any], proposal: Any) -> FeedbackItem:
    project = proposal("draft").project
    group = project.recipient_groups.earliest("pk")
    item = give_feedback(actor=cast["recipient"], project=project, group=group, kind="question", text=f"{SECRET}?")
    return answer_feedback(actor=cast["amoa"], item=item, answer=f"Ask {SECRET}.")


def conformity_check(cast: dict[str, Any], proposal: Any) -> ConformityCheck:
    version = adopted(proposal("draft").project, "STD-A")
    return record_check(
        actor=cast["pmo"],
        project=version.standard.project,
        checkpoint=checkpoint(version),
        result=Conformity.NOT_CONFORM,
        finding=f"{SECRET} forgot it.",
        action=f"Ask {SECRET}.",
        action_role="MOE",
        action_due=timezone.localdate(),
    )


def waiver_end(cast: dict[str, Any], proposal: Any) -> WaiverEnd:
    project = proposal("draft").project
    adopted(project, "STD-A")
    waiver = revoke_waiver(actor=cast["owner"], waiver=grant(project, cast["owner"]), because=f"{SECRET} left.")
    return WaiverEnd.objects.get(waiver=waiver)


def risk(cast: dict[str, Any], proposal: Any) -> Risk:
    """Raise a risk, then describe it again."""
    words = {name: f"{SECRET} in {name}" for name in ("cause", "event", "effect")}
    row = risks.create_risk(cast["moe"], proposal("draft").project, **words)
    return edit_risk(actor=cast["pmo"], risk=row, fields={"cause": f"{SECRET} left."}, seen=version_of(row))


def action_on_a_risk(cast: dict[str, Any], proposal: Any) -> RiskAction:
    row = risks.create_risk(cast["pmo"], proposal("draft").project)
    fields = {"text": f"Ask {SECRET}.", "role": "MOE", "due_on": acts.FUTURE}
    return write_action(actor=cast["pmo"], risk=row, fields=fields)


def action(cast: dict[str, Any], proposal: Any) -> Action:
    """Drop an action of the recipient with a word."""
    recipient, project = cast["recipient"], proposal("draft").project
    fields = {"text": f"Ask {SECRET}.", "seat": f"DEST-{recipient.pk}", "due_on": acts.FUTURE}
    given = give_action(actor=cast["pmo"], project=project, fields=fields)
    words = f"{SECRET} has left."
    return settle_action(actor=recipient, action=given, state=ActionState.DROPPED, outcome=words, document=None)


def review_of_a_risk(cast: dict[str, Any], proposal: Any) -> RiskReview:
    row = risks.create_risk(cast["pmo"], proposal("draft").project)
    [review] = review_risks(actor=cast["pmo"], project=row.project, risk=row, note=f"{SECRET} saw it.")
    return review


def issue(cast: dict[str, Any], proposal: Any) -> Issue:
    fields = {"title": "It fell", "problem": f"On {SECRET}.", "urgency": "low", "impact": "low", "size": "small"}
    one = raise_issue(actor=cast["moe"], project=proposal("draft").project, fields=fields)
    settled = {"resolution": f"{SECRET} is well."}
    return settle_issue(actor=cast["pmo"], issue=one, state=IssueState.RESOLVED, fields=settled)


def discharge(cast: dict[str, Any], proposal: Any) -> Discharge:
    """Fulfil an obligation of the provider."""
    project = proposal("draft").project
    return fulfil(
        actor=cast["moe"],
        project=project,
        role="MOE",
        duty="MOE-10",
        key="G4",
        note=f"{SECRET} has the plan of the go-live in the shared folder.",
    )


def evidence_check(cast: dict[str, Any], proposal: Any) -> EvidenceCheck:
    """Say why evidence of the provider was not received."""
    given = Discharge.objects.filter(project=proposal("draft").project, duty="MOE-10", key="G4")
    answer = given.first() or discharge(cast, proposal)
    return check_evidence(actor=cast["amoa"], discharge=answer, is_received=False, reason=f"{SECRET} has another one.")


def decision_review(cast: dict[str, Any], proposal: Any) -> DecisionReview:
    """Confirm the decision of the cast whose document was replaced."""
    change = SealBreak.objects.latest("pk")
    rows = Decision.objects.select_related("project", "proposal__project")
    return review_decision(
        actor=cast["owner"],
        decision=rows.get(pk=change.decision_id),
        change=change.pk,
        answer=ReviewAnswer.HOLDS,
        reasons=f"{SECRET} read it.",
    )


def session(cast: dict[str, Any], proposal: Any) -> Session:
    """Return a session in a place that names somebody."""
    return sessions.prepare(
        cast["pmo"],
        sessions.found_body(cast["pmo"], Project.objects.get(code="ONE"), name="COTECH"),
        place=f"Office of {SECRET}",
    )


def session_item(cast: dict[str, Any], proposal: Any) -> SessionItem:
    """Return an item with a note that names somebody."""
    pmo = cast["pmo"]
    prepared = sessions.prepare(pmo, sessions.found_body(pmo, Project.objects.get(code="ONE")))
    opened = open_session(actor=pmo, session=convene_session(actor=pmo, session=prepared))
    return sessions.note(pmo, opened.items.earliest("place"), f"{SECRET} was heard.")


def second_look(cast: dict[str, Any], proposal: Any) -> SecondLook:
    """Look back at the decision of the cast that its owner chose."""
    rows = Decision.objects.select_related("project", "proposal__project")
    return look_back(
        actor=cast["owner"],
        decision=rows.get(second_look_on__isnull=False),
        answer=LookAnswer.KEPT,
        reasons=f"{SECRET} would do it again.",
    )


def earlier_decision(cast: dict[str, Any], proposal: Any) -> EarlierDecision:
    words = {"title": f"Hire {SECRET}", "reasons": f"{SECRET} asked.", "file": f"Folder {SECRET}"}
    project = proposal("draft").project
    return earlier.write(cast["pmo"], project, "2021-99", signatory=f"{SECRET}, harbour master", **words)


def competence(cast: dict[str, Any], proposal: Any) -> Competence:
    held = Mandate.objects.active().get(holder=cast["moe"], project=proposal("draft").project)
    return state_competence(actor=cast["moe"], mandate=held, text=f"Taught by {SECRET}.")


def declined_item(cast: dict[str, Any], proposal: Any) -> CarryOver:
    """Close project one with all that is open carried over, and decline an item."""
    target = founded(cast, "NEXT")
    crews = role_on(target, "DEST")
    appoint(actor=cast["other_owner"], project=target, role=crews, holder=cast["owner"], group="crews")
    acts.close(cast["owner"], proposal("draft").project, into=target)
    row = CarryOver.objects.select_related("project", "target", "decision", "holder").earliest("pk")
    return decline_carry_over(actor=cast["other_owner"], carry_over=row, because=f"{SECRET} has left.")


def finished_item(cast: dict[str, Any], proposal: Any) -> CarryOver:
    """Close project one with all that is open carried over, accept what was declined, and finish it."""
    row = declined_item(cast, proposal)
    [row] = accept_carry_over(actor=cast["other_owner"], carry_over=row, finish_on=timezone.localdate())
    return finish_carry_over(actor=cast["other_owner"], carry_over=row, outcome=f"{SECRET} did it.")


def refused_item(cast: dict[str, Any], proposal: Any) -> CarryOver:
    """Close project one with all that is open carried over to the AMOA of another project, who does it badly."""
    target, holder, owner = founded(cast, "NEXT"), cast["amoa"], cast["other_owner"]
    appoint(actor=owner, project=target, role=role_on(target, "DEST"), holder=cast["owner"], group="crews")
    appoint(actor=owner, project=target, role=role_on(target, "AMOA"), holder=holder)
    acts.close(cast["owner"], proposal("draft").project, into=target, holder=holder)
    row = CarryOver.objects.select_related("project", "target", "decision", "holder").earliest("pk")
    [row] = accept_carry_over(actor=holder, carry_over=row, finish_on=timezone.localdate())
    row = finish_carry_over(actor=holder, carry_over=row, outcome=f"{SECRET} did it.")
    return refuse_carry_over(actor=owner, carry_over=row, because=f"{SECRET} did nothing.")


def escalated_risk(cast: dict[str, Any], proposal: Any) -> Escalation:
    """Hand back the risk of project one that was escalated to a programme."""
    row = risk(cast, proposal)
    above = found(cast, "PRG")
    place(cast, row.project, above)
    row = Risk.objects.select_related("project").get(pk=row.pk)
    raised = escalate_risk(actor=cast["pmo"], risk=row, above=above, because=f"{SECRET} cannot settle it.")
    answer = {"state": EscalationState.HANDED_BACK, "answer": f"{SECRET} can."}
    return answer_escalation(actor=cast["other_owner"], escalation=raised, **answer)


def refused_move(cast: dict[str, Any], proposal: Any) -> Move:
    """Refuse the move of project one under a portfolio."""
    names = {"code": "PORTS", "prefix": "PO", "title_fr": "Ports", "title_en": "Ports", "level": "portfolio"}
    dates = {"starts_on": "2026-01-05", "ends_on": "2040-01-05"}
    ports = found_project(actor=cast["staff_admin"], owner=cast["outsider"], fields=names | dates)
    move = ask_move(actor=cast["owner"], project=proposal("draft").project, target=ports)
    return refuse_move(actor=cast["outsider"], move=move, because=f"{SECRET} is against it.")


def replacement(cast: dict[str, Any], proposal: Any) -> Replacement:
    """Propose the owner of project three."""
    three = Project.objects.get(code="THREE")
    words = f"{SECRET} has retired."
    return propose_owner(actor=cast["staff_admin"], project=three, successor=cast["outsider"], because=words)


#: Object that holds the word, its author, and the fields to erase.
TEXTS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "an opinion": (opinion, ("reasons",)),
    "a revision": (revision, tuple(n for n in erasable_fields(ProposalRevision) if n != "attachments")),
    "a decision": (decision, ("reasons", "waived")),
    "words on a gate": (words_on_a_gate, ("settled",)),
    "a condition": (condition, ("text", "proof")),
    "an ended mandate": (ended_mandate, ("ended_because",)),
    "a withdrawn proposal": (withdrawn, ("withdrawn_because",)),
    "a working text": (draft, ("question", "evidence")),
    "a delegation": (delegation, ("document",)),
    "a declared tie": (interest, ("tie", "ruled_because")),
    "a question": (question, ("text", "answer")),
    "an estimate": (estimated, ("note",)),
    "a test run": (run_of_a_test, ("note",)),
    "a defect": (defect, ("description", "correction")),
    "feedback": (feedback, ("text", "answer")),
    "a conformity check": (conformity_check, ("finding", "action")),
    "the end of a waiver": (waiver_end, ("because",)),
    "a risk": (risk, ("cause", "event", "effect")),
    "an action on a risk": (action_on_a_risk, ("text",)),
    "an action": (action, ("text", "outcome")),
    "a review of a risk": (review_of_a_risk, ("note",)),
    "an escalated risk": (escalated_risk, ("because", "answer")),
    "an issue": (issue, ("problem", "resolution")),
    "an answer to an obligation": (discharge, ("note",)),
    "a word on evidence": (evidence_check, ("reason",)),
    "a review of a decision": (decision_review, ("reasons",)),
    "a second look": (second_look, ("reasons",)),
    "a competence": (competence, ("text",)),
    "a refused move": (refused_move, ("because",)),
    "an item carried over": (finished_item, ("declined_because", "outcome")),
    "an item that is not done": (refused_item, ("refused_outcome", "refused_because")),
    "words on a replacement": (replacement, ("because",)),
    "an item of a session": (session_item, ("note",)),
    "a session": (session, ("place",)),
    "an earlier decision": (earlier_decision, ("title", "reasons", "signatory", "file")),
}


@contextmanager
def made(what: str, cast: dict[str, Any], proposal: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Return the row that holds the word, and its fields."""
    make, fields = TEXTS[what]
    row = make(cast, proposal)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    assert tables_with(SECRET)
    yield row, fields


#: Texts that one project cannot have together: they answer the same proposal, adopt the same standard, or close it.
APART = (
    ("a decision", "the end of a waiver"),
    ("a withdrawn proposal", "words on a gate"),
    ("an item that is not done",),
)
#: The provider writes some of the others, so its mandate ends last; nothing is written once the project has closed.
LAST = ("an ended mandate", "an item carried over")
TOGETHER = (*(what for what in TEXTS if what not in {*chain(*APART), *LAST}), *LAST)


@pytest.mark.parametrize("texts", [TOGETHER, *APART], ids=["most", "of an answer", "of an end", "of what is not done"])
def test_no_word_of_an_erased_text_is_left_anywhere_and_the_chain_stays_whole(
    texts: tuple[str, ...], cast: dict[str, Any], proposal: Any, installation: User, tmp_path: Path
) -> None:
    rows = [(make(cast, proposal), fields) for make, fields in map(TEXTS.__getitem__, texts)]
    fire_deferred_triggers()
    assert tables_with(SECRET)
    copies = {tuple(place.split()) for place in find_occurrences(SECRET)}
    named = {(row._meta.label_lower, str(row.pk), name) for row, fields in rows for name in fields}
    assert named <= copies
    for row, fields in rows:
        erased(installation, row, *fields)
    for label, number, name in sorted(copies - named):  # the working text of a revision holds the same words
        erased(installation, erasable_models()[label]._default_manager.get(pk=number), name)
    assert tables_with(SECRET) == []
    said = intact()
    for row, _fields in rows:
        if hasattr(row, "salt"):
            assert f"erased, as an event says: {row._meta.label_lower} {row.pk}" in said
    code, away = verify_bundle(export_bundle(tmp_path, "--contents"))
    assert code in {0, 3}, away  # 3: no checkpoint was signed in this database
    assert "altered" not in away


def test_every_erasable_row_that_the_tests_make_is_named() -> None:
    told = {"document", "documentversion", "effect", "bindingopinion"}  # tested one by one below
    told |= {"recordfile"}  # tests/governance/record/records
    told |= {"vouch"}  # tests/projects/people/vouching
    made_here = {"opinion", "proposalrevision", "decision", "condition", "mandate", "proposal", "proposaldraft"}
    made_here |= {"delegation", "interest", "question", "estimate", "testrun", "defect", "feedbackitem"}
    made_here |= {"competence", "conformitycheck", "waiverend", "discharge", "evidencecheck"}
    made_here |= {"decisionreview", "secondlook"}
    made_here |= {"risk", "riskaction", "riskreview", "issue", "escalation", "move", "earlierdecision", "replacement"}
    made_here |= {"carryover", "action", "session", "sessionitem"}
    assert {label.partition(".")[2] for label in erasable_models()} == told | made_here


def test_an_erasure_is_an_event_that_names_the_row_and_the_fields(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    given = opinion(cast, proposal)
    [erasure] = erased(installation, given, "reasons")
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.subject, event.subject_id) == (Act.ERASE, "governance.erasure", erasure.pk)
    assert event.proposal_id == given.revision.proposal_id
    assert facts_of(event) == {"subject": "governance.opinion", "id": str(given.pk), "fields": "reasons"}
    given.refresh_from_db()
    assert given.reasons == mark(timezone.localdate(), event.seq)
    assert given.salt == ERASED
    assert given.history.get().reasons == given.reasons
    assert (given.signature, given.position) == (str(cast["pmo"]), "favourable")


def test_words_of_a_condition_take_the_salt_of_its_decision_too(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = condition(cast, proposal)
    done = erased(installation, row, "text")
    assert [(erasure.subject, erasure.fields) for erasure in done] == [
        ("governance.condition", ["text"]),
        ("governance.decision", ["conditions"]),
    ]
    row.decision.refresh_from_db()
    assert row.decision.salt == ERASED
    assert not is_erased(row.decision.reasons)


def test_a_title_is_erased_in_the_notices_that_quote_it(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = revision(cast, proposal)
    told = Notification.objects.filter(event__proposal=row.proposal)
    assert told.filter(about__contains=SECRET).exists()
    erased(installation, row, "title")
    assert not told.filter(about__contains=SECRET).exists()
    assert told.filter(about__startswith=f"{row.proposal.reference} · [erased ").exists()


def test_a_document_is_erased_with_its_bytes_and_the_seals_of_its_versions(
    cast: dict[str, Any], proposal: Any, installation: User, client_of: Any
) -> None:
    version = DocumentVersion.objects.defer(None).filter(number=1).earliest("pk")
    digest, size = version.sha256, version.size
    done = erased(installation, version.document, "name")
    assert done[0].subject == "projects.document"
    assert {erasure.subject for erasure in done[1:]} == {"projects.documentversion"}
    erased(installation, version, "file_name", "content")
    version = DocumentVersion.objects.defer(None).get(pk=version.pk)
    assert bytes(version.content) == b""
    assert (version.sha256, version.size, version.salt) == (digest, size, ERASED)
    intact()
    client = client_of(cast["owner"])
    answer = client.get(version.get_absolute_url(), headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "This file was erased" in answer.content.decode()
    page = client.get(reverse("governance:evidence:project_documents", args=[version.document.project.code]))
    assert page.status_code == 200
    assert "[erased" not in page.content.decode()


def test_erased_words_on_a_gate_still_tell_what_became_of_each_item(
    cast: dict[str, Any], proposal: Any, installation: User, client_of: Any
) -> None:
    row = words_on_a_gate(cast, proposal)
    before = [(word["item"], word["label"], word["fate"]) for word in row.settled]
    erased(installation, row, "settled")
    row.refresh_from_db()
    assert [(word["item"], word["label"], word["fate"]) for word in row.settled] == before
    assert all(is_erased(word["because"]) for word in row.settled)
    for address in (row.proposal.get_absolute_url(), row.get_absolute_url()):
        assert "[erased" not in client_of(cast["owner"]).get(address).text


def test_erasure_removes_the_reference_and_the_recorder_of_a_binding_opinion(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = BindingOpinion.objects.earliest("pk")
    erased(installation, row, "reference", "signature")
    row.refresh_from_db()
    assert is_erased(row.reference)
    assert is_erased(row.signature)
    intact()


def test_of_the_effects_only_what_governs_nothing_is_erasable(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    file = acts.prepare(
        cast["amoa"],
        cast["pmo"],
        project=proposal("draft").project,
        kind="communication",
        title=f"Portrait of {SECRET}",
        impact_recipients="All.",
    )
    decided = acts.decide(cast["owner"], file)
    row = Effect.objects.get(decision=decided)
    assert SECRET in row.after
    done = erased(installation, row, "after")
    assert [(erasure.subject, erasure.fields) for erasure in done[1:]] == [("governance.decision", ["effects"])]
    intact()
    other = Effect(decision=decided, subject="projects.project", field="budget", before="1.00", after="2.00")
    with pytest.raises(CannotErase, match="governs"):
        erased(installation, other, "after")


def test_only_declared_and_existing_text_is_erased(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    row = opinion(cast, proposal)
    with pytest.raises(CannotErase, match="Not erasable: position"):
        erased(installation, row, "position")
    erased(installation, row, "reasons")
    row.refresh_from_db()
    before = acts.count_evidence()
    with pytest.raises(CannotErase, match="erased already"):
        erased(installation, row, "reasons")
    assert acts.count_evidence() == before


# — a person —


def seen_everywhere(cast: dict[str, Any], proposal: Any) -> User:
    """Give the adviser an address of allauth, a session, a line in the admin log, a title, an organisation."""
    person: User = cast["pmo"]
    person.title, person.organisation = "Dr", Organisation.objects.earliest("pk")
    person.save()
    change = ask_address(actor=person, email="priya.nair@example.org")
    for side in Side:
        confirm_address(actor=person, change=change, side=side)
    person.refresh_from_db()
    acts.advise(person, proposal("submitted"))
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    LogEntry.objects.create(
        user=cast["superuser"],
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=CHANGE,
        change_message="[]",
    )
    return person


def test_no_name_and_no_address_of_an_erased_person_is_left_anywhere(
    cast: dict[str, Any], proposal: Any, installation: User, client_of: Any, tmp_path: Path
) -> None:
    person = seen_everywhere(cast, proposal)
    client_of(person).get("/")
    name, email = person.name, person.email
    assert len(tables_with(name)) >= 4
    gone(installation, person)
    assert (tables_with(name), tables_with(email)) == ([], [])
    assert not AccountSession.objects.filter(account_id=person.pk).exists()
    intact()
    code, away = verify_bundle(export_bundle(tmp_path, "--contents"))
    assert code in {0, 3}, away
    assert "altered" not in away


def test_an_erased_account_is_closed_and_says_that_it_was_erased(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    person = cast["pmo"]
    key = person.key
    person.last_day = person.absent_from = person.absent_until = timezone.localdate()
    person.stand_in = cast["amoa"]
    person.save()
    gone(installation, person)
    person = User.objects.get(pk=person.pk)
    assert (person.last_day, person.absent_from, person.absent_until, person.stand_in) == (None, None, None, None)
    assert (person.email, person.key) == (f"erased-{key}@erased.invalid", key)
    assert (person.is_active, person.has_usable_password(), person.title, person.organisation) == (
        False,
        False,
        "",
        None,
    )
    with translation.override("en"):
        assert str(person).startswith("Person erased on ")
        assert str(timezone.localdate().year) in str(person)
    with translation.override("fr"):
        assert str(person).startswith("Personne effacée le ")
    with translation.override("en"):
        assert {str(version.instance) for version in person.history.order_by("pk")} == {str(person)}


def test_texts_by_an_erased_person_stay(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    given = acts.advise(cast["pmo"], proposal("submitted"), reasons="It costs too much.")
    gone(installation, cast["pmo"])
    given.refresh_from_db()
    assert given.reasons == "It costs too much."
    assert is_erased(given.signature)
    assert given.adviser == cast["pmo"]


def test_each_project_of_an_erased_person_has_one_event_about_the_person(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    person = cast["amoa"]
    gone(installation, person)
    named = Erasure.objects.filter(subject="roles.user", subject_id=str(person.key))
    concerned = {mandate.project_id for mandate in Mandate.objects.filter(holder=person)}
    assert {erasure.project_id for erasure in named} >= concerned
    for erasure in named:
        event = LedgerEvent.objects.get(subject="governance.erasure", subject_id=erasure.pk, act=Act.ERASE)
        assert json.loads(bytes(event.body))["facts"]["id"] == str(person.key)


def test_a_person_without_any_project_is_erased_on_record_too(installation: User) -> None:
    person = User.objects.create_user("alone@example.org", name="Alone Amunet")
    gone(installation, person)
    [erasure] = Erasure.objects.filter(subject_id=str(person.key))
    assert erasure.project is None
    assert tables_with("Amunet") == []


def test_nobody_is_erased_twice_or_by_themselves(cast: dict[str, Any], installation: User) -> None:
    with pytest.raises(CannotErase):
        gone(cast["pmo"], cast["pmo"])
    gone(installation, cast["pmo"])
    with pytest.raises(CannotErase):
        gone(installation, User.objects.get(pk=cast["pmo"].pk))


# — pages, records —


def test_pages_and_records_say_what_was_erased_and_quote_nothing_empty(
    cast: dict[str, Any], proposal: Any, installation: User, client_of: Any
) -> None:
    file = proposal("submitted")
    given = acts.advise(cast["pmo"], file, reasons=f"{SECRET} is ill.")
    answer = acts.decide(cast["owner"], acts.reread(file), Outcome.APPROVED_WITH_CONDITIONS)
    erased(installation, given, "reasons")
    erased(installation, answer, "reasons")
    erased(installation, answer.conditions.get(), "text")
    erased(installation, answer.revision, "title", "question", "options", "risks")
    gone(installation, cast["pmo"])
    client = client_of(cast["owner"])
    pages = [
        file.get_absolute_url(),
        answer.get_absolute_url(),
        reverse("governance:inbox:inbox"),
        reverse("governance:dossier:dossier_history", args=[file.pk]),
        reverse("governance:register:register", args=[file.project.code]),
        reverse("governance:dossier:dossier_revision", args=[file.pk, answer.revision.number]),
        reverse("projects:mandates:mandate_list", args=[file.project.code]),
        file.project.get_absolute_url(),
        reverse("governance:proposals:proposal_list", args=[file.project.code]),
        reverse("projects:notices:notification_list"),
    ]
    for language, said in (("en", "Erased on "), ("fr", "Effacé le ")):
        cast["owner"].language = language
        cast["owner"].save()
        found = {page: client.get(page, headers={"accept-language": language}).content.decode() for page in pages}
        assert [page for page, html in found.items() if "[erased " in html or '"></blockquote>' in html] == []
        assert {page for page, html in found.items() if said in html} >= set(pages[:2] + pages[3:6])
        record = build_record(Decision.objects.with_record().get(pk=answer.pk), language)
        words = pdf.text(render_pdf(record))
        assert said.replace(" ", "") in words
        assert "[erased" not in words
        assert ("Personne effacée le" if language == "fr" else "Person erased on") in found[pages[0]]


def test_a_dossier_says_why_and_by_whom_a_text_was_erased(
    cast: dict[str, Any], proposal: Any, installation: User, client_of: Any
) -> None:
    given = opinion(cast, proposal)
    erased(installation, given, "reasons")
    page = client_of(cast["owner"]).get(
        reverse("governance:dossier:dossier_history", args=[given.revision.proposal_id])
    )
    assert WHY in page.content.decode()
    assert "Ouvrage" in page.content.decode()


def test_an_erased_field_is_not_shown_as_a_change(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    first = revision(cast, proposal)
    erased(installation, first, "question", "options")
    acts.edit(cast["amoa"], acts.reread(first.proposal), title="Another title")
    first.refresh_from_db()
    with translation.override("en"):
        found = {field.label: field.lines for field in list_differences(first, acts.reread(first.proposal).draft)}
    assert found["Title"][0].runs
    for label in ("Question asked", "Options"):
        assert [(line.runs, line.note.startswith("Erased on ")) for line in found[label]] == [([], True)]


def test_a_mark_cannot_be_typed(cast: dict[str, Any], proposal: Any, client_of: Any) -> None:
    with pytest.raises(Exception, match=r"erased|effacé"):
        ProseField().clean("See [erased 2026-12-03 #4] there")


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("words", "M"),
        ("", ""),
        ("[erased 2026-01-02 #3]", "[erased 2026-01-02 #3]"),
        (["a", {"b": "c"}], ["M", {"b": "M"}]),
        (
            {"document": "1", "version": "2", "sha256": "f", "name": "x"},
            {"document": "1", "version": "2", "sha256": "f", "name": "M"},
        ),
        (
            [{"item": "risk-1", "label": "Risk", "text": "x", "fate": "carried", "because": "y", "into": "TWO"}],
            [{"item": "risk-1", "label": "Risk", "text": "M", "fate": "carried", "because": "M", "into": "TWO"}],
        ),
        ([], []),
        ({}, {}),
        ({"AMOA": ""}, {"AMOA": ""}),
    ],
)
def test_the_database_and_python_leave_the_same(value: Any, left: Any) -> None:
    assert blank(value, "M") == left
    asked = "SELECT public.ouvrage_blanked(%s::jsonb, 'M') = %s::jsonb"
    assert run(asked, [json.dumps(value), json.dumps(left)]) == [(True,)]


def test_a_mark_is_said_in_words(settings: Any) -> None:
    with translation.override("en"):
        assert display_text("About [erased 2026-11-24 #47].") == (
            "About Erased on 24\N{NO-BREAK SPACE}November 2026 (personal data), entry 47."
        )
    with translation.override("fr"):
        assert display_name(mark(date(2026, 11, 1))) == "Personne effacée le 1er\N{NO-BREAK SPACE}novembre 2026"
        assert (
            display_text(mark(date(2026, 11, 24)))
            == "Effacé le 24\N{NO-BREAK SPACE}novembre 2026 (données personnelles)"
        )


# — the door —


def blank_reasons(row: Opinion, left: str, **more: str) -> None:
    """Overwrite the reasons of an opinion by raw SQL, as an erasure does, with these columns as well."""
    columns = {"reasons": left, "salt": ERASED} | more
    sets = ", ".join(f"{name} = %({name})s" for name in columns)
    run(f"UPDATE governance_opinion SET {sets} WHERE id = {row.pk}", columns)


def on_record(actor: User, row: Any, left: str) -> None:
    """Erase without deleting the text, under the flag of an erasure."""
    run("SELECT set_config('ouvrage.erasing', %s, true)", [left])
    Erasure.objects.create(
        project=None,
        subject=row._meta.label_lower,
        subject_id=str(row.pk),
        fields=["reasons"],
        because=WHY,
        erased_by=actor,
        acted_at=timezone.now(),
    )


LEFT = "[erased 2026-11-24 #1]"
ADDED = "An opinion can only be added to (R6)"
#: The last guard: the attempts leave no event.
UNCOVERED = "An event of its act names each row of the record"


@pytest.mark.parametrize(
    ("name", "attack", "answer"),
    [
        ("another text", lambda row: blank_reasons(row, "Something else."), ADDED),
        ("an empty text", lambda row: blank_reasons(row, ""), ADDED),
        ("another mark", lambda row: blank_reasons(row, "[erased 2020-01-01 #9]"), ADDED),
        ("a salt of one's own", lambda row: blank_reasons(row, LEFT, salt="0" * 32), ADDED),
        ("another position", lambda row: blank_reasons(row, LEFT, position="unfavourable"), ADDED),
        ("another role", lambda row: blank_reasons(row, LEFT, role="MOA"), ADDED),
        ("another date", lambda row: blank_reasons(row, LEFT, acted_at="2020-01-01"), ADDED),
        ("a deletion", lambda row: run(f"DELETE FROM governance_opinion WHERE id = {row.pk}"), ADDED),
        ("an erasure", lambda row: blank_reasons(row, LEFT), UNCOVERED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_while_erasing_nothing_passes_but_an_erasure(
    name: str, attack: Any, answer: str, cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = opinion(cast, proposal)

    def go() -> None:
        on_record(installation, row, LEFT)
        attack(row)

    assert answer in refusal(go, role=OWNER)


def test_a_history_row_is_erased_and_otherwise_never_changed(
    cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = opinion(cast, proposal)

    def go(**columns: str) -> None:
        on_record(installation, row, LEFT)
        sets = ", ".join(f"{name} = %({name})s" for name in columns)
        run(f"UPDATE governance_historicalopinion SET {sets} WHERE id = {row.pk}", columns)

    assert UNCOVERED in refusal(lambda: go(reasons=LEFT, salt=ERASED), role=OWNER)
    added = "History can only be added to (R6)"
    assert added in refusal(lambda: go(reasons=LEFT, salt=ERASED, history_date="2020-01-01"), role=OWNER)
    assert added in refusal(lambda: go(reasons=LEFT), role=OWNER)
    assert added in refusal(lambda: go(role="MOA"), role=OWNER)


def test_outside_an_erasure_the_owner_of_the_tables_writes_no_mark(cast: dict[str, Any], proposal: Any) -> None:
    row = opinion(cast, proposal)
    assert ADDED in refusal(lambda: blank_reasons(row, LEFT), role=OWNER)


def test_a_mark_that_says_something_else_is_refused(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    row = opinion(cast, proposal)
    said = refusal(lambda: on_record(installation, row, "[erased 2026-11-24 #1] by them"), role=OWNER)
    assert "A mark says that a text was erased, when, and by which entry" in said


def test_the_runtime_role_never_erases(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    row = opinion(cast, proposal)
    person = cast["recipient"]
    denied = "permission denied"
    assert denied in refusal(lambda: erase_text(actor=installation, row=row, fields=["reasons"], because=WHY))
    assert denied in refusal(lambda: erase_person(actor=installation, person=person, because=WHY))
    assert denied in refusal(lambda: on_record(installation, row, LEFT))
    assert denied in refusal(lambda: blank_reasons(row, LEFT))

    def history() -> None:
        with erasing(LEFT):
            Opinion.history.filter(id=row.pk).update(reasons=LEFT, salt=ERASED)

    assert denied in refusal(history)
    assert "An erasure is written by the command that erases" in refusal(lambda: on_record(installation, row, ""))
    row.refresh_from_db()
    assert SECRET in row.reasons


# — the command —


def erase(*words: str) -> str:
    """Return the output of `manage.py erase`."""
    said = StringIO()
    call_command("erase", *words, stdout=said)
    return said.getvalue()


def test_the_command_shows_what_goes_and_what_holds_the_same_words(
    cast: dict[str, Any], proposal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = revision(cast, proposal)
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    said = StringIO()
    with owning(), pytest.raises(CommandError, match="Nothing was erased"):
        call_command(
            "erase", "text", "governance.proposalrevision", str(row.pk), "question", "--because", WHY, stdout=said
        )
    assert f"governance.proposalrevision {row.pk} question: {SECRET} in question" in said.getvalue()
    assert (
        f"stays, though it holds the same words: governance.proposaldraft {row.proposal_id} question" in said.getvalue()
    )
    assert not Erasure.objects.exists()


def test_the_command_erases_once_told_yes(cast: dict[str, Any], proposal: Any) -> None:
    row = opinion(cast, proposal)
    with owning():
        said = erase("text", "governance.opinion", str(row.pk), "reasons", "--because", WHY, "--yes")
        assert "Erased: 1 entries on record." in said
        assert "Erased:" in erase(
            "person", "PMO@example.org", "--because", WHY, "--by", "superuser@example.org", "--yes"
        )
    assert Erasure.objects.filter(subject="roles.user").first().erased_by == cast["superuser"]  # type: ignore[union-attr]
    assert tables_with(SECRET) == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("person", "nobody@example.org", "--because", WHY), "There is no account"),
        (("person", "pmo@example.org", "--because", "Priya Nair asks"), "do not repeat"),
        (("person", "pmo@example.org", "--because", "  "), "Say why"),
        (("text", "governance.opinion", "0", "reasons", "--because", WHY), "There is no governance.opinion 0"),
        (("text", "governance.opinion", "1", "position", "--because", WHY), "Not erasable"),
    ],
)
def test_the_command_refuses_in_words(words: tuple[str, ...], answer: str, cast: dict[str, Any]) -> None:
    with undone(), owning(), pytest.raises(CommandError, match=answer):
        erase(*words, "--yes")


def test_the_command_refuses_the_runtime_role(cast: dict[str, Any]) -> None:
    with undone(), pytest.raises(CommandError, match="permission denied"):
        erase("person", "pmo@example.org", "--because", WHY, "--yes")


# — what the chain still proves —


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("governance_opinion", "position = 'unfavourable'"),
        ("governance_opinion", "role = 'MOA'"),
        ("governance_opinion", "signature = 'Somebody else'"),
        ("governance_historicalopinion", "reasons = 'Something else'"),
    ],
)
def test_an_erased_row_that_is_changed_afterwards_is_still_found_altered(
    table: str, change: str, cast: dict[str, Any], proposal: Any, installation: User
) -> None:
    row = opinion(cast, proposal)
    erased(installation, row, "reasons")
    intact()
    with undone(), disable_guards(table):
        run(f"UPDATE {table} SET {change} WHERE id = {row.pk}")
        code, said = verify_database()
    assert code == 1, said


def test_a_text_is_not_erased_without_its_event(cast: dict[str, Any], proposal: Any, installation: User) -> None:
    row = opinion(cast, proposal)
    with undone(), owning():
        on_record(installation, row, LEFT)
        blank_reasons(row, LEFT)
        run("SELECT set_config('ouvrage.erasing', '', true)")
        code, said = verify_database()
    assert (code, "was written by no act" in said) == (1, True)
