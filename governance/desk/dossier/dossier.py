"""The decision dossier of one reader: content, opinions, decisions, and the acts open to the reader."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import get_language

from core.access import can
from core.acts import act_time
from core.array_lookup import in_array
from core.diff import FieldDifference
from core.erasure import display_text
from governance.decide.decisions.forms import NOTES, Answer
from governance.decide.decisions.models import NEW_OWNER, Condition, Decision, SealBreak
from governance.decide.decisions.settlement import list_targets
from governance.decide.decisions.watches import ChangedItem
from governance.decide.evidence.attachments import list_attached, load_versions
from governance.decide.evidence.changes import Change
from governance.decide.evidence.changes import list_changes as changes_after
from governance.decide.grounds.queries import GroundLine, find_obstacles, list_grounds
from governance.decide.independence.queries import attach_marks, with_mark
from governance.decide.kinds.base import Kind, Line, Panel, Place, Text, list_panels, take_snapshots
from governance.decide.kinds.registry import kind_of
from governance.decide.kinds.snapshots import (
    ComparedSnapshot,
    compare_snapshots,
    is_in_reader_language,
    read_snapshots,
    show_snapshots,
)
from governance.decide.opinions.forms import OpinionForm
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.content import ContentModel
from governance.decide.proposals.models import Proposal, ProposalRevision, proposal_reference
from governance.decide.proposals.queries import may_counter
from governance.desk.dossier.advices import Advice, is_divergent, list_advices
from governance.desk.dossier.differences import list_differences
from governance.desk.dossier.options import OptionTable, list_options
from governance.desk.dossier.question import QuestionFile, list_question
from governance.desk.dossier.situation import (
    SituationContext,
    describe_closed_opinion,
    describe_decision_makers,
    describe_next_step,
    describe_situation,
)
from governance.enums import ConditionState, Outcome, ProposalState
from governance.life.second_look.queries import is_due
from governance.record.acknowledgements.queries import with_reading
from governance.workflow import BEFORE_THE_OWNER
from projects.interests.queries import blocking_ties
from projects.ledger.enums import Act
from projects.mandates.availability import Unavailable, list_unavailable
from projects.mandates.predicates import advising_role, is_accepted_owner, is_owner, opining_role
from projects.models import Delegation, DocumentVersion, Interest, Mandate, Project
from projects.organisation_settings.queries import today
from projects.people.replacements.words import describe_new_owner

MOST = 20
LONGEST_CHOICE = 200
ON_THE_DOSSIER = (Place.BEFORE, Place.AFTER)


@dataclass(frozen=True)
class Dossier:
    """The context of the dossier page.

    `content` is the current revision, else the working text; `unsubmitted` tells that the author has a newer one.
    `changed` are sealed documents that changed after a decision, `changed_items` other sealed items. `missing` are
    reasons why an approval would not take effect today; `remedy` is the (address, name) of the page that removes them.
    `question` lists the proposals on its question when there are several; `may_counter` tells that the reader may
    write one. `about` is the kind. `situation` and `makers_note` are sentences; `offers_resubmission` tells that a
    deferred file may be submitted again as it is. `closed_opinion` tells a reader who gave no opinion why none is taken
    any more.
    """

    proposal: Proposal
    project: Project
    revision: ProposalRevision | None
    content: ContentModel
    unsubmitted: bool
    changes: list[FieldDifference]
    advices: list[Advice]
    diverge: bool
    decisions: list[Any]
    decision: Decision | None
    owner: Mandate | None
    delegations: list[Delegation]
    may: dict[str, bool]
    ties: list[Interest]
    my_role: str | None
    opining_as: str | None
    answer: Answer | None
    notes: dict[Outcome, Any]
    missing: list[str]
    remedy: tuple[str, Text] | None
    opinion_form: OpinionForm
    closed_opinion: str
    files: list[DocumentVersion]
    changed: list[Change]
    changed_items: list[tuple[Decision, SealBreak, ChangedItem]]
    terms: list[Line]
    options: OptionTable
    question: list[QuestionFile]
    may_counter: bool
    grounds: list[GroundLine]
    about: Kind
    panels: dict[str, list[Panel]]
    snapshots: list[ComparedSnapshot]
    gaps: dict[str, str]
    situation: list[str]
    makers_note: list[str]
    next_step: str
    offers_resubmission: bool


def build_dossier(
    user: Any,
    proposal: Proposal,
    *,
    answer: Answer | None = None,
    opinion_form: OpinionForm | None = None,
    gaps: dict[str, str] | None = None,
) -> Dossier:
    """Load the dossier of `proposal` as `user` sees it, with the posted forms when an act was refused."""
    seats = list(_list_seats(proposal))
    for seat in seats:
        seat.project = proposal.project
    decisions: list[Any] = list(_list_decisions(proposal, user))
    for record in decisions:
        record.proposal = proposal
        record.may_read = can(user, "governance.acknowledge", record)
        record.may_look = is_due(record, today()) and can(user, "governance.look_back", record)
        record.may_review = record.needs_review and can(user, "governance.review_decision", record)
    prefetch_related_objects([decision for decision in decisions if decision.approves], "effects")
    given = list(_list_opinions(proposal)) if proposal.current else []
    attach_marks(given)
    opinions = [opinion for opinion in given if opinion.revision_id == proposal.current_id]
    may = get_allowed_acts(user, proposal, opinions)
    for condition in (condition for record in decisions for condition in record.conditions.all()):
        condition.acts = list_settling_acts(user, proposal, condition)
    fingerprint = proposal.current.hash if proposal.current else ""
    content, kind = proposal.current or proposal.draft, kind_of(proposal.kind)
    versions = load_versions(content, decisions)
    unsubmitted = may["edit"] and _has_unsubmitted_text(proposal)
    if answer is None and may["decide"]:
        answer = build_answer(user, proposal, seats)
    terms = kind.lines(content.terms, proposal.project)
    decision = next((d for d in decisions if d.revision_id == proposal.current_id), None)
    owner = next((seat for seat in seats if seat.decides), None)
    my_role = advising_role(user, proposal.project)
    new_owner = describe_new_owner(owner, act_time()) if owner else ""
    is_pending = is_owner(user, proposal.project) and not is_accepted_owner(user, proposal.project)
    context = SituationContext(user, proposal, decision, owner, may, my_role, seats, new_owner, is_pending)
    opining_as = opining_role(user, proposal.project, proposal.kind)
    is_silent = opining_as and not may["advise"] and opining_as not in {opinion.role for opinion in opinions}
    return Dossier(
        proposal=proposal,
        project=proposal.project,
        revision=proposal.current,
        content=content,
        unsubmitted=unsubmitted,
        changes=list_differences(proposal.current, proposal.draft) if unsubmitted and proposal.current else [],
        advices=list_advices(
            proposal, proposal.current, given, seats, answer.unavailable if answer else _list_absences(proposal)
        ),
        diverge=is_divergent(opinions),
        decisions=decisions,
        decision=decision,
        owner=owner,
        delegations=_list_delegations(proposal) if proposal.allows(Act.DECIDE) and not may["decide"] else [],
        may=may,
        ties=blocking_ties(user, proposal.project),
        my_role=my_role,
        opining_as=opining_as,
        answer=answer,
        notes=NOTES,
        missing=list_obstacles(proposal) if may["decide"] else [],
        remedy=kind.remedy(proposal.project),
        opinion_form=opinion_form or OpinionForm(content=proposal.current, initial={"fingerprint": fingerprint}),
        closed_opinion=describe_closed_opinion(proposal, decision)
        if is_silent and can(user, "governance.advise", proposal)
        else "",
        files=list_attached(content, versions),
        changed=changes_after(decisions, versions),
        changed_items=list_changed_items(decisions),
        terms=terms,
        options=list_options(content, kind, proposal.project, terms, opinions),
        question=list_question(proposal),
        may_counter=may_counter(user, proposal),
        grounds=list_grounds(content),
        about=kind,
        panels=list_panels(kind, proposal, decision.content if decision else content, user, ON_THE_DOSSIER),
        snapshots=build_snapshots(proposal, kind),
        gaps=gaps or {},
        situation=describe_situation(context),
        makers_note=[] if may["decide"] else describe_decision_makers(context),
        next_step=describe_next_step(proposal) if may["edit"] else "",
        offers_resubmission=may["submit"] and proposal.state == ProposalState.DEFERRED and not unsubmitted,
    )


def build_snapshots(proposal: Proposal, kind: Kind) -> list[ComparedSnapshot]:
    """Return the figures frozen with the current revision, beside the present ones while it waits for its decision.

    A text that is not submitted, or that an earlier release submitted, has the present ones only.
    """
    revision = proposal.current
    frozen = read_snapshots(revision.snapshot, proposal.project.language) if revision else []
    waits = revision is None or proposal.state in BEFORE_THE_OWNER
    language = _find_language(revision.snapshot if revision else [])
    now = take_snapshots(kind, revision or proposal.draft, proposal.project, language) if waits else []
    return compare_snapshots(frozen, now) if frozen else show_snapshots(now)


def _find_language(frozen: list[dict[str, Any]]) -> str:
    """Return the language of the reader, where the frozen figures have it as well; empty for that of the project."""
    return get_language() or "" if is_in_reader_language(frozen) else ""


def _list_seats(proposal: Proposal) -> QuerySet[Mandate]:
    """List the seats in force on the project, with what is said of a new owner."""
    rare = (name.removeprefix("mandate__") for name in NEW_OWNER)
    seats = Mandate.objects.active(act_time()).filter(project=proposal.project_id)
    return seats.select_related("holder__stand_in", "role").prefetch_related(*rare).order_by("role__position", "pk")


def _list_decisions(proposal: Proposal, user: Any) -> QuerySet[Decision]:
    """List the newest decisions on a proposal, the last one first. They are chosen before the joins, not after."""
    newest = Decision.objects.filter(proposal=proposal.pk).order_by("-number").values("pk")[:MOST]
    records = Decision.objects.filter(in_array("pk", newest)).with_conditions().select_related("disputed")
    read: QuerySet[Decision] = with_reading(records, user).order_by("-number")
    return read


def _list_opinions(proposal: Proposal) -> QuerySet[Opinion]:
    """List the newest opinion of each role on a proposal."""
    opinions = Opinion.objects.filter(revision__proposal=proposal.pk).select_related("passkey")
    marked: QuerySet[Opinion] = with_mark(opinions.latest_by_role())
    return marked


def get_allowed_acts(user: Any, proposal: Proposal, opinions: list[Opinion]) -> dict[str, bool]:
    """Return which acts `user` may do now, by authority (rules.py) and by state (workflow.py)."""
    may = {
        act.value: proposal.allows(act) and can(user, f"governance.{act.value}", proposal)
        for act in (Act.EDIT, Act.SUBMIT, Act.TAKE_UP, Act.ADVISE, Act.NOTE_BINDING, Act.WITHDRAW, Act.DECIDE)
    }
    revision = proposal.current
    noted = revision is None or not revision.binding_authority or bool(revision.noted_opinion)
    may["note_binding"] = may["note_binding"] and not noted
    if may["advise"] and opining_role(user, proposal.project, proposal.kind) in {opinion.role for opinion in opinions}:
        may["advise"] = may["take_up"] = False
    return may


def list_changed_items(decisions: list[Any]) -> list[tuple[Decision, SealBreak, ChangedItem]]:
    """List the newest change of each item, other than documents, that `decisions` sealed, latest first."""
    newest = {(decision.pk, change.item): (decision, change) for decision in decisions for change in decision.changes}
    described = [(decision, change, change.changed_item) for decision, change in newest.values()]
    rows = [(decision, change, item) for decision, change, item in described if item]
    return sorted(rows, key=lambda row: row[1].acted_at, reverse=True)


def list_settling_acts(user: Any, proposal: Proposal, condition: Condition) -> list[str]:
    """List the acts `user` may do on a condition now: prove, lift or waive it."""
    if condition.state != ConditionState.OPEN:
        return []
    return [
        act.value
        for act in (Act.PROVE, Act.LIFT, Act.WAIVE)
        if proposal.allows(act) and can(user, f"governance.{act}", condition)
    ]


def build_answer(user: Any, proposal: Proposal, seats: list[Mandate], data: Any = None) -> Answer:
    """Build the form of `user`'s answer to `proposal`, empty or bound to `data`."""

    def others() -> list[tuple[str, str]]:
        mergeable = proposal.project.proposals.mergeable(proposal).order_by("-number")
        rows = mergeable.values_list("pk", "number", "current__title")[:LONGEST_CHOICE]
        return [
            (str(pk), f"{proposal_reference(proposal.project, number)} · {display_text(title)}")
            for pk, number, title in rows
        ]

    def targets() -> list[Mandate]:
        return list_targets(proposal.project, user)

    roles = list_answering_roles(seats)
    return Answer(data, proposal=proposal, roles=roles, others=others, targets=targets)


