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

from governance.enums import ACCEPTANCES, OTHER_ANSWERS, Outcome
from governance.granted_waivers.granting import ALREADY_OVER, grant, is_over
from governance.granted_waivers.granting import NOT_OURS as NOT_OUR_CHECKPOINTS
from governance.granted_waivers.naming import checkpoints_of, name_of, named
from governance.kinds.forms import (
    CANNOT_BE_WAIVED,
    CHAMPION_OF_NOTHING,
    ONE_STANDARD,
    YES_OR_NO,
    AcceptanceForm,
    AppointmentForm,
    BaselineForm,
    ChangeForm,
    CommunicationForm,
    DelegationForm,
    GateForm,
    ProjectTermsForm,
    RiskAcceptanceForm,
    ScopeForm,
    StandardsForm,
    Terms,
    TermsForm,
    WaiverForm,
    as_text,
    from_text,
    period_error,
    version_named,
)
from governance.kinds.standards import adopt_and_retire, lacking_in, undecidable
from governance.mandates.services import appoint, delegate, role_on
from governance.standards.adopting import FIELD, parts
from governance.standards.days import today
from projects.acceptance.accepting import accept_passed
from projects.enums import ProjectState
from projects.matrix.launch import lacking
from projects.models import AcceptanceCampaign, Matrix, Project, RequirementBaseline, Risk, SuccessCriteriaSet
from projects.requirements import writing
from projects.requirements.models import get_baseline_in_force
from projects.risks.accepting import accept, as_put, risk_named
from projects.risks.enums import ACCEPTABLE
from projects.success import approving
from roles import acting
from roles.enums import DecisionKind, Gate
from roles.models import User
from roles.referential.lint import findings

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
    #: What the owner may answer, in the order of the form; the database refuses any other.
    outcomes: ClassVar[tuple[Outcome, ...]] = (
        Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS, *OTHER_ANSWERS,
    )  # fmt: skip

    def __init__(self, code: DecisionKind) -> None:
        self.code = code

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """What is missing before a proposal of this kind may be submitted on `project`: the field, or `terms-` and
        the term, → what to do."""
        absent = {name: text for name, text in self.needed.items() if not getattr(content, name)}
        terms = {f"terms-{name}": text for name, text in self.needed_terms.items() if not content.terms.get(name)}
        return {name: str(text) for name, text in (absent | terms).items()}

    def changes(self, terms: Terms) -> frozenset[str]:
        """The parts that an approval with these terms changes, by the `field` of its effects."""
        return frozenset()

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """What would keep an approval from taking effect today, in sentences to read before deciding."""
        return []

    def apply(self, project: Project, content: Any, actor: User) -> list[Change]:
        """Do to the project what was approved, inside the act of `actor`, who holds the decision.

        Raises ValidationError when the project has moved on so that it can no longer be done.
        """
        return list(self._apply(project, content, actor))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield from ()

    def refuse(self, project: Project, content: Any) -> None:
        """Do what a rejection does to the project, inside the act of who decides: nothing, for most kinds."""


NOT_OUR_BASELINE = _("This baseline is not the project's newest one: choose the one that was frozen last.")
NOT_OUR_CAMPAIGN = _("This campaign is not one of the project's, or is not closed.")
NOT_OUR_PLAN = _("This version of the change plan is not the project's.")
NOT_OUR_CRITERIA = _(
    "These success criteria are not the project's newest set as it stands: freeze them again, then choose that version."
)
NOT_OURS = _("This version of the roles is not the project's.")
NOT_OUR_RISK = _("This risk is not the project's, has ended, or was rated again since: choose it as it is now.")
OVER = _("The day until which the risk would be accepted is over: propose it again with a later one.")
NOT_LAUNCHED = _("The project has not been launched: its owner approves gate G0 first.")


class LaunchedKind(Kind):
    """A kind that has no object before the project runs: nothing is changed or accepted before the launch."""

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """The launch comes first."""
        gaps = super().gaps(content, project)
        if project.state == ProjectState.DRAFT and not acting.afterwards():
            gaps["kind"] = str(NOT_LAUNCHED)
        return gaps


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


