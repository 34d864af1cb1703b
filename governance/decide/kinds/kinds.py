"""Kinds of decision of the core: project terms, roles, gates, delegated signatures."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.acts import act_time, is_back_entry
from core.record.meaning import TOO_LITTLE, is_meaningful
from core.record.sealing import parse_term, term_of
from core.templatetags.ui import day, euros
from governance.decide.kinds.base import CHANGED_SINCE, Change, FirstWords, Kind, Need, Part, Text, needs_terms
from governance.decide.kinds.fields import Terms, TermsForm
from governance.decide.kinds.forms import AppointmentForm, DelegationForm, GateForm, MessageForm, ProjectTermsForm
from governance.decide.kinds.registry import register
from governance.decide.kinds.supplier_choice import SupplierKind
from governance.workflow import STILL_DECIDED
from projects.enums import AT_REST, ProjectState
from projects.models import Delegation, Mandate, Matrix, Project
from projects.organisation_settings.queries import zone
from projects.project.gates import places_sql
from projects.project.words import say_of
from projects.seats.launch.checklist import Item, missing_checks
from projects.seats.mandates.fields import CHAMPION_OF_NOTHING
from projects.seats.mandates.services import (
    appoint,
    delegate,
    describe_dependence,
    end_mandate,
    find_dependence,
    revoke,
    role_on,
)
from projects.seats.matrix.offers import describe_differences
from roles.enums import DecisionKind, Gate, Nature
from roles.models import User
from roles.role_templates.lint import findings

#: Days within which the owner decides on a proposal that an upgrade prepared, unless its author changes them.
DAYS_TO_DECIDE = timedelta(days=30)
NOT_OURS = _("This version of the roles is not the project's.")
CLOSED_BY_ITS_GATE = _("A project is closed by its last gate only: keep the reopening, and propose that gate.")
BY_ITS_OWN_DECISION = _("A project is suspended, resumed, abandoned and reopened by decisions of their own: keep it.")
WITH_THE_LAUNCH = _("Roles are approved with the first gate only. For another gate, write a proposal for the roles.")
ADAPTED_ROLES = _("These roles were adapted or approved since: write a proposal for the roles.")
APART = _("The roles that propose and advise on roles differ from those for gates: write a proposal for the roles.")
NOT_LAUNCHED = _("The project has not been launched: its owner approves the gate of the launch first.")


# — the terms of the project —


#: What may refuse a budget: each takes the project and the amount, and returns why. Capabilities above add theirs.
BOUNDS: list[Callable[[Project, Decimal | None], str]] = []


class ProjectTerm(Part):
    """A column of the project; undo restores it unless something else changed it since."""

    #: Value of the empty column.
    empty: ClassVar[Any] = ""

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Refuse when the column has changed since."""
        return "" if self.write(getattr(project, self.field)) == effect.after else CHANGED_SINCE

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Restore the column. Raises ValidationError when it has changed since."""
        project = decision.proposal.project
        if obstacle := self.find_obstacle(effect, project):
            raise ValidationError(str(obstacle))
        setattr(project, self.field, self.read(effect.before) if effect.before else self.empty)
        project.save()
        yield Change(project, effect.field, effect.after, effect.before)

    def read(self, text: str) -> Any:
        """Parse the text of an effect."""
        return text

    def write(self, value: Any) -> str:
        """Return the text of an effect for a value."""
        return str(value or "")


class FormTerm(ProjectTerm):
    """A column of the project with a form field."""

    def read(self, text: str) -> Any:
        return _project_field(self.field).from_text(text)

    def write(self, value: Any) -> str:
        return str(_project_field(self.field).to_text(value))


class ScopePart(FormTerm):
    field = "scope"
    done = undone = _("Scope of the project: %(after)s")


class EndPart(FormTerm):
    field = "ends_on"

    def describe(self, effect: Any) -> str:
        """Describe the change with both days."""
        before, after = (day(self.read(text)) if text else "" for text in (effect.before, effect.after))
        return _("End of the project: %(before)s → %(after)s") % {"before": before, "after": after}


class BudgetPart(FormTerm):
    field = "budget"
    empty = None

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Refuse also a former budget that something bounds now."""
        former = self.read(effect.before) if effect.before else None
        found = (bound(project, former) for bound in BOUNDS)
        return super().find_obstacle(effect, project) or next(filter(None, found), "")

    def describe(self, effect: Any) -> str:
        """Describe the change with both amounts."""
        before, after = (euros(self.read(text)) if text else "" for text in (effect.before, effect.after))
        return _("Budget of the project: %(before)s → %(after)s") % {"before": before, "after": after}


