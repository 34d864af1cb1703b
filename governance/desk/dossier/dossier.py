"""The decision dossier of one reader, made of parts: each reads its own rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.access import can
from core.acts import act_time
from governance.decide.decisions.forms import Answer
from governance.decide.decisions.models import NEW_OWNER
from governance.decide.evidence.attachments import load_versions
from governance.decide.kinds.base import Kind
from governance.decide.kinds.registry import kind_of
from governance.decide.opinions.forms import OpinionForm
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.decide.proposals.queries import may_counter
from governance.desk.dossier.advices import Opinions, build_opinions, filter_current, list_given
from governance.desk.dossier.answering import Answering, read_answering
from governance.desk.dossier.proposed import ProposedText, read_proposed
from governance.desk.dossier.record import Record, build_record, list_decisions
from governance.desk.dossier.situation import (
    SituationContext,
    describe_decision_makers,
    describe_next_step,
    describe_situation,
)
from governance.enums import Act, ProposalState
from projects.models import Interest, Mandate, Project
from projects.people.replacements.words import describe_new_owner
from projects.seats.interests.queries import blocking_ties
from projects.seats.mandates.predicates import advising_role, is_accepted_owner, is_owner, opining_role


@dataclass(frozen=True)
class Dossier:
    """The dossier page: its parts, the acts open to the reader, and the sentences about them.

    `about` is the kind. `gaps` say why a submission was refused. `may_counter` tells that the reader may write another
    proposal on its question, `offers_resubmission` that a deferred file may be submitted again as it is.
    """

    proposal: Proposal
    about: Kind
    may: dict[str, bool]
    proposed: ProposedText
    opinions: Opinions
    record: Record
    answering: Answering
    ties: list[Interest]
    gaps: dict[str, str]
    may_counter: bool
    situation: list[str]
    makers_note: list[str]
    next_step: str
    offers_resubmission: bool

    @property
    def project(self) -> Project:
        """Return the project."""
        return self.proposal.project

    @property
    def revision(self) -> ProposalRevision | None:
        """Return the current revision."""
        return self.proposal.current


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
    decisions, given = list_decisions(user, proposal), list_given(proposal)
    opinions = filter_current(proposal, given)
    may = get_allowed_acts(user, proposal, opinions)
    versions = load_versions(proposal.current or proposal.draft, decisions)
    record = build_record(user, proposal, decisions, versions)
    answering = read_answering(user, proposal, seats, answer, may_decide=may["decide"])
    proposed = read_proposed(user, proposal, opinions, record.current, versions, may_edit=may["edit"])
    owner = answering.owner
    new_owner = describe_new_owner(owner, act_time()) if owner else ""
    is_pending = is_owner(user, proposal.project) and not is_accepted_owner(user, proposal.project)
    my_role = advising_role(user, proposal.project)
    context = SituationContext(user, proposal, record.current, owner, may, my_role, seats, new_owner, is_pending)
    return Dossier(
        proposal,
        kind_of(proposal.kind),
        may,
        proposed,
        build_opinions(
            user,
            proposal,
            given,
            seats,
            answering.unavailable,
            record.current,
            opinion_form,
            may_advise=may["advise"],
        ),
        record,
        answering,
        ties=blocking_ties(user, proposal.project),
        gaps=gaps or {},
        may_counter=may_counter(user, proposal),
        situation=describe_situation(context),
        makers_note=[] if may["decide"] else describe_decision_makers(context),
        next_step=describe_next_step(proposal) if may["edit"] else "",
        offers_resubmission=may["submit"] and proposal.state == ProposalState.DEFERRED and not proposed.is_newer,
    )


def _list_seats(proposal: Proposal) -> QuerySet[Mandate]:
    """List the seats in force on the project, with what is said of a new owner."""
    rare = (name.removeprefix("mandate__") for name in NEW_OWNER)
    seats = Mandate.objects.active(act_time()).filter(project=proposal.project_id)
    return seats.select_related("holder__stand_in", "role").prefetch_related(*rare).order_by("role__position", "pk")


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