class ChangeKind(LaunchedKind, ProjectKind):
    """The terms of the project change, and its requirements become those of another baseline."""

    evidence = _("The request for change with its estimate.")
    form = ChangeForm
    needed: ClassVar = {
        "impact_scope": _("Describe the impact on scope."),
        "impact_cost": _("Describe the impact on cost."),
    }

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """A baseline that is named is the newest one, and the project's."""
        return super().gaps(content, project) | _baseline_gaps(project, content.terms)

    def changes(self, terms: Terms) -> frozenset[str]:
        """The requirements too, when a baseline is named."""
        return super().changes(terms) | ({"baseline"} & set(terms))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield from super()._apply(project, content, actor)
        yield from _baseline(project, content.terms)

    def refuse(self, project: Project, content: Any) -> None:
        """What the change would have added is rejected."""
        _refuse_new(project, content.terms)


class BaselineKind(Kind):
    """Exactly the versions of a frozen set come into force (domain.md §5)."""

    evidence = _("The specification with its acceptance criteria.")
    form = BaselineForm

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Once the requirements are kept here, the set is named, and it is the newest one."""
        gaps = super().gaps(content, project) | _baseline_gaps(project, content.terms)
        if not content.terms.get("baseline") and project.requirements.exists():
            gaps["terms-baseline"] = str(_("Freeze the requirements, then choose the baseline to approve."))
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        """The baseline in force."""
        return frozenset({"baseline"} & set(terms))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield from _baseline(project, content.terms)

    def refuse(self, project: Project, content: Any) -> None:
        """What was put to the owner for the first time, and refused, is rejected."""
        _refuse_new(project, content.terms)


class AcceptanceKind(LaunchedKind):
    """The owner pronounces on what a closed campaign found; what passed all its tests is accepted."""

    evidence = _("The report of the campaign, with its defects.")
    form = AcceptanceForm
    outcomes = (*ACCEPTANCES, *OTHER_ANSWERS)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """A campaign that is named is closed, and the project's."""
        gaps = super().gaps(content, project)
        if content.terms.get("campaign") and campaign_named(project, content.terms) is None:
            gaps["terms-campaign"] = str(NOT_OUR_CAMPAIGN)
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        """What was delivered is accepted."""
        return frozenset({"acceptance"} if "campaign" in terms else ())

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if "campaign" not in content.terms:
            return
        campaign = campaign_named(project, content.terms)
        if campaign is None:
            raise ValidationError(NOT_OUR_CAMPAIGN)
        accept_passed(campaign)
        yield Change(campaign, "acceptance", "", campaign.title)