def _project_field(name: str) -> Any:
    return ProjectTermsForm.base_fields[name]


class LaunchedKind(Kind):
    """A kind for launched projects only: before the launch there is nothing to change or accept."""

    without_terms = _("An approval lets the described change be made. The scope, end and budget stay as they are.")

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require the launch first."""
        gaps = super().gaps(content, project)
        if project.state == ProjectState.DRAFT and not is_back_entry():
            gaps["kind"] = str(NOT_LAUNCHED)
        return gaps


class ProjectKind(Kind):
    """A kind that may change the terms of the project: scope, end, budget."""

    form: ClassVar[type[TermsForm] | None] = ProjectTermsForm
    differing: ClassVar[tuple[str, ...]] = ("scope", "ends_on", "budget")
    parts: ClassVar[tuple[Part, ...]] = (ScopePart(), EndPart(), BudgetPart())

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the named terms of the project; other keys of a working text change nothing."""
        return super().changes(terms) | self._named(terms)

    def now(self, term: str, project: Project) -> Any:
        return getattr(project, term) if term in ProjectTermsForm.base_fields else None

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        changed = False
        for name in sorted(self._named(content.terms)):
            field = _project_field(name)
            before, value = field.to_text(getattr(project, name)), field.from_text(content.terms[name])
            if field.to_text(value) != before:
                setattr(project, name, value)
                changed = True
                yield Change(project, name, before, field.to_text(value))
        if project.ends_on < project.starts_on:
            raise ValidationError(_("The project would end before it starts."))
        if changed:
            project.save()
        yield from super().apply(project, content, actor)

    @staticmethod
    def _named(terms: Terms) -> frozenset[str]:
        return frozenset(terms) & frozenset(ProjectTermsForm.base_fields)


class ChangeKind(LaunchedKind, ProjectKind):
    """A change of the project's terms."""

    evidence = _("The request for change with its estimate.")
    needed: ClassVar = {
        "impact_scope": _("Describe the impact on scope."),
        "impact_cost": _("Describe the impact on cost."),
    }


class ScopeKind(ProjectKind):
    """A change of scope."""

    evidence = _("The project charter with its changes marked.")
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}
    needed_terms: ClassVar = {"scope": _("State the new scope.")}
    needs = needs_terms("scope")


class ScheduleKind(ProjectKind):
    evidence = _("The schedule before and after.")
    needed: ClassVar = {"impact_schedule": _("Describe the impact on schedule.")}
    needed_terms: ClassVar = {"ends_on": _("Enter the new end of the project.")}
    needs = needs_terms("ends_on")


class BudgetKind(ProjectKind):
    evidence = _("The budget before and after, with the quotations.")
    needed: ClassVar = {"impact_cost": _("Describe the impact on cost.")}
    needed_terms: ClassVar = {"budget": _("Enter the new budget of the project.")}
    needs = (Need("NEW.terms ->> 'budget' ~ '^[0-9]+([.][0-9]+)?$'", "A budget decision has its figures"),)


class OptionPart(Part):
    field = "retained_option"
    is_free_text = True
    done = _("Option retained: %(after)s")
    undone = _("Option no longer retained: %(before)s")


class ArbitrationKind(ProjectKind):
    """A choice between options, recorded with the terms it changes."""

    evidence = _("The comparison of the options.")
    without_terms = _("The option you choose is retained. Nothing else changes.")
    retains = True
    parts: ClassVar[tuple[Part, ...]] = (*ProjectKind.parts, OptionPart())

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"retained_option"}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        yield Change(project, "retained_option", "", content.option_title)
        yield from super().apply(project, content, actor)


# — roles and their holders —


class RolesPart(Part):
    field = "matrix"
    done = _("Roles approved: version %(number)s")
    undone = _("Roles no longer approved: version %(number)s")

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Refuse when another version is in force."""
        in_force = project.matrix and project.matrix_approved and str(project.matrix.number) == effect.after
        return "" if in_force else CHANGED_SINCE

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Restore the previously approved version. Raises ValidationError when another one is in force."""
        project = decision.proposal.project
        if obstacle := self.find_obstacle(effect, project):
            raise ValidationError(str(obstacle))
        project.matrix_approved = bool(effect.before)
        if effect.before:
            project.matrix = project.matrices.get(number=int(effect.before))
        project.save()
        yield Change(project, effect.field, effect.after, effect.before)


