"""Tasks of the core: decide, advise, rework, conditions, readings, reviews, mandates, moves, roles, delegations."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Least, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.sql.references import plain_reference, reference
from governance.decide.decisions.models import Condition, Decision
from governance.decide.obligations.facts import LocalDay
from governance.decide.obligations.models import Discharge
from governance.decide.obligations.queries import label_occasion
from governance.decide.proposals.models import EARLIER_DAYS_TO_ADVISE, Proposal
from governance.enums import OVER, ProposalState
from governance.life.actions.models import Action
from governance.life.carry_overs.models import CarryOver
from governance.life.decision_reviews.models import DecisionReview
from governance.life.moves.models import Move
from governance.life.second_look.models import SecondLook
from governance.life.second_look.queries import list_awaiting
from governance.place.shares.models import Share
from governance.record.acknowledgements.models import Acknowledgement
from governance.workspace_registry import ADVISING, ANY, DECIDING, EVERYBODY, TASKS, Mine, RowTasks, goes_on
from projects.models import AdministratorEnding, Delegation, Interest, Mandate, Matrix, Replacement
from projects.people.vouching.queries import list_addresses_to_vouch, list_to_vouch
from projects.seats.launch.queries import list_projects_to_fill, list_projects_to_propose_on, list_vacated_mandates
from roles.accounts.models import INSTALLATION
from roles.enums import DecisionKind

#: A decision is to be read within so many days; a delegation is to be renewed so long before its end.
TO_READ, ENDING = timedelta(days=30), timedelta(days=30)


def _days_after(moment: Any, days: timedelta) -> Cast:
    return Cast(ExpressionWrapper(moment + days, output_field=DateTimeField()), DateField())


def _open_dossier(task: Any) -> str:
    return reverse("governance:dossier:dossier", args=[task.row])


def _open_ending(task: Any) -> str:
    return reverse("projects:administrators:administrator_second", args=[task.target])


def _open_launch(task: Any) -> str:
    return reverse("governance:launch:launch", args=[task.project.code])


def _open_appointment(task: Any) -> str:
    """Return the form of the appointment; the mandates while that of a closed account is to be ended first."""
    if task.since is None:
        return reverse("projects:mandates:mandate_list", args=[task.project.code])
    address = reverse("projects:appointments:mandate_appoint", args=[task.project.code])
    return f"{address}?role={task.code}"


def _open_condition(task: Any) -> str:
    return f"{reverse('governance:dossier:dossier', args=[task.target])}#condition-{task.row}"


def _name_evidence(task: Any) -> str:
    role, _duty, key = task.target.split("/")
    return f"{role} · {label_occasion(task.project, key)}"


def _open_evidence(task: Any) -> str:
    names = [task.project.code, *task.target.split("/")]
    return reverse("governance:obligations:obligation_check", args=names)


def _open_replacement(task: Any) -> str:
    return reverse("projects:replacements:replacement", args=[task.row])


def _propose_again(task: Any) -> str:
    kind, _sign, decision = task.target.partition(":")
    address = reverse("governance:proposals:proposal_new", args=[task.project.code])
    return f"{address}?kind={kind}&replaces={decision}"


def _list_to_read(mine: Mine) -> QuerySet[Decision]:
    """Filter the decisions of the last days, since the reader holds a role, that they have not confirmed reading.

    Their role is informed of its kind by the matrix, or is one of recipients.
    """
    seats = Mandate.objects.active(mine.at).filter(holder=mine.reader.pk, project=OuterRef("project"))
    then = seats.filter(period__startswith__lte=OuterRef("acted_at"))
    read = Acknowledgement.objects.filter(decision=OuterRef("pk"), reader=mine.reader.pk)
    recent = Decision.objects.filter(goes_on(), acted_at__gte=mine.at - TO_READ)
    concerned = recent.filter(mine.is_informed("proposal__kind"), Exists(then), ~Exists(read))
    return concerned.exclude(decided_by=mine.reader.pk)


def _list_ending_delegations(mine: Mine) -> QuerySet[Delegation]:
    """Filter the delegations of the reader's signature that end soon."""
    running = Delegation.objects.active(mine.at).filter(goes_on("mandate__project"), mandate__holder=mine.reader.pk)
    return running.filter(period__endswith__lte=mine.at + ENDING)