class RiskAcceptanceKind(Kind):
    """The owner accepts a residual risk: at its exact level, until a day, with what is watched meanwhile (R9)."""

    evidence = _("The risk sheet with its ratings and what was done.")
    form = RiskAcceptanceForm
    bounds: ClassVar[dict[str, Text]] = {
        "valid_until": _("Say until when: an acceptance has an end."),
        "indicator": _("Say what is measured meanwhile."),
        "trigger": _("Say what puts it to the owner again."),
    }

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Once the risks are kept here, one is named, at the rating it has, with its bounds."""
        gaps, terms = super().gaps(content, project), content.terms
        if not terms.get("risk"):
            if project.risks.open().exists():
                gaps["terms-risk"] = str(_("Choose the risk of the register to accept."))
            return gaps
        gaps |= {f"terms-{name}": str(text) for name, text in self.bounds.items() if not terms.get(name)}
        return gaps if self._risk(content, project) else gaps | {"terms-risk": str(NOT_OUR_RISK)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """The risk has moved on, or the day until which it would be accepted is over."""
        if "risk" not in content.terms:
            return []
        found = [] if self._risk(content, project) else [str(NOT_OUR_RISK)]
        until = from_text("valid_until", content.terms["valid_until"])
        return found if until >= acting.at().astimezone(ZONE).date() else [*found, str(OVER)]

    def changes(self, terms: Terms) -> frozenset[str]:
        """What is accepted, when a risk is named."""
        return frozenset({"risk_acceptance"} if "risk" in terms else ())

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        if "risk" not in terms:
            return
        risk = self._risk(content, project)
        if risk is None or (obstacles := self.obstacles(content, project)):
            raise ValidationError(obstacles if risk else [str(NOT_OUR_RISK)])
        until = from_text("valid_until", terms["valid_until"])
        accepted = accept(risk, until, terms["indicator"], terms["trigger"])
        yield Change(accepted, "risk_acceptance", "", f"{risk.code}, {accepted}")

    def _risk(self, content: Any, project: Project) -> Risk | None:
        """The risk that is named, at the rating it is named with, while it can be accepted."""
        risk = risk_named(project, content.terms.get("risk", ""))
        return risk if risk and risk.status in ACCEPTABLE else None


class ScopeKind(ProjectKind):
    """What the project covers, and the criteria its success is judged by."""

    evidence = _("The project charter with its changes marked.")
    form = ScopeForm
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}
    needed_terms: ClassVar = {"scope": _("State the new scope.")}

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """A set of success criteria that is named is the newest one, and reads as it was frozen."""
        return super().gaps(content, project) | _criteria_gaps(project, content.terms)

    def changes(self, terms: Terms) -> frozenset[str]:
        """The success criteria too, when a set is named."""
        return super().changes(terms) | ({"criteria"} & set(terms))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield from super()._apply(project, content, actor)
        yield from _criteria(project, content.terms)


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


class StandardKind(Kind):
    """Exactly the versions that are named are adopted, or retired, in the library of the project (domain.md §6)."""

    evidence = _("The text of each standard, with its checkpoints and its document template.")
    form = StandardsForm

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """What is to be adopted or retired is named, and says still what it said."""
        return super().gaps(content, project) | lacking_in(project, content.terms)

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """The versions that were rewritten, adopted or retired since the proposal named them."""
        return undecidable(project, content.terms)

    def changes(self, terms: Terms) -> frozenset[str]:
        """Each standard that is named."""
        named = ",".join(terms.get(name, "") for name in ("standards", "retires"))
        return frozenset(f"{FIELD}{code}" for code, _number, _hash in parts(named))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        for version, before, after in adopt_and_retire(project, content.terms):
            yield Change(version, f"{FIELD}{version.standard.code}", before, after)


class CommunicationKind(Kind):
    """What is communicated may go out."""

    evidence = _("The message or the plan as it will be sent.")
    form = CommunicationForm
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}

    def changes(self, terms: Terms) -> frozenset[str]:
        """What may go out, and the change plan that is named."""
        return frozenset({"communication"} | ({"plan"} & set(terms)))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield Change(project, "communication", "", content.title)
        if "plan" in content.terms:
            number, fingerprint = version_named(content.terms["plan"])
            plan = project.change_plans.filter(number=number, hash=fingerprint).first()
            if plan is None:
                raise ValidationError(NOT_OUR_PLAN)
            yield Change(plan, "plan", "", str(number))


class AppointmentKind(Kind):
    """The roles are approved, the provider may come by a gate, a role is given as the owner gives any other (R3)."""

    evidence = _("The letter of appointment.")
    form = AppointmentForm

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """A role goes with a person, a person with a role; and roles are put to the owner once nothing lacks (R4)."""
        terms = content.terms
        gaps = super().gaps(content, project)
        if bool(terms.get("role")) != bool(terms.get("holder")):
            missing = "holder" if terms.get("role") else "role"
            gaps[f"terms-{missing}"] = str(_("Give both the role and the person, or neither."))
        if terms.get("champion") and not terms.get("group"):
            gaps["terms-group"] = str(CHAMPION_OF_NOTHING)
        if "matrix" in terms and (lacks := _lacks(_version(project, terms))):
            gaps["terms-matrix"] = " ".join(lacks)
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        """The roles, the gate of the provider and the holder, as far as they are named."""
        parts = {"matrix": "matrix", "provider_gate": "provider_gate", "role": "holder"}
        return frozenset(part for term, part in parts.items() if term in terms)

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        changed = [change for change in (_roles(project, terms), _provider_gate(project, terms)) if change]
        if changed:
            project.save()
            yield from changed
        if "role" not in terms:
            return
        mandate = appoint(
            actor=actor, project=project, role=role_on(project, terms["role"]), holder=_in_service(terms["holder"]),
            group=terms.get("group", ""), champion="champion" in terms, **_period(terms),
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


class GateKind(Kind):
    """The gate is passed; G0 launches the project, which nothing does while a role is undefined (R3), G5 closes it."""

    evidence = _("The report on what the gate asks for.")
    form = GateForm
    needed_terms: ClassVar = {"gate": _("Choose the gate.")}

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """A project is launched once, then passes its gates, until it is closed."""
        gaps = super().gaps(content, project)
        gate = content.terms.get("gate")
        if gate and (obstacle := _obstacle(gate, project)):
            gaps["terms-gate"] = str(obstacle)
        return gaps | _criteria_gaps(project, content.terms)

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """What the launch lacks, or why the gate cannot be passed."""
        gate = content.terms.get("gate", "")
        if obstacle := _obstacle(gate, project):
            return [str(obstacle)]
        return [check.sentence for check in lacking(project)] if gate == Gate.G0 else []

    def changes(self, terms: Terms) -> frozenset[str]:
        """The gate it has passed; the state of the project, at its launch and closing; success criteria, if named."""
        passed = {"gate", "state"} if terms.get("gate") in PASSED else {"gate"}
        return frozenset(passed | ({"criteria"} & set(terms)))

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        gate, before = content.terms["gate"], project.state
        if missing := self.obstacles(content, project):
            raise ValidationError(missing)
        yield from _criteria(project, content.terms)
        passed = project.gate
        # An earlier gate may be entered after a later one, afterwards: the project stays where it is, and the effect
        # says that this gate was passed, not from where.
        project.gate, project.state = max(passed, gate), PASSED.get(gate, before)
        project.save()
        if gate != passed:
            yield Change(project, "gate", passed if passed < gate else "", gate)
        if project.state != before:
            yield Change(project, "state", before, project.state)


class WaiverKind(Kind):
    """Checkpoints of a standard are waived for a time; nothing waives what the standard does not let waive (R9)."""

    evidence = _("What keeps the project from the standard, and the plan to return to it.")
    form = WaiverForm
    needed_terms: ClassVar = {
        "checkpoints": _("Name the checkpoints to waive."),
        "scope": _("Say what the waiver covers."),
        "reason": _("Say why the standard cannot be met."),
        "impact": _("Describe the impact and the risk."),
        "measure": _("Say what compensates for it meanwhile."),
        "starts_on": _("Give the first day."),
        "ends_on": _("Give the last day: a waiver has an end."),
        "return_plan": _("Say how the project returns to conformity."),
        "affects_recipients": _("Say whether recipients are affected."),
    }

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Before any standard holds for the project there is nothing to name: such a waiver is only recorded."""
        terms, known = content.terms, checkpoints_of(project, today())
        if not known and not terms.get("checkpoints"):
            return {}
        gaps = super().gaps(content, project)
        for name, text in (("checkpoints", _unwaivable(project, terms)), ("ends_on", _period_gap(terms))):
            if text:
                gaps.setdefault(f"terms-{name}", str(text))
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """What is named may have left the library since, or the time asked for may be over."""
        if "checkpoints" not in content.terms:
            return []
        gap = _unwaivable(project, content.terms)
        found = [str(gap)] if gap else []
        return [*found, str(ALREADY_OVER)] if is_over(content.terms) else found

    def changes(self, terms: Terms) -> frozenset[str]:
        """The waiver it grants."""
        return frozenset({"waiver"} if "checkpoints" in terms else ())

    def _apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if "checkpoints" not in content.terms:
            return
        if gap := _unwaivable(project, content.terms):
            raise ValidationError(str(gap))
        waiver = grant(project, content)
        yield Change(waiver, "waiver", "", waiver.reference)