class ProviderGatePart(ProjectTerm):
    field = "provider_gate"
    named = "gate"
    done = _("Provider appointed by gate %(gate)s")
    undone = _("Provider no longer appointed by gate %(gate)s")


class HolderPart(Part):
    """A role given; undo ends the mandate."""

    field = "holder"
    heading = _("Roles and signatures given")
    subject = Mandate
    done = _("Role given")
    undone = _("Role ended")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """End the mandate, unless it is over."""
        mandate = Mandate.objects.get(pk=effect.subject_id)
        if mandate.ends_at is None or mandate.ends_at > act_time():
            yield Change(end_mandate(actor=actor, mandate=mandate), effect.field, effect.after, "")


ROLES = RolesPart()


class AppointmentKind(Kind):
    """Approve roles, set the gate of the provider, or give a role as the owner would directly (R3)."""

    evidence = _("The letter of appointment.")
    decides_at_rest = frozenset({ProjectState.SUSPENDED})
    form = AppointmentForm
    differing = ("holder", "starts_on", "ends_on")
    parts: ClassVar[tuple[Part, ...]] = (ROLES, ProviderGatePart(), HolderPart())
    needs = (
        Need(
            "jsonb_exists_any(NEW.terms, ARRAY['matrix', 'provider_gate', 'role'])",
            "An appointment approves roles, sets the gate of the provider or gives a role",
        ),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require role and person together, and complete roles before they go to the owner (R4)."""
        terms = content.terms
        gaps = super().gaps(content, project)
        if not {"matrix", "provider_gate", "role", "holder"} & set(terms):
            gaps["terms-role"] = str(_("Select what is approved: roles, the gate of the provider, or a role to fill."))
        if bool(terms.get("role")) != bool(terms.get("holder")):
            missing = "holder" if terms.get("role") else "role"
            gaps[f"terms-{missing}"] = str(_("Select both the role and the person, or neither."))
        if terms.get("champion") and not terms.get("group"):
            gaps["terms-group"] = str(CHAMPION_OF_NOTHING)
        gaps |= _find_dependence_gap(project, terms)
        if "matrix" in terms and (lacks := _list_missing(find_version(project, terms))):
            gaps["terms-matrix"] = " ".join(lacks)
        return gaps

    def first_words(self, terms: Terms, project: Project) -> FirstWords | None:
        if "matrix" not in terms:
            return None
        values = {"number": parse_term(terms["matrix"])[0]}
        return FirstWords(
            gettext("Roles of the project, version %(number)s") % values,
            gettext("Do you approve version %(number)s of the roles and responsibilities?") % values,
            (
                (
                    gettext("Approve version %(number)s") % values,
                    gettext("It comes into force. Permissions and obligations follow from it."),
                ),
                (
                    gettext("Revise it first"),
                    gettext("The roles in force stay until you approve another version."),
                ),
            ),
            _write_prepared_texts(find_version(project, terms), project),
        )

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the named ones of roles, provider gate and holder."""
        parts = {"matrix": "matrix", "provider_gate": "provider_gate", "role": "holder"}
        return super().changes(terms) | {part for term, part in parts.items() if term in terms}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Bring the roles into force, set the gate of the provider, give the role."""
        terms = content.terms
        changed = [change for change in (_approve_roles(project, terms), _set_provider_gate(project, terms)) if change]
        if changed:
            project.save()
            yield from changed
        if "role" in terms:
            mandate = appoint(
                actor=actor,
                project=project,
                role=role_on(project, terms["role"]),
                holder=_get_active_person(terms["holder"]),
                group=terms.get("group", ""),
                champion="champion" in terms,
                independence_waived="independence" in terms,
                **_period(terms),
            )
            yield Change(mandate, "holder", "", terms["holder"])
        yield from super().apply(project, content, actor)


def _write_prepared_texts(matrix: Matrix | None, project: Project) -> dict[str, Any]:
    """Return the texts of a proposal for a version that an upgrade prepared, from what it changes."""
    if matrix is None or not matrix.is_prepared or project.matrix is None:
        return {}
    changes = describe_differences(project.matrix.read(), matrix.read())
    return {
        "context": f"{matrix.reason}\n{changes}",
        "recommended": "A",
        "recommendation": gettext(
            "These are the roles that the organisation publishes today. What this project has adapted stays."
        ),
        "impact_scope": gettext("None. Permissions and obligations follow the new version from its approval."),
        "risks": gettext("None: obligations already fulfilled stay fulfilled."),
        "evidence": gettext("The roles of the project, version %(number)s") % {"number": matrix.number},
        "decide_by": timezone.localdate() + DAYS_TO_DECIDE,
    }


def _find_dependence_gap(project: Project, terms: Terms) -> dict[str, str]:
    """Require a reason for a person whose organisation is on the side of one that holds an incompatible role (R8)."""
    reason = terms.get("independence", "")
    if reason and not is_meaningful(reason):
        return {"terms-independence": str(TOO_LITTLE)}
    if reason or not (terms.get("role") and terms.get("holder")):
        return {}
    person, period = User.objects.select_related("organisation").get(key=UUID(terms["holder"])), _period(terms)
    start, end = max(period["starts_at"] or act_time(), act_time()), period["ends_at"]
    if end and end <= start:
        return {}
    role = role_on(project, terms["role"])
    dependence = find_dependence(project, role, person, DateTimeTZRange(start, end))
    return {"terms-independence": describe_dependence(person, role, dependence)} if dependence else {}


def _approve_roles(project: Project, terms: Terms) -> Change | None:
    """Bring the matrix version that `terms` name into force, approved; None when they name none."""
    if "matrix" not in terms:
        return None
    matrix = find_version(project, terms)
    if matrix is None or (lacks := _list_missing(matrix)):
        raise ValidationError(NOT_OURS if matrix is None else lacks)
    if left_out := _list_held_but_dropped(project, matrix):
        sentence = _("This version leaves out a role that is filled, %(roles)s. End the mandate first.")
        raise ValidationError(sentence, params={"roles": ", ".join(left_out)})
    return bring_into_force(project, matrix)


def bring_into_force(project: Project, matrix: Matrix) -> Change | None:
    """Put a version of the roles in force, approved, on a project that is saved afterwards."""
    before = str(project.matrix.number) if project.matrix and project.matrix_approved else ""
    project.matrix, project.matrix_approved = matrix, True
    return Change(project, "matrix", before, str(matrix.number)) if before != str(matrix.number) else None


def find_version(project: Project, terms: Terms) -> Matrix | None:
    """Return the matrix version that `terms` name by number and hash, if it belongs to the project."""
    number, fingerprint = parse_term(terms["matrix"])
    return project.matrices.filter(number=number, hash=fingerprint).first()


def _list_missing(matrix: Matrix | None) -> list[str]:
    """List why the owner cannot approve these roles: activities without a role (R4)."""
    if matrix is None:
        return [str(NOT_OURS)]
    return [finding.sentence for finding in findings(matrix.read()) if finding.line]


def _list_held_but_dropped(project: Project, matrix: Matrix) -> list[str]:
    """List the codes of roles held now or later that this version drops."""
    held = project.mandates.not_over(act_time()).values_list("role__code", flat=True).distinct()
    return sorted(set(held) - {role.code for role in matrix.read().roles})


def _set_provider_gate(project: Project, terms: Terms) -> Change | None:
    before, after = project.provider_gate, terms.get("provider_gate", project.provider_gate)
    project.provider_gate = after
    return Change(project, "provider_gate", before, after) if before != after else None


class DelegatePart(Part):
    """A delegated signature; undo revokes the delegation."""

    field = "delegate"
    heading = HolderPart.heading
    subject = Delegation
    done = _("Signature delegated")
    undone = _("Delegation ended")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Revoke the delegation, unless it is over."""
        delegation = Delegation.objects.select_related("mandate").get(pk=effect.subject_id)
        if delegation.period.upper > act_time():
            yield Change(revoke(actor=actor, delegation=delegation), effect.field, effect.after, "")


class DelegationKind(Kind):
    """Delegate a signature as the owner would directly (R1)."""

    evidence = _("The act of delegation, signed.")
    form = DelegationForm
    differing = ("delegate", "kinds", "cap", "starts_on", "ends_on")
    parts: ClassVar[tuple[Part, ...]] = (DelegatePart(),)
    needed_terms: ClassVar = {
        "delegate": _("Name the delegate."),
        "kinds": _("Choose the kinds of decision."),
        "ends_on": _("Enter the last day of the delegation."),
        "document": _("Name the act document."),
    }
    needs = needs_terms("delegate", "kinds", "ends_on", "document")

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"delegate"}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        given = delegate(
            actor=actor,
            project=project,
            to=_get_active_person(terms["delegate"]),
            kinds=self.value("kinds", terms),
            cap=self.value("cap", terms),
            document=terms["document"],
            **_period(terms),
        )
        yield Change(given, "delegate", "", terms["delegate"])
        yield from super().apply(project, content, actor)