def _list_ties(mine: Mine) -> Any:
    """Filter the declared interests of others without a ruling, which the owner gives."""
    return Interest.objects.filter(goes_on("project"), ruling="").exclude(person=mine.reader.pk)


def _list_to_launch(mine: Mine) -> QuerySet[Any]:
    """Filter the draft projects that wait for a proposal of the reader, of which none is on its way."""
    both = Q(current__terms__has_key="matrix") | Q(current=None, draft__terms__has_key="matrix")
    asked = Q(kind=OuterRef("next_kind")) | Q(both, kind=DecisionKind.GATE)
    under_way = Proposal.objects.exclude(state__in=OVER).filter(asked, project=OuterRef("pk"))
    return list_projects_to_propose_on(mine.reader, mine.at).filter(~Exists(under_way))


def _list_prepared(mine: Mine) -> QuerySet[Matrix]:
    """Filter the versions of roles that an upgrade prepared and nobody has proposed, replaced or kept out since."""
    later = Matrix.objects.filter(project=OuterRef("project"), number__gt=OuterRef("number"))
    term = Concat(Cast(OuterRef("number"), TextField()), Value(":"), OuterRef("hash"))
    named = Coalesce(KeyTextTransform("matrix", "current__terms"), KeyTextTransform("matrix", "draft__terms"))
    proposed = Proposal.objects.exclude(state=ProposalState.WITHDRAWN).filter(project=OuterRef("project"))
    prepared = Matrix.objects.filter(goes_on(), number__gt=F("project__matrix__number"), made_by__email=INSTALLATION)
    return prepared.filter(~Exists(later), ~Exists(proposed.annotate(named=named).filter(named=term)))


OPINIONS_DUE = Least(
    Coalesce(
        F("current__advise_by"),
        F("current__opinions_by"),
        _days_after(LocalDay("current__acted_at"), timedelta(days=EARLIER_DAYS_TO_ADVISE)),
    ),
    F("current__decide_by"),
)
PROPOSAL: dict[str, Any] = {
    "code": reference("P", "number"),
    "title": "current__title",
    "since": "state_since",
    "link": _open_dossier,
}
CONDITION: dict[str, Any] = {
    "code": reference("D", "decision__number", "decision__project__prefix"),
    "title": "text",
    "due": "due_on",
    "project": "decision__project",
    "link": _open_condition,
    "target": "decision__proposal",
}
#: Whoever appoints on the project rules on the interests that others declare there.
TIE: dict[str, Any] = {
    "title": Concat("person__name", Value(" · "), "organisation__name"),
    "since": "acted_at",
    "permission": "projects.appoint",
    "link": lambda task: reverse("projects:interests:interest_settle", args=[task.row]),
    "is_own": True,
}

