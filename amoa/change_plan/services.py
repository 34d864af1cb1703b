"""Acts on the change plan: write it, record readings and feedback, freeze it for the owner.

Only a decision of the owner puts a frozen version in force (governance/decide/kinds, kind communication).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from amoa.change_plan.content import build_content, load_rows
from amoa.change_plan.enums import ActionState
from amoa.change_plan.models import (
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    FeedbackItem,
    TrainingSession,
)
from amoa.enums import Act
from amoa.requirements.models import Requirement
from core.acts import act, act_time
from core.history import Outdated
from core.record.sealing import content_hash
from governance.decide.decisions.seal_breaks import mark_next_version
from governance.models import Proposal
from projects.models import Project, RecipientGroup
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User


class NothingToFreeze(Exception):
    """Raised when the plan is empty, or equal to its newest version."""


class AnsweredAlready(Exception):
    """Raised when the feedback has its answer; an answer is given once."""


@act("amoa.plan_change", on="project")
def write_impact(
    *, actor: User, project: Project, group: RecipientGroup, aspect: str, fields: Mapping[str, Any], seen: str = ""
) -> ChangeImpact:
    """Describe the impact on `group` in one `aspect`; there is one per group and aspect.

    `seen` is the version read, empty when there was none (core.history.version_of). Raises ValidationError on a group
    of another project ("group"), and Outdated.
    """
    _ensure_same_project(project, group)
    known = project.impacts.filter(group=group, aspect=aspect).first()
    row = get_row_to_write(ChangeImpact, project, known, seen)
    row.group, row.aspect = group, aspect
    return _save(Act.PLAN_CHANGE, row, fields)


@act("amoa.plan_change", on="project")
def write_communication(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: CommunicationAction | None = None, seen: str = ""
) -> CommunicationAction:
    """Add or change a message to a group, due on `due_on` or after the decision on proposal `after`.

    Raises Outdated, and ValidationError on: both or neither ("due_on"); a proposal unknown to the project ("after");
    a sent message without its day ("done_on"); a group of another project ("group").
    """
    row = get_row_to_write(CommunicationAction, project, row, seen)
    due_on, after = (fields.get(name, getattr(row, name)) for name in ("due_on", "after"))
    if (due_on is None) == (after is None):
        raise ValidationError({"due_on": _("Enter a day, or select the proposal whose decision it follows, not both.")})
    if after is not None and not Proposal.objects.visible_to(actor).filter(project=project, number=after).exists():
        raise ValidationError({"after": _("The project has no proposal of this number.")})
    if fields.get("state", row.state) == ActionState.DONE and not fields.get("done_on", row.done_on):
        raise ValidationError({"done_on": _("Enter the day it was sent.")})
    _ensure_same_project(project, fields.get("group"))
    return _save(Act.PLAN_CHANGE, row, fields)


@act("amoa.plan_change", on="project")
def write_training(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: TrainingSession | None = None, seen: str = ""
) -> TrainingSession:
    """Add or change a training session for a group.

    Raises ValidationError on a session held without its attendance ("attended") and on a group of another project
    ("group"); and Outdated.
    """
    row = get_row_to_write(TrainingSession, project, row, seen)
    if fields.get("state", row.state) == ActionState.DONE and fields.get("attended", row.attended) is None:
        raise ValidationError({"attended": _("Enter the number of participants.")})
    _ensure_same_project(project, fields.get("group"))
    return _save(Act.PLAN_CHANGE, row, fields)


@act("amoa.plan_change", on="project")
def write_indicator(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: AdoptionIndicator | None = None, seen: str = ""
) -> AdoptionIndicator:
    """Add or change an indicator of adoption with its target.

    Raises ValidationError on a group of another project ("group") and on a name in use ("name"); and Outdated.
    """
    row = get_row_to_write(AdoptionIndicator, project, row, seen)
    _ensure_same_project(project, fields.get("group"))
    if project.indicators.filter(name=fields.get("name", row.name)).exclude(pk=row.pk).exists():
        raise ValidationError({"name": _("This name is already used. Enter another name.")})
    return _save(Act.PLAN_CHANGE, row, fields)


@act("amoa.plan_change", on="indicator")
def add_reading(*, actor: User, indicator: AdoptionIndicator, measured_on: date, value: Decimal) -> AdoptionReading:
    """Record a reading of an indicator; a correction is another reading of the same day.

    Raises ValidationError on a future day ("measured_on").
    """
    if measured_on > localtime(act_time()).date():
        raise ValidationError({"measured_on": _("Enter a day that is not in the future.")})
    reading = AdoptionReading.objects.create(
        project=indicator.project,
        indicator=indicator,
        measured_on=measured_on,
        value=value,
        read_by=actor,
        acted_at=act_time(),
    )
    record_in_role(Act.PLAN_CHANGE, reading)
    return reading


@act("amoa.freeze_plan", on="project")
def freeze_plan(*, actor: User, project: Project, seen: str = "") -> ChangePlan:
    """Freeze the current plan as its next version, with its hash. The owner's approval puts it in force.

    `seen` is the hash of the content that the actor read, if any. Raises NothingToFreeze, and Outdated on another hash.
    """
    content = build_content(load_rows(project))
    newest = project.change_plans.order_by("-number").first()
    if not any(content.values()) or (newest and newest.content == content):
        raise NothingToFreeze
    if seen and seen != content_hash(content):
        raise Outdated
    number = newest.number + 1 if newest else 1
    plan = ChangePlan.objects.create(
        project=project,
        number=number,
        content=content,
        made_by=actor,
        acted_at=act_time(),
        hash=content_hash({"number": str(number), "content": content}),
    )
    record_in_role(Act.FREEZE_PLAN, plan, detail=str(number), hash=plan.hash)
    mark_next_version(plan, "plan")
    return plan


@act("amoa.give_feedback", on="project")
def give_feedback(
    *, actor: User, project: Project, group: RecipientGroup, kind: str, text: str, requirement: str = "", risk: str = ""
) -> FeedbackItem:
    """Record feedback from `group`, optionally on a requirement or a risk, each by its code.

    Raises ValidationError on a group of another project ("group"), on an empty text ("text") and on a code unknown to
    the project ("requirement").
    """
    _ensure_same_project(project, group)
    if not text:
        raise ValidationError({"text": _("Enter the feedback.")})
    item = FeedbackItem.objects.create(
        project=project,
        group=group,
        kind=kind,
        text=text,
        requirement=_find_requirement(project, requirement),
        risk=risk,
        given_by=actor,
        given_at=act_time(),
    )
    record_in_role(Act.GIVE_FEEDBACK, item)
    return item


@act("amoa.answer_feedback", on="item")
def answer_feedback(
    *, actor: User, item: FeedbackItem, answer: str, requirement: str = "", risk: str = ""
) -> FeedbackItem:
    """Answer a feedback item once, and link it to a requirement or a risk by code, if given.

    Raises AnsweredAlready, and ValidationError on an empty answer ("answer") and on a code unknown to the project
    ("requirement").
    """
    if item.answer:
        raise AnsweredAlready
    if not answer:
        raise ValidationError({"answer": _("Write the answer.")})
    item.answer, item.answered_by, item.answered_at = answer, actor, act_time()
    item.requirement, item.risk = _find_requirement(item.project, requirement), risk
    item.save()
    record_in_role(Act.ANSWER_FEEDBACK, item)
    return item


def _save[M: models.Model](what: Act, row: M, fields: Mapping[str, Any]) -> M:
    """Save the row and record the event; an unchanged row records none."""
    if save_fields(row, fields):
        record_in_role(what, row)
    return row


def _ensure_same_project(project: Project, group: RecipientGroup | None) -> None:
    if group is not None and group.project_id != project.pk:
        raise ValidationError({"group": _("Choose a group of this project.")})


def _find_requirement(project: Project, code: str) -> Requirement | None:
    """Return the requirement of this code, or None for an empty code."""
    if not code:
        return None
    requirement = project.requirements.filter(code__iexact=code).first()
    if requirement is None:
        raise ValidationError({"requirement": _("The project has no requirement of this code.")})
    return requirement