class CommunicationPart(Part):
    field = "communication"
    heading = _("Communications")
    is_free_text = True
    done = _("Can be communicated: %(after)s")
    undone = _("No longer to be communicated: %(before)s")


class CommunicationKind(Kind):
    """Allow a communication."""

    evidence = _("The message or the plan as it will be sent.")
    without_terms = _("What is proposed can be communicated.")
    form = MessageForm
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}
    needs = (
        Need(
            "EXISTS (SELECT FROM jsonb_each_text(NEW.terms) AS term(name, value) WHERE term.value <> '')",
            "A communication decision says what is communicated",
        ),
    )
    parts: ClassVar[tuple[Part, ...]] = (CommunicationPart(),)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a message, or another term that says what is communicated."""
        gaps = super().gaps(content, project)
        if not any(content.terms.values()):
            gaps["terms-message"] = str(_("Enter what is communicated."))
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"communication"}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Record the allowed communication, then apply the additions."""
        yield Change(project, "communication", "", content.title)
        yield from super().apply(project, content, actor)


# — gates —

#: Project state after passing a gate.
PASSED = {Gate.G0: ProjectState.ACTIVE, Gate.G5: ProjectState.CLOSED}


#: What an effect says of the state that a project takes, else of the one it leaves.
BECAME = {
    ProjectState.SUSPENDED: _("Project suspended"),
    ProjectState.CLOSED: _("Project closed"),
    ProjectState.ABANDONED: _("Project abandoned"),
}
LEFT = {
    ProjectState.SUSPENDED: _("Project resumed"),
    ProjectState.CLOSED: _("Project no longer closed"),
    ProjectState.ABANDONED: _("Project no longer abandoned"),
}