def _unwaivable(project: Project, terms: Terms) -> Text | None:
    """Why the checkpoints that are named cannot be waived; None when they can, or when none is named."""
    if not terms.get("checkpoints"):
        return None
    found = named(project, terms["checkpoints"], today())
    if found is None:
        return NOT_OUR_CHECKPOINTS
    if len({one.version_id for one in found}) > 1:
        return ONE_STANDARD
    barred = next((one for one in found if not one.waivable), None)
    return str(CANNOT_BE_WAIVED) % {"checkpoint": name_of(barred)} if barred else None


def _period_gap(terms: Terms) -> Text | None:
    first, last = (date.fromisoformat(terms[name]) if terms.get(name) else None for name in ("starts_on", "ends_on"))
    gap: Text | None = period_error(first, last)
    return gap


#: Where passing a gate leads the project.
PASSED = {Gate.G0: ProjectState.ACTIVE, Gate.G5: ProjectState.CLOSED}


def _obstacle(gate: str, project: Project) -> Text | None:
    """Why the project cannot pass `gate` where it stands; None when it can, or did before that was entered."""
    if acting.afterwards():
        return None
    if project.state == ProjectState.CLOSED:
        return _("The project is closed: it passes no more gate.")
    if gate == Gate.G0 and project.state != ProjectState.DRAFT:
        return _("The project has been launched already: gate G0 is passed once.")
    if gate != Gate.G0 and project.state == ProjectState.DRAFT:
        return NOT_LAUNCHED
    if project.gate and gate <= project.gate:
        return _("The project has passed gate %(gate)s: it goes on to a later one.") % {"gate": project.gate}
    return None


