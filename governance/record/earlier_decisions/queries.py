"""Read the earlier decisions of a project: the list, its fingerprint, its take-over, and what became of each."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core.record.erasure import display_text
from core.record.sealing import content_hash, term_of
from governance.decide.decisions.models import Decision, DecisionQuerySet
from governance.decide.grounds.registry import REPLACED, Ground
from governance.record.earlier_decisions.models import EarlierDecision
from projects.models import Project
from roles.enums import TAKE_OVER

#: Name of the grounds that cite an earlier decision; REPLACED is that of those that replace one.
CITED = "earlier"
#: References of an earlier decision that a proposal cites or replaces (governance/workspace.py).
CITES, REPLACES = gettext_lazy("earlier %(number)s"), gettext_lazy("replaces %(number)s")
#: Longest list of earlier decisions that a form offers.
LONGEST_CHOICE = 200


def find_take_over(project: Project) -> Decision | None:
    """Return the decision that took over the earlier decisions of `project`, if any."""
    approvals = project.decisions.applied().filter(proposal__kind=TAKE_OVER)
    return approvals.select_related("project").order_by("pk").first()


def read_list(project: Project) -> str:
    """Return the term of the list as it is now, its count and its fingerprint; the database computes the same."""
    hashes = sorted(EarlierDecision.objects.to_take_over().filter(project=project).values_list("hash", flat=True))
    return term_of(len(hashes), content_hash({"lines": hashes}))


def find_cited(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the earlier decisions that a proposal may cite, by reference, each with its fingerprint."""
    return _find_grounds(project, references, CITED)


def find_replaced(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the earlier decisions that a proposal may replace, by reference, each with its fingerprint."""
    return _find_grounds(project, references, REPLACED)


def read_number(reference: str) -> str:
    """Return the number in a reference, such as 2021-07 of "earlier 2021-07"."""
    return reference.partition(" ")[2]


def list_replaceable(project: Project) -> list[EarlierDecision]:
    """List the earlier decisions that were taken over and that no decision has replaced, newest first."""
    if find_take_over(project) is None:
        return []
    replaced = find_successors(project)
    rows = project.earlier_decisions.to_take_over().order_by("-decided_on", "-pk")
    return [row for row in rows if row.pk not in replaced]


def offer_to_replace(project: Project) -> list[tuple[str, str]]:
    """List the reference and the label of the earlier decisions that a proposal may replace."""
    rows = list_replaceable(project)[:LONGEST_CHOICE]
    with override(project.language):
        references = [str(REPLACES % {"number": row.number}) for row in rows]
    label = _("%(number)s · %(title)s (before Ouvrage)")
    return [
        (reference, label % {"number": row.number, "title": display_text(row.title)})
        for reference, row in zip(references, rows, strict=True)
    ]


def describe_replaced(number: int) -> str:
    """Return why an approval cannot replace this earlier decision any more; empty when it can."""
    row = EarlierDecision.objects.get(pk=number)
    successor = find_successor(row)
    if successor is None:
        return ""
    words = {"number": row.number, "decision": successor.reference}
    return _("%(decision)s has replaced the earlier decision %(number)s meanwhile. Reject this proposal.") % words


def find_successors(project: Project) -> dict[int, Decision]:
    """Return the decision that replaced each earlier decision of `project`, by primary key."""
    successors: dict[int, Decision] = {}
    approvals = project.decisions.applied().exclude(revision__rests_on=[])
    for decision in approvals.select_related("project", "revision").order_by("pk"):
        for ground in decision.revision.rests_on:
            kind, _sign, number = ground["item"].partition(":")
            if kind == REPLACED:
                successors[int(number)] = decision
    return successors


def find_successor(row: EarlierDecision) -> Decision | None:
    """Return the decision that replaced an earlier decision, if any."""
    approvals = _resting_on(row, REPLACED).applied()
    return approvals.select_related("project", "revision").order_by("pk").first()


def list_citing(row: EarlierDecision) -> list[Decision]:
    """List the decisions whose proposal cites an earlier decision."""
    return list(_resting_on(row, CITED).select_related("project", "revision").order_by("number"))


def _find_grounds(project: Project, references: list[str], kind: str) -> dict[str, Ground]:
    numbers = {read_number(reference).casefold(): reference for reference in references}
    rows = {row.number.casefold(): row for row in list_replaceable(project)}
    return {
        reference: Ground(f"{kind}:{rows[number].pk}", reference, rows[number].hash)
        for number, reference in numbers.items()
        if number in rows
    }


def _resting_on(row: EarlierDecision, kind: str) -> DecisionQuerySet:
    """Return the decisions whose revision names this row."""
    named = [{"item": f"{kind}:{row.pk}"}]
    return Decision.objects.filter(project=row.project_id, revision__rests_on__contains=named)