class GatePart(ProjectTerm):
    field = "gate"

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Keep a reopening, because a project is closed by its last gate only, and what is decided by itself."""
        if effect.before in {Gate.G5, ProjectState.CLOSED}:
            return CLOSED_BY_ITS_GATE
        if {effect.before, effect.after} & {ProjectState.SUSPENDED, ProjectState.ABANDONED}:
            return BY_ITS_OWN_DECISION
        return super().find_obstacle(effect, project)

    def describe(self, effect: Any) -> str:
        is_passed = effect.after > effect.before
        gate = effect.decision.project.name_gate(effect.after if is_passed else effect.before)
        sentence = _("Gate passed: %(gate)s") if is_passed else _("Gate no longer passed: %(gate)s")
        return sentence % {"gate": gate.code}


class StatePart(GatePart):
    field = "state"

    def describe(self, effect: Any) -> str:
        if effect.after == ProjectState.DRAFT and effect.before == ProjectState.ACTIVE:
            return str(say_of(_("Project no longer launched"), effect.decision.project))
        words = BECAME.get(effect.after) or LEFT.get(effect.before) or _("Project launched")
        return str(say_of(words, effect.decision.project))


#: SQL condition: gate G0 approves the first version of the roles, which nobody has adapted. Who proposes may propose
#: roles too, and every role that advises on roles advises on gates (ADR 58).
LAUNCHES_WITH_ITS_ROLES = """NOT jsonb_exists(NEW.terms, 'matrix') OR NEW.terms ->> 'gate' = 'G0' AND EXISTS (
    SELECT FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id
    WHERE p.id = file.project_id AND NOT p.matrix_approved AND x.number = 1
      AND NEW.terms ->> 'matrix' = '1:' || x.hash
      AND NOT EXISTS (SELECT FROM public.projects_matrix y WHERE y.project_id = p.id AND y.number > 1)
      AND jsonb_exists(x.powers -> file.author_role -> 'propose', 'appointment')
      AND NOT EXISTS (
        SELECT FROM jsonb_each(x.powers) AS power(code, letters)
        WHERE jsonb_exists(letters -> 'advise', 'appointment') AND NOT jsonb_exists(letters -> 'advise', 'gate')
          AND code <> file.author_role))"""


#: SQL condition: the gate is one of the level of the project. What is entered afterwards may name an earlier one.
OF_ITS_LEVEL = f"""public.ouvrage_back_entry() IS NOT NULL OR EXISTS (
      SELECT FROM public.projects_project p WHERE p.id = file.project_id
        AND NEW.terms ->> 'gate' = ANY ({places_sql("p")}))"""


class GateKind(Kind):
    """Pass a gate, the next one or, for a reason, a later one (ADR 20).

    G0 launches the project, only once every role is defined (R3); it may approve the first roles in the same decision
    (ADR 58). G5 closes it. A programme and a portfolio pass the gates of their level (projects.project.gates).
    """

    evidence = _("The report on what the gate asks for.")
    form = GateForm
    parts: ClassVar[tuple[Part, ...]] = (GatePart(), StatePart(), ROLES)
    needed_terms: ClassVar = {"gate": _("Choose the gate.")}
    needs = (
        *needs_terms("gate"),
        Need(LAUNCHES_WITH_ITS_ROLES, "Gate G0 approves the first roles of the project, unchanged, and no others"),
        Need(OF_ITS_LEVEL, "A gate is one of those of the level"),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require gates in order, or a reason to skip some: launch once, then later gates, until it is closed."""
        gaps = super().gaps(content, project)
        gate = content.terms.get("gate")
        if gate and (obstacle := _find_obstacle(gate, project)):
            gaps["terms-gate"] = str(obstacle)
        elif skipped := _find_skipped(content.terms, project):
            gaps["terms-skips"] = str(skipped)
        if "matrix" in content.terms and (gap := _find_roles_gap(content, project)):
            gaps["terms-matrix"] = str(gap)
        return gaps

    def first_words(self, terms: Terms, project: Project) -> FirstWords | None:
        if "gate" not in terms:
            return None
        values = {"gate": project.name_gate(terms["gate"]).code}
        if "matrix" in terms:
            return FirstWords(
                say_of(_("Roles of the project and gate %(gate)s"), project) % values,
                say_of(
                    _("Do you approve the roles and responsibilities, and can the project pass gate %(gate)s?"), project
                )
                % values,
                (
                    (
                        gettext("Approve the roles and pass gate %(gate)s") % values,
                        gettext("Permissions and obligations follow from the roles. The work starts."),
                    ),
                    (gettext("Not now"), gettext("The roles and the gate come back to you.")),
                ),
            )
        return FirstWords(
            gettext("Passing gate %(gate)s") % values,
            say_of(_("Can the project pass gate %(gate)s?"), project) % values,
            (
                (gettext("Pass gate %(gate)s") % values, ""),
                (gettext("Not now"), gettext("The gate comes back to you once nothing is missing.")),
            ),
        )

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """List what the launch lacks, or why the gate cannot be passed."""
        gate, obstacles = content.terms.get("gate", ""), super().obstacles(content, project)
        if obstacle := _find_obstacle(gate, project):
            return [str(obstacle), *obstacles]
        if skipped := _find_skipped(content.terms, project):
            obstacles.insert(0, str(skipped))
        if gate != Gate.G0:
            return obstacles
        with_it = {Item.ROLES_APPROVED} if "matrix" in content.terms else set()
        return [*(check.sentence for check in missing_checks(project) if check.item not in with_it), *obstacles]

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the passed gate, the roles it approves, and the project state at launch and closing."""
        passed = {"gate", "state"} if terms.get("gate") in PASSED else {"gate"}
        return super().changes(terms) | passed | ({"matrix"} & set(terms))

    def remedy(self, project: Project) -> tuple[str, Text]:
        return reverse("governance:launch:launch", args=[project.code]), _("What the launch asks for")

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the additions, then approve the roles and pass the gate."""
        gate, before = content.terms["gate"], project.state
        if missing := self.obstacles(content, project):
            raise ValidationError(missing)
        yield from super().apply(project, content, actor)
        if project.name_gate(gate).repeats:
            return
        passed, approved = project.gate, _approve_roles(project, content.terms)
        # An earlier gate may be entered afterwards. The project then keeps its later gate, and the effect states no
        # previous gate.
        project.gate, project.state = max(passed, gate), PASSED.get(gate, before)
        project.save()
        if approved:
            yield approved
        if gate != passed:
            yield Change(project, "gate", passed if passed < gate else "", gate)
        if project.state != before:
            yield Change(project, "state", before, project.state)


