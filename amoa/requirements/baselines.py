"""Baselines as pages show them: status, differences, and a preview of the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from amoa.requirements import versions, workflow
from amoa.requirements.baseline_comparison import Comparison, compare
from amoa.requirements.enums import RequirementState
from amoa.requirements.models import BaselineEntry, RequirementBaseline, RequirementVersion, get_baseline_in_force
from amoa.requirements.quality import GapCount, count_gaps, read_requirements
from amoa.requirements.text_diff import Content, display_value, list_differences, map_group_names
from core.access import Person
from core.pages.diff import FieldDifference
from core.record.sealing import term_of
from governance.enums import Outcome, ProposalState
from governance.models import Decision, Effect, Proposal
from projects.models import Project

#: Newest baselines that a page offers to compare with, besides the one in force.
MOST_OFFERED = 6
#: Requirements shown under each heading of the review before a freeze.
MOST_REVIEWED = 50
#: States of proposals that no longer wait for the owner.
ANSWERED = frozenset(
    {
        ProposalState.DECIDED,
        ProposalState.CLOSED,
        ProposalState.MERGED,
        ProposalState.SUPERSEDED,
        ProposalState.LAPSED,
        ProposalState.WITHDRAWN,
    }
)

State = Literal["in_force", "replaced", "put", "refused", "frozen", "passed"]


@dataclass(frozen=True)
class BaselineStatus:
    """A baseline and its status.

    in_force: approved last; replaced: in force before; put: named by an open proposal; refused: rejected by the
    owner; frozen: the newest, not proposed yet; passed: an older one, never in force. `by` is the decision that put
    it in force, else that refused it; `proposals` are those that name it.
    """

    baseline: RequirementBaseline
    state: State
    by: Decision | None
    proposals: list[Proposal]


@dataclass(frozen=True)
class RequirementDifference:
    """A requirement that differs between two baselines; `before` and `after` are version numbers.

    `content` is that of the later baseline, or of the earlier one when the requirement was dropped.
    """

    code: str
    kind: Literal["added", "changed", "dropped"]
    requirement: int
    before: int
    after: int
    content: Content
    fields: list[FieldDifference] = field(default_factory=list)

    @property
    def priority(self) -> str:
        """Return the label of its priority."""
        return display_value("priority", self.content["priority"])


def build_term(baseline: RequirementBaseline) -> str:
    """Return the term by which a proposal names this baseline."""
    return term_of(baseline.number, baseline.hash)


def count_requirements(baselines: Iterable[RequirementBaseline]) -> dict[int, int]:
    """Count the requirements of each baseline, by primary key. One query."""
    rows = BaselineEntry.objects.filter(baseline__in=[baseline.pk for baseline in baselines]).order_by()
    return dict(rows.values_list("baseline").annotate(size=Count("pk")))


def list_with_status(
    project: Project, baselines: Sequence[RequirementBaseline], reader: Person
) -> list[BaselineStatus]:
    """Return these baselines with their status; proposals hidden from `reader` do not count."""
    terms = {build_term(baseline): baseline.number for baseline in baselines}
    named = Q(current__terms__baseline__in=terms) | Q(draft__terms__baseline__in=terms, current=None)
    seen = Proposal.objects.visible_to(reader).filter(named, project=project)
    proposals: dict[int, list[Proposal]] = {}
    for proposal in seen.select_related("project", "current__decision__project", "draft").order_by("number"):
        content = proposal.current or proposal.draft
        proposals.setdefault(terms[content.terms["baseline"]], []).append(proposal)
    brought = map_effects(project)
    newest = project.baselines.order_by("-number").values_list("number", flat=True).first() if baselines else None
    return [
        _build_status(project, baseline, brought, proposals.get(baseline.number, []), newest) for baseline in baselines
    ]


def _build_status(
    project: Project,
    baseline: RequirementBaseline,
    brought: dict[str, Effect],
    proposals: list[Proposal],
    newest: int | None,
) -> BaselineStatus:
    effect = brought.get(str(baseline.number))
    by = effect.decision if effect else None
    refusals = [p.answer for p in proposals if p.answer and p.answer.outcome == Outcome.REJECTED]
    state: State = "passed"
    if baseline == get_baseline_in_force(project):
        state = "in_force"
    elif effect:
        state = "replaced"
    elif any(proposal.state not in ANSWERED for proposal in proposals):
        state = "put"
    elif refusals:
        state, by = "refused", refusals[-1]
    elif baseline.number == newest:
        state = "frozen"
    return BaselineStatus(baseline, state, by, proposals)


def map_effects(project: Project) -> dict[str, Effect]:
    """Map each baseline number to the last effect that put it in force."""
    effects = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field="baseline")
    return {effect.after: effect for effect in effects.select_related("decision__project").order_by("pk")}


def compare_baselines(before: RequirementBaseline | None, after: RequirementBaseline) -> Comparison:
    """Compare two baselines, or one with nothing. One query."""
    standing: dict[int, dict[str, int]] = {baseline.pk: {} for baseline in (before, after) if baseline}
    rows = BaselineEntry.objects.filter(baseline__in=standing).order_by()
    for baseline, code, version in rows.values_list("baseline", "version__requirement__code", "version"):
        standing[baseline][code] = version
    return compare(standing[before.pk] if before else {}, standing[after.pk])


def describe_differences(rows: Sequence[tuple[str, int, int]]) -> list[RequirementDifference]:
    """Describe these differences with their texts. Two queries."""
    pks = {pk for _code, before, after in rows for pk in (before, after) if pk}
    versions = RequirementVersion.objects.in_bulk(pks) if pks else {}
    groups = map_group_names(version.content for version in versions.values())
    return [
        _describe_difference(code, versions.get(before), versions.get(after), groups) for code, before, after in rows
    ]


def _describe_difference(
    code: str, old: RequirementVersion | None, new: RequirementVersion | None, groups: dict[str, str]
) -> RequirementDifference:
    stands = new or old
    assert stands is not None  # noqa: S101 — a row names one version at least
    return RequirementDifference(
        code=code,
        kind="changed" if old and new else "added" if new else "dropped",
        requirement=stands.requirement_id,
        before=old.number if old else 0,
        after=new.number if new else 0,
        content=stands.content,
        fields=list_differences(old.content, new.content, groups) if old and new else [],
    )


def list_comparable(project: Project, baseline: RequirementBaseline) -> list[RequirementBaseline]:
    """List the baselines to compare with: the newest, the first, the neighbours, the one in force."""
    newest = project.baselines.order_by("-number").values("pk")[:MOST_OFFERED]
    current = get_baseline_in_force(project)
    near = (
        Q(pk__in=newest)
        | Q(number__in=[1, baseline.number - 1, baseline.number + 1])
        | Q(pk=current.pk if current else None)
    )
    return list(project.baselines.filter(near).exclude(pk=baseline.pk).order_by("number"))


# — preview of the next baseline —


@dataclass(frozen=True)
class Candidate:
    """A requirement in the review before a freeze."""

    pk: int
    code: str
    title: str
    state: str
    version: int
    in_force: int | None

    @property
    def state_label(self) -> str:
        """Return the label of its state."""
        return str(RequirementState(self.state).label)


@dataclass(frozen=True)
class Rows:
    """Requirements under one heading; `shown` is limited to MOST_REVIEWED."""

    all: list[Candidate]

    @property
    def shown(self) -> list[Candidate]:
        """Return the first rows."""
        return self.all[:MOST_REVIEWED]

    @property
    def total(self) -> int:
        """Count all rows."""
        return len(self.all)

    @property
    def more(self) -> int:
        """Count the rows that are not shown."""
        return max(0, self.total - MOST_REVIEWED)


@dataclass(frozen=True)
class Preview:
    """Effect of freezing now, compared with the baseline in force.

    `new` were never in force, `changed` have another version, `before` counts those already in force as they are.
    `leaving` are in force and would not be frozen; `left_out` are all that would not, by state. `gaps` are those of
    the requirements that would be frozen. `seen` is the fingerprint for the service. `same_as` is the newest baseline
    when it holds exactly the same.
    """

    new: list[Candidate]
    changed: list[Candidate]
    before: int
    leaving: list[Candidate]
    left_out: list[tuple[str, list[Candidate]]]
    gaps: list[GapCount]
    seen: str
    same_as: RequirementBaseline | None

    @property
    def size(self) -> int:
        """Count the requirements that would be frozen."""
        return len(self.new) + len(self.changed) + self.before

    @property
    def taken_lists(self) -> list[tuple[str, Rows]]:
        """Return the new and the changed requirements under their headings."""
        lists = [(_("New"), self.new), (_("Changed"), self.changed)]
        return [(heading, Rows(rows)) for heading, rows in lists if rows]

    @property
    def out_lists(self) -> list[tuple[str, Rows]]:
        """Return the requirements left out, by state."""
        return [(heading, Rows(rows)) for heading, rows in self.left_out]


def build_preview(project: Project) -> Preview:
    """Build the preview of freezing the requirements of `project` now."""
    fields = ("pk", "code", "title", "state", "version", "in_force__number")
    rows = [Candidate(*row) for row in project.requirements.order_by("code").values_list(*fields)]
    taken = [row for row in rows if row.state in workflow.CANDIDATES]
    out = [row for row in rows if row.state not in workflow.CANDIDATES]
    latest = project.baselines.order_by("-number").first()
    return Preview(
        new=[row for row in taken if row.in_force is None],
        changed=[row for row in taken if row.in_force not in {None, row.version}],
        before=sum(1 for row in taken if row.in_force == row.version),
        leaving=[row for row in out if row.in_force is not None],
        left_out=[
            (str(state.label), rows_left_out)
            for state in RequirementState
            if (rows_left_out := _filter_by_state(out, state))
        ],
        gaps=count_gaps(project, read_requirements(project.requirements.filter(state__in=workflow.CANDIDATES))),
        seen=versions.fingerprint_candidates(project),
        same_as=latest if latest and _list_versions(latest) == {(row.pk, row.version) for row in taken} else None,
    )


def _filter_by_state(rows: list[Candidate], state: str) -> list[Candidate]:
    return [row for row in rows if row.state == state]


def _list_versions(baseline: RequirementBaseline) -> set[Any]:
    return set(baseline.entries.values_list("version__requirement", "version__number"))
