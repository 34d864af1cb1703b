"""The kinds of decision: what each asks before it is submitted, and what its approval does to the project.

One small class a kind. A kind whose effect is on something the project does not hold yet only records the decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.kinds.forms import (
    AppointmentForm,
    DelegationForm,
    ProjectTermsForm,
    Terms,
    TermsForm,
    as_text,
    from_text,
)
from governance.mandates.services import appoint, delegate
from projects.models import Project
from roles.enums import DecisionKind, PublicationState
from roles.models import RoleTemplate, User

ZONE = ZoneInfo("Europe/Paris")
Text = str | Promise


@dataclass(frozen=True)
class Change:
    """One thing an approval changed: the row, which part of it, and how it read before and after."""

    subject: models.Model
    field: str
    before: str
    after: str


class Kind:
    """A kind that is recorded and changes nothing by itself."""

    evidence: ClassVar[Text] = _("What the owner needs to read before deciding.")
    #: Fields of the content this kind needs beyond those of every proposal (R5): name → what to do.
    needed: ClassVar[dict[str, Text]] = {}
    form: ClassVar[type[TermsForm] | None] = None
    #: Terms this kind needs: name → what to do.
    needed_terms: ClassVar[dict[str, Text]] = {}

    def __init__(self, code: DecisionKind) -> None:
        self.code = code

    def gaps(self, content: Any) -> dict[str, str]:
        """What is missing before a proposal of this kind may be submitted: field, or `terms-` and term → what to do."""
        absent = {name: text for name, text in self.needed.items() if not getattr(content, name)}
        terms = {f"terms-{name}": text for name, text in self.needed_terms.items() if not content.terms.get(name)}
        return {name: str(text) for name, text in (absent | terms).items()}

    def changes(self, terms: Terms) -> frozenset[str]:
        """The parts that an approval with these terms changes, by the `field` of its effects."""
        return frozenset()

    def apply(self, project: Project, content: Any, actor: User) -> list[Change]:
        """Do to the project what was approved, inside the act of `actor`, who holds the decision.

        Raises ValidationError when the project has moved on so that it can no longer be done.
        """
        return list(self._apply(project, content, actor))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield from ()


class ProjectKind(Kind):
    """A kind that may change the terms of the project: its scope, its end, its budget."""

    form = ProjectTermsForm

    def changes(self, terms: Terms) -> frozenset[str]:
        """The terms of the project that are named; whatever else a working text may hold changes nothing."""
        return frozenset(terms) & frozenset(ProjectTermsForm.base_fields)

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        changed = False
        for name in sorted(ProjectKind.changes(self, content.terms)):
            before, value = as_text(getattr(project, name)), from_text(name, content.terms[name])
            if as_text(value) != before:
                setattr(project, name, value)
                changed = True
                yield Change(project, name, before, as_text(value))
        if project.ends_on < project.starts_on:
            raise ValidationError(_("The project would end before it starts."))
        if changed:
            project.save()


class ChangeKind(ProjectKind):
    evidence = _("The request for change with its estimate.")
    needed: ClassVar = {
        "impact_scope": _("Describe the impact on scope."),
        "impact_cost": _("Describe the impact on cost."),
    }


class ScopeKind(ProjectKind):
    evidence = _("The project charter with its changes marked.")
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}
    needed_terms: ClassVar = {"scope": _("State the new scope.")}


class ScheduleKind(ProjectKind):
    evidence = _("The schedule before and after.")
    needed: ClassVar = {"impact_schedule": _("Describe the impact on schedule.")}
    needed_terms: ClassVar = {"ends_on": _("Give the end of the project as it will be.")}


class BudgetKind(ProjectKind):
    evidence = _("The budget before and after, with the quotations.")
    needed: ClassVar = {"impact_cost": _("Describe the impact on cost.")}
    needed_terms: ClassVar = {"budget": _("Give the budget of the project as it will be.")}


class ArbitrationKind(ProjectKind):
    """The option retained is written down, with what it changes."""

    evidence = _("The comparison of the options.")

    def changes(self, terms: Terms) -> frozenset[str]:
        """The option retained too."""
        return super().changes(terms) | {"retained_option"}

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        option = next(option for option in content.lettered_options() if option["recommended"])
        yield Change(project, "retained_option", "", f"{option['letter']}. {option['title']}")
        yield from super()._apply(project, content, actor)


class CommunicationKind(Kind):
    """What is communicated may go out."""

    evidence = _("The message or the plan as it will be sent.")
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}

    def changes(self, terms: Terms) -> frozenset[str]:
        """What may go out."""
        return frozenset({"communication"})

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield Change(project, "communication", "", content.title)


class AppointmentKind(Kind):
    """The role is given as the owner gives any other (R3)."""

    evidence = _("The letter of appointment.")
    form = AppointmentForm

    def gaps(self, content: Any) -> dict[str, str]:
        """A role goes with a person, and a person with a role."""
        terms = content.terms
        gaps = super().gaps(content)
        if bool(terms.get("role")) != bool(terms.get("holder")):
            missing = "holder" if terms.get("role") else "role"
            gaps[f"terms-{missing}"] = str(_("Give both the role and the person, or neither."))
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        """The holder, when a role is given at all."""
        return frozenset({"holder"}) if "role" in terms else frozenset()

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        if "role" not in terms:
            return
        role = RoleTemplate.objects.filter(pack="fr", code=terms["role"], state=PublicationState.PUBLISHED).first()
        if role is None:
            raise ValidationError(_("The role %(role)s is no longer published."), params={"role": terms["role"]})
        mandate = appoint(
            actor=actor, project=project, role=role, holder=_in_service(terms["holder"]), group=terms.get("group", ""),
            **_period(terms),
        )  # fmt: skip
        yield Change(mandate, "holder", "", terms["holder"])


class DelegationKind(Kind):
    """The signature is delegated as the owner delegates any other (R1)."""

    evidence = _("The act of delegation, signed.")
    form = DelegationForm
    needed_terms: ClassVar = {
        "delegate": _("Name the delegate."),
        "kinds": _("Choose the kinds of decision."),
        "ends_on": _("Say until when: a delegation has an end."),
        "document": _("Name the act document."),
    }

    def changes(self, terms: Terms) -> frozenset[str]:
        """The delegate."""
        return frozenset({"delegate"})

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        given = delegate(
            actor=actor, project=project, to=_in_service(terms["delegate"]), kinds=from_text("kinds", terms["kinds"]),
            cap=from_text("cap", terms["cap"]) if "cap" in terms else None, document=terms["document"],
            **_period(terms),
        )  # fmt: skip
        yield Change(given, "delegate", "", terms["delegate"])


CLASSES: dict[DecisionKind, type[Kind]] = {
    DecisionKind.CHANGE: ChangeKind,
    DecisionKind.SCOPE: ScopeKind,
    DecisionKind.SCHEDULE: ScheduleKind,
    DecisionKind.BUDGET: BudgetKind,
    DecisionKind.ARBITRATION: ArbitrationKind,
    DecisionKind.APPOINTMENT: AppointmentKind,
    DecisionKind.DELEGATION: DelegationKind,
    DecisionKind.COMMUNICATION: CommunicationKind,
}
KINDS = {code: CLASSES.get(code, Kind)(code) for code in DecisionKind}


def kind_of(code: str) -> Kind:
    """The kind with this code."""
    return KINDS[DecisionKind(code)]


@dataclass(frozen=True)
class Line:
    """One term as the page says it: what it is about, how it stands now, how it will. Values are typed for display."""

    name: str
    label: str
    now: Any
    then: Any


def lines(kind: Kind, terms: Terms, project: Project) -> list[Line]:
    """The terms in the order of their form, beside what the project has today."""
    if kind.form is None:
        return []
    return [
        Line(name, str(field.label), getattr(project, name, None), _shown(name, terms[name]))
        for name, field in kind.form.base_fields.items()
        if name in terms
    ]


def _shown(name: str, text: str) -> Any:
    if name in {"holder", "delegate"}:
        return _person(text)
    if name == "kinds":
        return ", ".join(str(DecisionKind(kind).label) for kind in from_text(name, text))
    return from_text(name, text)


def _person(key: str) -> User:
    return User.objects.get(key=UUID(key))


def _in_service(key: str) -> User:
    person = _person(key)
    if not person.is_active:
        raise ValidationError(_("The account of %(person)s is closed."), params={"person": person})
    return person


def _period(terms: Terms) -> dict[str, Any]:
    """`starts_on` and `ends_on` (both inclusive days) as the `starts_at` and `ends_at` of a service."""
    first, last = terms.get("starts_on"), terms.get("ends_on")
    return {
        "starts_at": _midnight(date.fromisoformat(first)) if first else None,
        "ends_at": _midnight(date.fromisoformat(last) + timedelta(days=1)) if last else None,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
