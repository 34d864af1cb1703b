"""Entry criteria of a gate, computed from the rows of the project (domain.md §6).

Only a launch cannot be approved with a gap (R3). At other gates the owner reads the gaps and decides, with a word on
each. guards.py asks for the words too, as far as rows tell.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.acts import act_time
from governance.decide.kinds.snapshots import Item as Missing
from pmo import business_side
from pmo.registers.risks.queries import list_unaccepted_red
from pmo.standards.conformity.check_inputs import load_inputs
from pmo.standards.conformity.due import due_checkpoints
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import CheckpointStanding, list_standings
from pmo.steering.gates.enums import COVERED_FROM
from pmo.steering.gates.level_criteria import LEVEL_CRITERIA, LevelCriterion, list_level_criteria
from projects.enums import Workspace
from projects.models import Project
from projects.organisation_settings.queries import day_of
from projects.project.gates import OF_A_PROJECT
from projects.seats.launch.checklist import Item, checklist_of, missing_providers
from roles.enums import Gate

#: Automatic checks whose inputs the criteria read, whatever is due.
READ = ("roles_defined", "must_requirements_covered")


@dataclass(frozen=True)
class Criterion:
    """Entry criterion: result, explanation, link to the page that settles it, and what it finds missing.

    No word of the owner passes one that is strict.
    """

    name: str
    label: str
    met: bool
    sentence: str
    link: str
    missing: tuple[Missing, ...] = ()
    is_strict: bool = False


#: Label of each criterion, by its name.
LABELS = {
    "roles": gettext_lazy("Roles"),
    "standards": gettext_lazy("Standards due"),
    "risks": gettext_lazy("Red risks accepted or treated"),
    "musts": gettext_lazy("Must-have requirements covered"),
    **{criterion.name: criterion.label for criterion in LEVEL_CRITERIA},
}


def list_criteria(project: Project, gate: Gate) -> list[Criterion]:
    """List the entry criteria of `gate` as of now."""
    return evaluate_gate(project, gate, act_time())[1]


def evaluate_gate(
    project: Project, gate: Gate, now: datetime, *, approves_roles: bool = False
) -> tuple[list[CheckpointStanding], list[Criterion]]:
    """Return the standings of the checkpoints due at `gate`, and its entry criteria of the workspaces switched on.

    `approves_roles`: the decision that passes the gate approves the roles too.
    """
    due = due_checkpoints(project, gate, now) if project.has(Workspace.STANDARDS) else []
    asked = {checkpoint.computed for checkpoint in due}.union(READ)
    [seen] = load_inputs(Project.objects.filter(pk=project.pk), sorted(asked), now)
    rows = list_standings(project, due, now, seen)
    criteria = [_check_roles(seen, gate, {Item.ROLES_APPROVED} if approves_roles else ())]
    if project.has(Workspace.STANDARDS):
        criteria.append(_check_standards(project, gate, rows))
    if project.has(Workspace.RISKS):
        criteria.append(_check_risks(project, now))
    is_project = project.gates is OF_A_PROJECT
    if is_project and gate >= COVERED_FROM and business_side.IS_INSTALLED and project.has(Workspace.REQUIREMENTS):
        criteria.append(_check_musts(seen))
    criteria += [_check_level(criterion, project, now) for criterion in list_level_criteria(project, gate)]
    return rows, criteria


def filter_mandatory(rows: Sequence[CheckpointStanding]) -> list[CheckpointStanding]:
    """Filter to checkpoints of mandatory standards."""
    return [row for row in rows if row.checkpoint.version.mandatory]


def _check_roles(project: Any, gate: Gate, but: Container[Item]) -> Criterion:
    missing = [check.label for check in checklist_of(project) if not check.done and check.item not in but]
    if project.provider_gate and gate >= project.provider_gate:
        missing += missing_providers(project, {mandate.role.code for mandate in project.seats_})
    sentence = _("Every role is defined, approved and filled.")
    if missing:
        sentence = _("Missing: %(items)s.") % {"items": ", ".join(missing)}
    link = reverse("governance:launch:launch", args=[project.code])
    return Criterion("roles", str(LABELS["roles"]), not missing, sentence, link, tuple(map(Missing, missing)))


def _check_standards(project: Project, gate: Gate, rows: Sequence[CheckpointStanding]) -> Criterion:
    due = filter_mandatory(rows)
    failed = [row for row in due if row.standing in FAILED]
    unanswered = [row for row in due if row.standing == Standing.UNANSWERED]
    link = f"{reverse('pmo:conformity:conformity', args=[project.code])}?gate={gate}"
    sentence = _("No mandatory standard is due at this gate.")
    if due:
        words = _("Checkpoints of mandatory standards: %(all)d due, %(failed)d not met, %(open)d unanswered.")
        sentence = words % {"all": len(due), "failed": len(failed), "open": len(unanswered)}
    missing = tuple(describe_checkpoint(row) for row in (*failed, *unanswered))
    return Criterion("standards", str(LABELS["standards"]), not missing, sentence, link, missing)


def describe_checkpoint(row: CheckpointStanding) -> Missing:
    """Return the reference and the text of a checkpoint, as a snapshot names it."""
    return Missing(row.name, row.checkpoint.text)


def _check_risks(project: Project, now: datetime) -> Criterion:
    codes = [risk.code for risk in list_unaccepted_red(project, now)]
    sentence = _("No open risk is red without being accepted.")
    if codes:
        words = ngettext("%(codes)s is red and not accepted.", "%(codes)s are red and not accepted.", len(codes))
        sentence = words % {"codes": ", ".join(codes)}
    link = f"{reverse('pmo:risks:risk_list', args=[project.code])}?matter=unaccepted&band=red"
    return Criterion("risks", str(LABELS["risks"]), not codes, sentence, link, tuple(map(Missing, codes)))


def _check_level(criterion: LevelCriterion, project: Project, now: datetime) -> Criterion:
    lacking = criterion.find(project, day_of(now))
    missing = tuple(Missing(name) for name in lacking if name)
    label, link = str(criterion.label), criterion.link(project)
    return Criterion(criterion.name, label, not lacking, criterion.explain(lacking), link, missing, criterion.strict)


def _check_musts(project: Any) -> Criterion:
    musts, missing = project.musts_, project.uncovered_
    sentence = _("%(covered)d of %(all)d must-have requirements have a test.") % {
        "covered": musts - missing,
        "all": musts,
    }
    link = f"{reverse('pmo:dashboards:dashboard_list', args=[project.code, 'musts'])}?uncovered=1"
    return Criterion("musts", str(LABELS["musts"]), not missing, sentence, link)