TASKS += [
    RowTasks(
        name="decide",
        heading=_("Decisions to take"),
        verb=_("Decide"),
        seat=DECIDING,
        rows=lambda mine: Proposal.objects.awaiting_decision_of(mine.reader, mine.at),
        due="current__decide_by",
        is_own=True,
        is_reminded=True,
        **PROPOSAL,
    ),
    RowTasks(
        name="advise",
        heading=_("Opinions to give"),
        verb=_("Give your opinion"),
        seat=ADVISING,
        rows=lambda mine: Proposal.objects.awaiting_opinion_of(mine.reader, mine.at),
        due=OPINIONS_DUE,
        presses="current__decide_by",
        is_reminded=True,
        **PROPOSAL,
    ),
    RowTasks(
        name="rework",
        heading=_("Proposals to rework"),
        verb=_("Rework the proposal"),
        seat=ADVISING,
        rows=lambda mine: Proposal.objects.awaiting_rework_of(mine.reader, mine.at),
        due="current__decision__return_on",
        role="author_role",
        **PROPOSAL,
    ),
    RowTasks(
        name="conditions",
        heading=_("Conditions to meet"),
        verb=_("Provide the evidence"),
        seat=ANY,
        rows=lambda mine: Condition.objects.awaiting(mine.reader, mine.at).filter(proof=""),
        role="role",
        is_reminded=True,
        **CONDITION,
    ),
    RowTasks(
        name="proofs",
        heading=_("Evidence to check"),
        verb=_("Check the evidence"),
        seat=DECIDING,
        rows=lambda mine: Condition.objects.awaiting(mine.reader, mine.at).exclude(proof=""),
        since="proved_at",
        is_own=True,
        **CONDITION,
    ),
    RowTasks(
        name="evidence",
        heading=_("Evidence of obligations to check"),
        verb=_("Check the evidence"),
        seat=ANY,
        rows=lambda mine: Discharge.objects.filter(goes_on()).awaiting(mine.reader, mine.day, mine.at),
        code="duty",
        title="key",
        say=_name_evidence,
        due="check_by",
        since="acted_at",
        target=Concat("role", Value("/"), "duty", Value("/"), "key", output_field=TextField()),
        link=_open_evidence,
        few=1,
    ),
    RowTasks(
        name="reviews",
        heading=_("Decisions to review"),
        verb=_("Review the decision"),
        seat=DECIDING,
        rows=lambda mine: Decision.objects.awaiting_review_of(mine.reader, mine.at),
        code=reference("D", "number"),
        title="revision__title",
        link=lambda task: reverse("governance:decision_reviews:decision_review", args=[task.row]),
        is_own=True,
    ),
    RowTasks(
        name="requests",
        heading=_("Decisions to propose again"),
        verb=_("Propose the decision again"),
        seat=ADVISING,
        rows=lambda mine: DecisionReview.objects.awaiting_proposal_of(mine.reader, mine.at),
        code=reference("D", "decision__number", "decision__project__prefix"),
        title="decision__revision__title",
        since="acted_at",
        role="role",
        project="decision__project",
        target=Concat(
            F("decision__proposal__kind"), Value(":"), Cast("decision_id", TextField()), output_field=TextField()
        ),
        link=_propose_again,
    ),
    RowTasks(
        name="second_looks",
        heading=_("Decisions to look back at"),
        verb=_("Look back at the decision"),
        seat=DECIDING,
        rows=lambda mine: list_awaiting(mine.reader, mine.at, mine.day).exclude(project__archived=True),
        code=reference("D", "number"),
        title="revision__title",
        since="second_look_on",
        link=lambda task: reverse("governance:second_look:second_look", args=[task.row]),
        is_own=True,
    ),
    RowTasks(
        name="corrections_asked",
        heading=_("Decisions to correct"),
        verb=_("Propose the correction"),
        seat=ADVISING,
        rows=lambda mine: SecondLook.objects.awaiting_proposal_of(mine.reader, mine.at),
        code=reference("D", "decision__number", "decision__project__prefix"),
        title="decision__revision__title",
        since="acted_at",
        role="role",
        project="decision__project",
        target=Concat(
            F("decision__proposal__kind"), Value(":"), Cast("decision_id", TextField()), output_field=TextField()
        ),
        link=_propose_again,
    ),
    RowTasks(
        name="acceptances",
        heading=_("Mandates to accept"),
        verb=_("Accept the mandate"),
        seat=EVERYBODY,
        rows=lambda mine: Mandate.objects.awaiting_acceptance_of(mine.reader, mine.at),
        code="role__code",
        title=("role__name_fr", "role__name_en"),
        due=Case(When(accepted_at=None, then=LocalDay("period__startswith"))),
        since="accepted_at",
        role="role__code",
        link=lambda task: reverse("projects:mandates:mandate_accept", args=[task.row]),
        is_own=True,
        is_reminded=True,
    ),
    RowTasks(
        name="moves",
        heading=_("Moves under another parent"),
        verb=_("Accept or refuse the move"),
        seat=DECIDING,
        rows=lambda mine: Move.objects.awaiting(mine.reader, mine.at),
        code="project__code",
        title=("project__title_fr", "project__title_en"),
        since="asked_at",
        project="target",
        link=lambda task: reverse("governance:moves:move", args=[task.row]),
        is_own=True,
    ),
    RowTasks(
        name="withdrawals",
        heading=_("Places withdrawn by the owner above"),
        verb=_("Decide what follows: suspend, abandon, or move elsewhere"),
        seat=DECIDING,
        rows=lambda mine: Share.objects.awaiting(mine.reader, mine.at).filter(goes_on("part")),
        code="project__code",
        title=("part__title_fr", "part__title_en"),
        due="answer_by",
        since="acted_at",
        project="part",
        target="part__code",
        link=lambda task: reverse("governance:place:place", args=[task.target]),
        is_reminded=True,
    ),
    RowTasks(
        name="actions",
        heading=_("Actions to do"),
        verb=_("Do the action"),
        seat=ANY,
        rows=lambda mine: Action.objects.due_from(mine.reader, Q(mine.holds("role")), mine.at).filter(goes_on()),
        code=plain_reference("ACT-"),
        title="text",
        due="due_on",
        since="given_at",
        role="role",
        link=lambda task: reverse("governance:actions:action", args=[task.row]),
        is_own=True,
        is_reminded=True,
    ),
    RowTasks(
        name="carry_overs",
        heading=_("Items carried over from a closed project"),
        verb=_("Accept the item"),
        seat=ANY,
        rows=lambda mine: CarryOver.objects.awaiting(mine.reader, mine.at, mine.day),
        code="project__code",
        title="text",
        due="due_on",
        since="asked_at",
        project="target",
        link=lambda task: reverse("governance:carry_overs:carry_over", args=[task.row]),
        is_own=True,
        is_reminded=True,
    ),
    RowTasks(
        name="taken_over",
        heading=_("Items taken over, to be done"),
        verb=_("Record that the item is done"),
        seat=ANY,
        rows=lambda mine: CarryOver.objects.awaiting_end(mine.reader, mine.at),
        code="project__code",
        title="text",
        due="finish_on",
        since="answered_at",
        project="target",
        link=lambda task: reverse("governance:carry_overs:carry_over", args=[task.row]),
        is_own=True,
        is_reminded=True,
    ),
    RowTasks(
        name="launches",
        heading=_("Roles to fill before the launch"),
        verb=_("Fill the roles"),
        seat=DECIDING,
        rows=lambda mine: list_projects_to_fill(mine.reader, mine.at),
        title=("title_fr", "title_en"),
        project="pk",
        link=_open_launch,
        is_own=True,
    ),
    RowTasks(
        name="blocked_roles",
        heading=_("Roles blocked by an interest"),
        verb=_("Rule on the interest that blocks the role"),
        seat=DECIDING,
        rows=lambda mine: _list_ties(mine).blocking(),
        **TIE,
    ),
    RowTasks(
        name="interests",
        heading=_("Declared interests to rule on"),
        verb=_("Rule on the interest"),
        seat=DECIDING,
        rows=lambda mine: _list_ties(mine).idle(),
        **TIE,
    ),
    RowTasks(
        name="vacancies",
        heading=_("Vacant roles"),
        verb=_("Appoint a person"),
        seat=DECIDING,
        rows=lambda mine: list_vacated_mandates(mine.at).filter(goes_on("project")),
        code="role__code",
        title=("role__name_fr", "role__name_en"),
        since=Case(When(period__endswith__lte=Now(), then="period__endswith")),
        permission="projects.appoint",
        link=_open_appointment,
        is_own=True,
    ),
    RowTasks(
        name="launch_proposals",
        heading=_("Proposals to write for the launch"),
        verb=_("Write the proposal for the launch"),
        seat=ADVISING,
        rows=_list_to_launch,
        title=("title_fr", "title_en"),
        project="pk",
        link=_open_launch,
    ),
    RowTasks(
        name="prepared_roles",
        heading=_("New versions of the roles to propose"),
        verb=_("Propose the new versions, or keep the roles"),
        seat=ADVISING,
        rows=_list_prepared,
        title=("project__title_fr", "project__title_en"),
        since="acted_at",
        permission="governance.adapt_roles",
        link=lambda task: reverse("governance:responsibilities:roles_adapt", args=[task.project.code]),
    ),
    RowTasks(
        name="delegations",
        heading=_("Delegations that end"),
        verb=_("Renew the delegation"),
        seat=DECIDING,
        rows=_list_ending_delegations,
        title="delegate__name",
        due=LocalDay("period__endswith"),
        project="mandate__project",
        permission="projects.delegate",
        link=lambda task: reverse("projects:mandates:mandate_list", args=[task.project.code]),
        is_own=True,
    ),
    RowTasks(
        name="vouches",
        heading=_("People to vouch for"),
        verb=_("Vouch for the person"),
        seat=EVERYBODY,
        rows=lambda mine: list_to_vouch(mine.reader, mine.at),
        title="person__name",
        since="asked_at",
        project="",
        link=lambda task: reverse("projects:vouching:vouch", args=[task.row]),
    ),
    RowTasks(
        name="replacements",
        heading=_("Owners to replace, accounts to close"),
        verb=_("Read and agree, or leave it"),
        seat=EVERYBODY,
        rows=lambda mine: Replacement.objects.seconded_by_whom(mine.reader, mine.at),
        title="former__name",
        since="proposed_at",
        project="",
        link=_open_replacement,
    ),
    RowTasks(
        name="closings",
        heading=_("Accounts that the directory asks to close"),
        verb=_("Propose to close the account"),
        seat=EVERYBODY,
        rows=lambda mine: Replacement.objects.asked_of(mine.reader),
        title="former__name",
        since="proposed_at",
        project="",
        link=_open_replacement,
    ),
    RowTasks(
        name="successions",
        heading=_("Projects to own"),
        verb=_("Accept to own the project"),
        seat=EVERYBODY,
        rows=lambda mine: Replacement.objects.to_take_by(mine.reader),
        code="project__code",
        title=("project__title_fr", "project__title_en"),
        since="seconded_at",
        project="",
        link=_open_replacement,
        is_own=True,
    ),
    RowTasks(
        name="objections",
        heading=_("Objections of former owners"),
        verb=_("Confirm, or leave it"),
        seat=EVERYBODY,
        rows=lambda mine: Replacement.objects.to_confirm_by(mine.reader),
        title="former__name",
        since="objected_at",
        project="",
        link=_open_replacement,
        is_own=True,
    ),
    RowTasks(
        name="rights_endings",
        heading=_("Administrators who object to the end of their rights"),
        verb=_("Confirm, or leave it"),
        seat=EVERYBODY,
        rows=lambda mine: AdministratorEnding.objects.contested_before(mine.reader),
        title="person__name",
        since="objected_at",
        target="person",
        project="",
        link=_open_ending,
    ),
    RowTasks(
        name="address_vouches",
        heading=_("People whose new address needs a vouch"),
        verb=_("Vouch for the new address"),
        seat=EVERYBODY,
        rows=lambda mine: list_addresses_to_vouch(mine.reader, mine.at),
        title="person__name",
        since="vouch_asked_at",
        project="",
        link=lambda task: reverse("projects:vouching:vouch_address", args=[task.row]),
    ),
    RowTasks(
        name="readings",
        heading=_("Decisions to read"),
        verb=_("Read the decision"),
        seat=ANY,
        rows=_list_to_read,
        code=reference("D", "number"),
        title="revision__title",
        due=_days_after(LocalDay("acted_at"), TO_READ),
        since="acted_at",
        permission="governance.acknowledge",
        link=lambda task: reverse("governance:records:decision_record", args=[task.row]),
    ),
]