def baseline_named(project: Project, terms: Terms) -> RequirementBaseline | None:
    """The baseline of the project that `terms` name by number and hash."""
    number, fingerprint = version_named(terms.get("baseline", ""))
    return project.baselines.filter(number=number, hash=fingerprint).first() if number else None


def _refuse_new(project: Project, terms: Terms) -> None:
    if (baseline := baseline_named(project, terms)) is not None:
        writing.reject(project, baseline)


def _baseline_gaps(project: Project, terms: Terms) -> dict[str, str]:
    named = baseline_named(project, terms)
    if not terms.get("baseline") or (named and named.number == project.baselines.count()):
        return {}
    return {"terms-baseline": str(NOT_OUR_BASELINE)}


def _baseline(project: Project, terms: Terms) -> Iterator[Change]:
    """The baseline that `terms` name comes into force; nothing when they name none, or the one that is."""
    if "baseline" not in terms:
        return
    baseline = baseline_named(project, terms)
    held = get_baseline_in_force(project)
    if baseline is None or (held and held.number > baseline.number):
        raise ValidationError(NOT_OUR_BASELINE)
    before = str(held.number) if held else ""
    if before != str(baseline.number):
        writing.put_in_force(project, baseline)
        yield Change(project, "baseline", before, str(baseline.number))


def criteria_named(project: Project, terms: Terms) -> SuccessCriteriaSet | None:
    """The set of success criteria of the project that `terms` name by number and hash."""
    number, fingerprint = version_named(terms.get("criteria", ""))
    return project.criteria_sets.filter(number=number, hash=fingerprint).first() if number else None


def _criteria_gaps(project: Project, terms: Terms) -> dict[str, str]:
    if not terms.get("criteria") or _puttable(project, terms):
        return {}
    return {"terms-criteria": str(NOT_OUR_CRITERIA)}


def _puttable(project: Project, terms: Terms) -> SuccessCriteriaSet | None:
    """The set that `terms` name, while it is the newest one and its criteria read as they were frozen."""
    named = criteria_named(project, terms)
    if named is None or project.criteria_sets.filter(number__gt=named.number).exists() or approving.has_changed(named):
        return None
    return named


def _criteria(project: Project, terms: Terms) -> Iterator[Change]:
    """The success criteria that `terms` name are approved; nothing when they name none."""
    if "criteria" not in terms:
        return
    named = _puttable(project, terms)
    if named is None:
        raise ValidationError(NOT_OUR_CRITERIA)
    approving.put_in_force(named)
    yield Change(named, "criteria", "", str(named.number))


def campaign_named(project: Project, terms: Terms) -> AcceptanceCampaign | None:
    """The closed campaign of the project that `terms` name by number and hash."""
    number, fingerprint = version_named(terms.get("campaign", ""))
    closed = project.campaigns.filter(number=number, hash=fingerprint).exclude(hash="").select_related("closed_by")
    return acting.once(("campaign", project.pk, number, fingerprint), closed.first) if number else None