def _find_roles_gap(content: Any, project: Project) -> Text:
    """Return why the roles cannot be approved with this gate; the SQL twin is LAUNCHES_WITH_ITS_ROLES."""
    matrix, terms = project.matrix, content.terms
    if terms.get("gate") != Gate.G0:
        return WITH_THE_LAUNCH
    if matrix is None or project.matrix_approved or project.matrices.count() > 1:
        return ADAPTED_ROLES
    if terms["matrix"] != term_of(matrix.number, matrix.hash):
        return NOT_OURS
    author, kind = content.proposal.author_role if content.proposal_id else "", DecisionKind.APPOINTMENT
    letters = {code: powers.get(Nature.ADVISE, []) for code, powers in matrix.powers.items() if code != author}
    unheard = [code for code, kinds in letters.items() if kind in kinds and DecisionKind.GATE not in kinds]
    if unheard or (author and kind not in matrix.powers[author].get(Nature.PROPOSE, [])):
        return APART
    return " ".join(_list_missing(matrix))


def _find_obstacle(gate: str, project: Project) -> Text | None:
    """Return why the project cannot pass `gate` now; None when it can, or when entered afterwards."""
    if is_back_entry():
        return None
    if project.state in AT_REST:
        return STILL_DECIDED[project.state]
    named = {known.place: known for known in project.gates}
    if gate not in named:
        return _("Select a gate of this level.")
    if gate == Gate.G0 and project.state != ProjectState.DRAFT:
        return _("The project has been launched already: the gate of the launch is passed once.")
    if gate != Gate.G0 and project.state == ProjectState.DRAFT:
        return NOT_LAUNCHED
    if project.gate and gate <= project.gate and not named[Gate(gate)].repeats:
        return _("The project has passed gate %(gate)s. Select a later gate.") % {
            "gate": project.name_gate(project.gate).code
        }
    return None


