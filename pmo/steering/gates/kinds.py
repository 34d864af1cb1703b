"""Entry criteria of a gate: on the dossier, frozen with its revision, and answered by the owner."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.acts import act_time, cached
from governance.decide.decisions.models import Decision
from governance.decide.kinds.base import Behaviour, Demand, Need
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import extend
from governance.decide.kinds.snapshots import Figure, Item, Snapshot, needs_snapshot
from governance.decide.proposals.models import ProposalRevision
from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import CheckpointStanding
from pmo.steering.gates.criteria import LABELS, Criterion, describe_checkpoint, evaluate_gate
from pmo.steering.gates.guards import PASSED_KNOWINGLY, SUBMITTED_WITH_ITS_GAPS
from projects.models import Project
from roles.enums import DecisionKind, Gate

#: Results of which nothing is left to do: a snapshot counts their checkpoints without naming them.
DONE = frozenset({Standing.CONFORM, Standing.NOT_APPLICABLE})


class EntryCriteria(Behaviour):
    """Adds the entry criteria of the proposed gate to the dossier, and asks for a word on each that is not met."""

    needs = (Need(needs_snapshot("criteria"), "A gate is submitted with its entry criteria"),)

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        if content.terms.get("gate"):
            for criterion in _evaluate(project, content)[1]:
                if not criterion.met:
                    yield Demand(f"criterion:{criterion.name}", criterion.label, criterion.sentence)

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        if (gate := content.terms.get("gate", "")) not in Gate.values:
            return
        rows, criteria = _evaluate(project, content)
        label = Gate(gate).label
        figures = tuple(_build_figure(criterion) for criterion in criteria)
        yield Snapshot("criteria", _("Entry criteria of %(gate)s") % {"gate": label}, figures)
        if rows:
            link = next((criterion.link for criterion in criteria if criterion.name == "standards"), "")
            counts = tuple(_count(rows, standing, link) for standing in Standing)
            yield Snapshot("checkpoints", _("Checkpoints due at %(gate)s") % {"gate": label}, counts)


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
ITEM_LABELS["criterion"] = lambda name: str(LABELS.get(name, name))
pgtrigger.register(PASSED_KNOWINGLY)(Decision)
pgtrigger.register(SUBMITTED_WITH_ITS_GAPS)(ProposalRevision)
