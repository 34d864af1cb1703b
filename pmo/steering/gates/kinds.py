"""Entry criteria of a gate: on the dossier, frozen with its revision, and answered by the owner.

At the repeated gate of a programme, the stage that ends too.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import pgtrigger
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.acts import act_time, cached, is_back_entry
from governance.decide.decisions.models import Decision
from governance.decide.kinds.base import Behaviour, Change, Demand, Need, Part
from governance.decide.kinds.fields import ChoiceTerm, Terms, TermsForm
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import extend
from governance.decide.kinds.snapshots import Figure, Item, Snapshot, needs_snapshot
from governance.decide.proposals.models import ProposalRevision
from pmo.registers.schedule.models import Milestone
from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import CheckpointStanding
from pmo.steering.gates.criteria import LABELS, Criterion, describe_checkpoint, evaluate_gate
from pmo.steering.gates.guards import (
    ENDS_A_STAGE,
    PASSED_KNOWINGLY,
    PASSED_WITH_WHAT_IT_REQUIRES,
    SUBMITTED_WITH_ITS_GAPS,
)
from pmo.steering.gates.stages import FIELD, list_open_stages
from projects.models import Project
from projects.organisation_settings.queries import day_of
from roles.enums import DecisionKind, Gate
from roles.models import User

#: Results of which nothing is left to do: a snapshot counts their checkpoints without naming them.
DONE = frozenset({Standing.CONFORM, Standing.NOT_APPLICABLE})


class EntryCriteria(Behaviour):
    """Adds the entry criteria of the proposed gate to the dossier, and asks for a word on each that is not met."""

    needs = (Need(needs_snapshot("criteria"), "A gate is submitted with its entry criteria"),)

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        if content.terms.get("gate"):
            for criterion in _evaluate(project, content)[1]:
                if not criterion.met and not criterion.is_strict:
                    yield Demand(f"criterion:{criterion.name}", criterion.label, criterion.sentence)

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report what no word of the owner passes."""
        criteria = _evaluate(project, content)[1] if content.terms.get("gate") and not is_back_entry() else ()
        return [f"{one.label}. {one.sentence}" for one in criteria if one.is_strict and not one.met]

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        if (gate := content.terms.get("gate", "")) not in Gate.values:
            return
        rows, criteria = _evaluate(project, content)
        label = project.name_gate(gate).label
        figures = tuple(_build_figure(criterion) for criterion in criteria)
        yield Snapshot("criteria", _("Entry criteria of %(gate)s") % {"gate": label}, figures)
        if rows:
            link = next((criterion.link for criterion in criteria if criterion.name == "standards"), "")
            counts = tuple(_count(rows, standing, link) for standing in Standing)
            yield Snapshot("checkpoints", _("Checkpoints due at %(gate)s") % {"gate": label}, counts)


class StageTerm(ChoiceTerm):
    """A stage that no decision has ended, by the code of its milestone."""

    def offer(self, project: Project) -> None:
        self.choices = [("", "—"), *((stage.code, str(stage)) for stage in list_open_stages(project))]

    def display_on(self, project: Project, text: str) -> str:
        milestone = project.milestones.filter(code=text).first()
        return str(milestone or text)


class StageForm(TermsForm):
    """Choose the stage that ends; asked where a gate repeats."""

    stage = StageTerm(label=gettext_lazy("Stage that ends"), required=False)

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        if not any(gate.repeats for gate in project.gates) and "stage" not in (initial or {}):
            del self.fields["stage"]


class StagePart(Part):
    """Effect: a stage has ended; `after` is the day on which its milestone is reached."""

    field = FIELD
    subject = Milestone
    heading = gettext_lazy("Stages ended")

    def describe(self, effect: Any) -> str:
        code = effect.field.partition(":")[2]
        sentence = _("Stage ended: %(code)s") if effect.after else _("Stage no longer ended: %(code)s")
        return sentence % {"code": code}

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Lead the stage back; its milestone is no longer reached if the decision had reached it."""
        milestone = Milestone.objects.get(pk=effect.subject_id)
        if milestone.actual_on and milestone.actual_on.isoformat() == effect.after:
            milestone.actual_on = None
            milestone.save()
        yield Change(milestone, effect.field, effect.after, "")


class StageEnd(Behaviour):
    """Adds the stage that the repeated gate of a programme ends."""

    form = StageForm
    parts: ClassVar[tuple[Part, ...]] = (StagePart(),)
    needs = (Need(ENDS_A_STAGE, "The gate of a stage ends a stage of the programme, and no other gate does"),)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        obstacle = _find_stage_obstacle(content, project)
        return super().gaps(content, project) | ({"terms-stage": obstacle} if obstacle else {})

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report a stage that has ended meanwhile."""
        return list(filter(None, [_find_stage_obstacle(content, project)]))

    def changes(self, terms: Terms) -> frozenset[str]:
        return frozenset({f"{FIELD}:{terms['stage']}"} if "stage" in terms else ())

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """End the stage: its milestone is reached today, unless the schedule has its day."""
        if (code := content.terms.get("stage")) and project.name_gate(content.terms["gate"]).repeats:
            milestone = project.milestones.select_for_update().get(code=code)
            if milestone.actual_on is None:
                milestone.actual_on = day_of(act_time())
                milestone.save()
            yield Change(milestone, f"{FIELD}:{code}", "", milestone.actual_on.isoformat())


def _find_stage_obstacle(content: Any, project: Project) -> str:
    """Return why the stage cannot end by this gate; empty when it can, or when it is no gate of a stage."""
    gate, stage = content.terms.get("gate", ""), content.terms.get("stage", "")
    repeats = any(known.place == gate and known.repeats for known in project.gates)
    if is_back_entry() or (not repeats and not stage):
        return ""
    if not repeats:
        return _("Only the end of a stage names a stage.")
    if stage not in [known.code for known in list_open_stages(project)]:
        return _("Select a stage of the schedule that has not ended.")
    return ""


def _evaluate(project: Project, content: Any) -> tuple[list[CheckpointStanding], list[Criterion]]:
    """Evaluate the gate of the content as of now, once for the page or act and language."""
    gate, approves_roles = Gate(content.terms["gate"]), "matrix" in content.terms
    key = ("gate", project.pk, gate, approves_roles, get_language())
    return cached(key, lambda: evaluate_gate(project, gate, act_time(), approves_roles=approves_roles))


def _build_figure(criterion: Criterion) -> Figure:
    return Figure(criterion.name, criterion.label, criterion.sentence, criterion.met, criterion.missing, criterion.link)


def _count(rows: list[CheckpointStanding], standing: Standing, link: str) -> Figure:
    found = [row for row in rows if row.standing == standing]
    items: tuple[Item, ...] = () if standing in DONE else tuple(map(describe_checkpoint, found))
    shown = f"{link}&result={standing.value}"
    return Figure(standing.value, capfirst(str(standing.label)), str(len(found)), None, items, shown)


extend(DecisionKind.GATE, EntryCriteria())
extend(DecisionKind.GATE, StageEnd())
ITEM_LABELS["criterion"] = lambda name: str(LABELS.get(name, name))
pgtrigger.register(PASSED_KNOWINGLY, PASSED_WITH_WHAT_IT_REQUIRES)(Decision)
pgtrigger.register(SUBMITTED_WITH_ITS_GAPS)(ProposalRevision)