def _find_skipped(terms: Terms, project: Project) -> Text | None:
    """Return the message on gates that are skipped without a reason; None when none is, or when entered afterwards."""
    gate, passed = terms.get("gate", ""), project.gate or ("" if project.state == ProjectState.DRAFT else Gate.G0)
    skipped = [known for known in project.gates if passed < known.place < gate and not known.repeats]
    if is_back_entry() or project.is_over or not skipped or is_meaningful(terms.get("skips", "")):
        return None
    return _("Gate %(gate)s comes first. Enter the reason for skipping it.") % {"gate": skipped[0].code}


# — people and periods —


def _get_active_person(key: str) -> User:
    person = User.objects.get(key=UUID(key))
    if not person.is_active:
        raise ValidationError(_("The account of %(person)s is closed."), params={"person": person})
    return person


def _period(terms: Terms) -> dict[str, Any]:
    """Convert the inclusive days `starts_on` and `ends_on` to `starts_at` and `ends_at` of a service."""
    first, last = terms.get("starts_on"), terms.get("ends_on")
    return {
        "starts_at": _midnight(date.fromisoformat(first)) if first else None,
        "ends_at": _midnight(date.fromisoformat(last) + timedelta(days=1)) if last else None,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


for kind in (
    AppointmentKind(DecisionKind.APPOINTMENT),
    DelegationKind(DecisionKind.DELEGATION),
    ChangeKind(DecisionKind.CHANGE),
    LaunchedKind(DecisionKind.MINOR_CHANGE),
    ScopeKind(DecisionKind.SCOPE),
    ScheduleKind(DecisionKind.SCHEDULE),
    BudgetKind(DecisionKind.BUDGET),
    ArbitrationKind(DecisionKind.ARBITRATION),
    GateKind(DecisionKind.GATE),
    SupplierKind(DecisionKind.SUPPLIER_CHOICE),
    CommunicationKind(DecisionKind.COMMUNICATION),
):
    register(kind)