def _roles(project: Project, terms: Terms) -> Change | None:
    """The version of the matrix that `terms` name comes into force, approved; None when they name none."""
    if "matrix" not in terms:
        return None
    matrix = _version(project, terms)
    if matrix is None or (lacks := _lacks(matrix)):
        raise ValidationError(NOT_OURS if matrix is None else lacks)
    if left_out := _held_but_left_out(project, matrix):
        sentence = _("Somebody holds a role that this version leaves out, %(roles)s: end the mandate first.")
        raise ValidationError(sentence, params={"roles": ", ".join(left_out)})
    before = str(project.matrix.number) if project.matrix and project.matrix_approved else ""
    project.matrix, project.matrix_approved = matrix, True
    return Change(project, "matrix", before, str(matrix.number)) if before != str(matrix.number) else None


def _version(project: Project, terms: Terms) -> Matrix | None:
    """The version of the project's roles that `terms` name by number and hash."""
    number, fingerprint = version_named(terms["matrix"])
    return project.matrices.filter(number=number, hash=fingerprint).first()


def _lacks(matrix: Matrix | None) -> list[str]:
    """Why the owner cannot approve these roles (R4): activities that lack a role."""
    if matrix is None:
        return [str(NOT_OURS)]
    return [finding.sentence for finding in findings(matrix.read()) if finding.line]


def _held_but_left_out(project: Project, matrix: Matrix) -> list[str]:
    """The codes of roles held now or to come that this version no longer has."""
    held = project.mandates.not_over(acting.at()).values_list("role__code", flat=True).distinct()
    return sorted(set(held) - {role.code for role in matrix.read().roles})


def _provider_gate(project: Project, terms: Terms) -> Change | None:
    before, after = project.provider_gate, terms.get("provider_gate", project.provider_gate)
    project.provider_gate = after
    return Change(project, "provider_gate", before, after) if before != after else None


CLASSES: dict[DecisionKind, type[Kind]] = {
    DecisionKind.CHANGE: ChangeKind,
    DecisionKind.SCOPE: ScopeKind,
    DecisionKind.SCHEDULE: ScheduleKind,
    DecisionKind.BUDGET: BudgetKind,
    DecisionKind.ARBITRATION: ArbitrationKind,
    DecisionKind.MINOR_CHANGE: LaunchedKind,
    DecisionKind.REQUIREMENT_BASELINE: BaselineKind,
    DecisionKind.INTERIM_ACCEPTANCE: AcceptanceKind,
    DecisionKind.ACCEPTANCE: AcceptanceKind,
    DecisionKind.GATE: GateKind,
    DecisionKind.APPOINTMENT: AppointmentKind,
    DecisionKind.DELEGATION: DelegationKind,
    DecisionKind.COMMUNICATION: CommunicationKind,
    DecisionKind.STANDARD_ADOPTION: StandardKind,
    DecisionKind.RISK_ACCEPTANCE: RiskAcceptanceKind,
    DecisionKind.WAIVER: WaiverKind,
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
        Line(name, str(field.label), _now(kind, project, name), _shown(name, terms[name]))
        for name, field in kind.form.base_fields.items()
        if name in terms
    ]


def _now(kind: Kind, project: Project, name: str) -> Any:
    if not isinstance(kind, ProjectKind | BaselineKind):  # what it names is not a term of the project
        return None
    if name == "baseline":
        held = get_baseline_in_force(project)
        return _("baseline %(number)s") % {"number": held.number} if held else None
    return getattr(project, name, None)


def _shown(name: str, text: str) -> Any:
    if name in {"holder", "delegate"}:
        return _person(text)
    if name == "matrix":
        return _("version %(number)s") % {"number": version_named(text)[0]}
    if name in {"gate", "provider_gate"}:
        return Gate(text).label
    if name == "baseline":
        return _("baseline %(number)s") % {"number": version_named(text)[0]}
    if name == "campaign":
        return _("campaign %(number)s") % {"number": version_named(text)[0]}
    if name in {"plan", "criteria"}:
        return _("version %(number)s") % {"number": version_named(text)[0]}
    if name == "risk" and (named := as_put(text)):
        level = named.likelihood * named.impact
        return f"{named.code} · {named.likelihood} × {named.impact} = {level}"
    if name == "champion":
        return _("yes")
    if name in {"standards", "retires"}:
        return ", ".join(f"{code} ({_('version %(number)s') % {'number': n}})" for code, n, _sha in parts(text))
    if name == "affects_recipients":
        return dict(YES_OR_NO)[text]
    if name == "checkpoints":
        return ", ".join(from_text(name, text))
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