def _list_absences(proposal: Proposal) -> dict[str, Unavailable]:
    """Return why nobody can give the opinion of some awaited roles, by code. No query when none is awaited."""
    found = list_unavailable(proposal.project, proposal.awaited_roles, act_time())
    return {role: Unavailable.read(facts) for role, facts in found.items()}


def list_obstacles(proposal: Proposal) -> list[str]:
    """List known reasons why an approval of the current revision could not take effect today."""
    if proposal.current is None:
        return []
    return [
        *find_obstacles(proposal.current),
        *kind_of(proposal.kind).obstacles(proposal.current, proposal.project),
    ]


def list_answering_roles(seats: list[Mandate]) -> list[tuple[str, str]]:
    """List the (code, label) of roles that may answer for a condition: held ones but the owner's."""
    held = {seat.role.code: f"{seat.role.code} · {seat.holder}" for seat in seats if not seat.decides}
    return list(held.items())


def _list_delegations(proposal: Proposal) -> list[Delegation]:
    """List the delegations under which somebody may sign this proposal now, at most five."""
    given = Delegation.objects.filter(mandate__project=proposal.project).active()
    return list(given.covering(proposal.delegable_kind, proposal.amount).select_related("delegate")[:5])


def _has_unsubmitted_text(proposal: Proposal) -> bool:
    """Return whether the working text differs from the current revision."""
    return proposal.current is None or proposal.draft.content() != proposal.current.content()
