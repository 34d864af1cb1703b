"""What approvals do to the project, and how a replaced one is undone: called by the acts of this slice, inside them."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from governance.decisions.models import Decision, Effect
from governance.granted_waivers.enums import WaiverEnding
from governance.granted_waivers.granting import end as end_waiver
from governance.granted_waivers.models import Waiver
from governance.kinds.forms import as_text, from_text
from governance.kinds.kinds import Change, kind_of
from governance.mandates.services import end_mandate, revoke
from governance.standards.adopting import adopt, adopted_of, copied, retire
from governance.standards.days import today
from governance.standards.enums import StandardState
from governance.standards.models import StandardVersion
from projects.acceptance.accepting import take_back
from projects.models import (
    AcceptanceCampaign,
    ChangePlan,
    Delegation,
    Mandate,
    Project,
    RiskAcceptance,
    SuccessCriteriaSet,
)
from projects.requirements import writing
from projects.requirements.models import get_baseline_in_force
from projects.risks.accepting import take_back as take_back_risk
from projects.success import approving
from roles import acting
from roles.models import User

CHANGED_SINCE = gettext_lazy("The project has changed there since; keep it, or propose what it should be.")


class CannotTakeEffect(Exception):
    """The project has moved on so that what is approved cannot be done to it; `messages` say why."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__(" ".join(error.messages))
        self.messages = error.messages


def apply(decision: Decision, actor: User) -> list[Effect]:
    """Do what the revision decided on asks, and note it. Raises CannotTakeEffect."""
    proposal = decision.proposal
    try:
        return _note(decision, kind_of(proposal.kind).apply(proposal.project, decision.revision, actor))
    except ValidationError as error:
        raise CannotTakeEffect(error) from error


def undo(effect: Effect, decision: Decision, actor: User) -> list[Effect]:
    """Lead back one effect of the decision that `decision` replaces. Raises CannotTakeEffect."""
    try:
        if effect.subject == StandardVersion._meta.label_lower:
            return _note(decision, list(_undo_standard(effect, decision)))
        return _note(decision, list(_undo(effect, decision.proposal.project, actor)))
    except ValidationError as error:
        raise CannotTakeEffect(error) from error


def _note(decision: Decision, changes: Iterable[Change]) -> list[Effect]:
    return [
        Effect.objects.create(
            decision=decision, subject=change.subject._meta.label_lower, subject_id=change.subject.pk,
            field=change.field, before=change.before, after=change.after, acted_at=acting.at(),
        )
        for change in changes
    ]  # fmt: skip


def _undo(effect: Effect, project: Project, actor: User) -> Iterable[Change]:
    if effect.subject == Mandate._meta.label_lower:
        mandate = Mandate.objects.get(pk=effect.subject_id)
        if mandate.ends_at is None or mandate.ends_at > acting.at():
            yield Change(end_mandate(actor=actor, mandate=mandate), effect.field, effect.after, "")
    elif effect.subject == Delegation._meta.label_lower:
        delegation = Delegation.objects.select_related("mandate").get(pk=effect.subject_id)
        if delegation.period.upper > acting.at():
            yield Change(revoke(actor=actor, delegation=delegation), effect.field, effect.after, "")
    elif effect.subject == AcceptanceCampaign._meta.label_lower:
        campaign = AcceptanceCampaign.objects.get(pk=effect.subject_id)
        take_back(campaign)
        yield Change(campaign, effect.field, effect.after, "")
    elif effect.subject == ChangePlan._meta.label_lower:
        yield Change(ChangePlan.objects.get(pk=effect.subject_id), effect.field, effect.after, "")
    elif effect.subject == SuccessCriteriaSet._meta.label_lower:
        criteria = SuccessCriteriaSet.objects.get(pk=effect.subject_id)
        approving.take_back(criteria, _approved_elsewhere(criteria))
        yield Change(criteria, effect.field, effect.after, "")
    elif effect.subject == RiskAcceptance._meta.label_lower:
        take_back_risk(effect.subject_id)
        yield Change(RiskAcceptance.objects.get(pk=effect.subject_id), effect.field, effect.after, "")
    elif effect.subject == Waiver._meta.label_lower:
        waiver = Waiver.objects.with_record().get(pk=effect.subject_id)
        if waiver.early_end is None and waiver.ends_on >= today():
            end_waiver(waiver, WaiverEnding.REPLACED, actor)
            yield Change(waiver, effect.field, effect.after, "")
    elif effect.field == "baseline":
        held = get_baseline_in_force(project)
        if not held or str(held.number) != effect.after:
            raise ValidationError(CHANGED_SINCE)
        before = project.baselines.get(number=int(effect.before)) if effect.before else None
        writing.put_in_force(project, before)
        yield Change(project, effect.field, effect.after, effect.before)
    elif effect.field == "matrix":
        if not project.matrix or str(project.matrix.number) != effect.after or not project.matrix_approved:
            raise ValidationError(CHANGED_SINCE)
        project.matrix_approved = bool(effect.before)
        if effect.before:
            project.matrix = project.matrices.get(number=int(effect.before))
        project.save()
        yield Change(project, effect.field, effect.after, effect.before)
    elif hasattr(project, effect.field):
        if as_text(getattr(project, effect.field)) != effect.after:
            raise ValidationError(CHANGED_SINCE)
        unset = None if effect.field == "budget" else ""
        setattr(project, effect.field, from_text(effect.field, effect.before) if effect.before else unset)
        project.save()
        yield Change(project, effect.field, effect.after, effect.before)
    else:
        yield Change(project, effect.field, effect.after, "")


def _approved_elsewhere(criteria: SuccessCriteriaSet) -> list[int]:
    """The numbers of the success criteria in the newest other set of the project that a decision approves still."""
    told = Effect.objects.filter(subject=criteria._meta.label_lower, decision__project=criteria.project_id)
    last = dict(told.exclude(subject_id=criteria.pk).order_by("pk").values_list("subject_id", "after"))
    approved = SuccessCriteriaSet.objects.filter(pk__in=[number for number, after in last.items() if after])
    newest = approved.order_by("-number").first()
    return newest.numbers if newest else []


def _undo_standard(effect: Effect, decision: Decision) -> Iterable[Change]:
    """What was adopted is retired. What was retired comes back as a new version of the same words, so that the days
    without it stay as they were; unless the decision itself names another version."""
    version = StandardVersion.objects.select_related("standard").get(pk=effect.subject_id)
    if effect.after:
        if version.state == StandardState.ADOPTED:
            retire(version)
            yield Change(version, effect.field, effect.after, "")
        return
    if effect.field in kind_of(decision.proposal.kind).changes(decision.revision.terms):
        return
    if adopted_of(version):
        raise ValidationError(CHANGED_SINCE)
    again = copied(version)
    adopt(again)
    yield Change(again, effect.field, "", str(again.number))
