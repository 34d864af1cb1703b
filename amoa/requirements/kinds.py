"""Kinds of decisions that bring a baseline of requirements into force, alone or with a change."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.requirements import versions
from amoa.requirements.baseline_diff import RequestedBaseline, get_requested_baseline
from amoa.requirements.guards import BASELINE_REWRITTEN
from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from amoa.requirements.quality import GapCount, build_gap_link, count_gaps, read_baseline
from amoa.requirements.seals import compare_baseline
from core.record.sealing import parse_term, term_of
from core.words.dates import long_day
from governance.decide.decisions import watches
from governance.decide.kinds.base import CHANGED_SINCE, Behaviour, Change, Fact, Kind, Need, Panel, Part, Place, Text
from governance.decide.kinds.fields import LONGEST_CHOICE, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.registry import extend, register
from governance.decide.kinds.snapshots import Figure, Item, Snapshot, needs_snapshot, read_snapshots
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

NO_BASELINE = _("Freeze the requirements, then choose the baseline to approve.")
NOT_OUR_BASELINE = _("This baseline is not the project's newest one: choose the one that was frozen last.")


class BaselineTerm(FrozenTerm):
    """Choice of a baseline of the project."""

    called = _("baseline %(number)s")

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        """List the newest baselines with their number, freezing day and size."""
        baselines = project.baselines.order_by("-number")[:LONGEST_CHOICE].annotate(size=Count("entries"))
        return [
            (term_of(baseline.number, baseline.hash), _build_label(get_baseline_in_force(project), baseline))
            for baseline in baselines
        ]


def _build_label(current: RequirementBaseline | None, baseline: Any) -> str:
    words = _("Baseline %(number)s, in force") if baseline == current else _("Baseline %(number)s")
    frozen = ngettext(
        "frozen on %(day)s, %(size)s requirement", "frozen on %(day)s, %(size)s requirements", baseline.size
    )
    about = {"number": baseline.number, "day": long_day(localdate(baseline.acted_at)), "size": baseline.size}
    return f"{words} · {frozen}" % about


class BaselineForm(TermsForm):
    """Choose the baseline that an approval brings into force."""

    baseline = BaselineTerm(
        label=_("Requirements to approve"),
        required=False,
        help_text=_(
            "An approval brings exactly the requirements of this baseline into force. Only the newest "
            "baseline can be submitted."
        ),
    )


class BaselinePart(Part):
    field = "baseline"
    done = _("Requirements in force: baseline %(number)s")
    undone = _("Requirements no longer in force: baseline %(number)s")
    heading = _("Baselines")

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Refuse when another baseline is in force since."""
        current = get_baseline_in_force(project)
        return "" if current and str(current.number) == effect.after else CHANGED_SINCE

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Put the previous baseline back in force. Raises ValidationError when another one is in force since."""
        project = decision.proposal.project
        if obstacle := self.find_obstacle(effect, project):
            raise ValidationError(str(obstacle))
        before = project.baselines.get(number=int(effect.before)) if effect.before else None
        versions.put_in_force(project, before)
        yield Change(project, effect.field, effect.after, effect.before)


class BaselineAddition(Behaviour):
    """Bring exactly the versions of a frozen baseline into force (domain.md §5)."""

    form = BaselineForm
    needs = (
        Need(
            f"coalesce(NEW.terms ->> 'baseline', '') = '' OR {needs_snapshot('quality')}",
            "A baseline is submitted with the gaps of its requirements",
        ),
    )
    parts: ClassVar[tuple[Part, ...]] = (BaselinePart(),)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require the newest baseline of the project, when one is named."""
        named = _get_named_baseline(project, content.terms)
        if not content.terms.get("baseline") or (named and named.number == project.baselines.count()):
            return {}
        return {"terms-baseline": str(NOT_OUR_BASELINE)}

    def changes(self, terms: Terms) -> frozenset[str]:
        return frozenset({"baseline"} & set(terms))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Put the baseline in force unless it already is."""
        if "baseline" not in content.terms:
            return
        baseline = _get_named_baseline(project, content.terms)
        current = get_baseline_in_force(project)
        if baseline is None or (current and current.number > baseline.number):
            raise ValidationError(NOT_OUR_BASELINE)
        before = str(current.number) if current else ""
        if before != str(baseline.number):
            versions.put_in_force(project, baseline)
            yield Change(project, "baseline", before, str(baseline.number))

    def refuse(self, project: Project, content: Any) -> None:
        """Mark the requirements of the refused baseline as rejected."""
        if (baseline := _get_named_baseline(project, content.terms)) is not None:
            versions.reject(project, baseline)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        templates = {
            Place.AFTER: "amoa/requirements/_baseline_effect.html",
            Place.REVIEW: "amoa/requirements/_baseline_effect_summary.html",
        }
        if place in templates and (requested := get_requested_baseline(proposal)):
            yield Panel(templates[place], {"asked": requested, "project": proposal.project})

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        """Count the gaps of the baseline. It never changes: a revision shows those that it froze, without counting."""
        for frozen in read_snapshots(getattr(content, "snapshot", ())):
            if frozen.name == "quality":
                yield replace(frozen, figures=tuple(_link_figure(project, figure) for figure in frozen.figures))
                return
        if (baseline := _get_named_baseline(project, content.terms)) is not None:
            heading = _("Quality of baseline %(number)s") % {"number": baseline.number}
            gaps = count_gaps(project, read_baseline(baseline))
            yield Snapshot("quality", str(heading), tuple(_build_figure(gap) for gap in gaps))

    def facts(self, decision: Any) -> Iterator[Fact]:
        if requested := get_requested_baseline(decision):
            yield Fact(str(_("What changes in the requirements")), _describe_counts(requested))


def _build_figure(gap: GapCount) -> Figure:
    return Figure(gap.gap.value, gap.label, str(len(gap.codes)), None, tuple(map(Item, gap.codes)), gap.link)


def _link_figure(project: Project, figure: Figure) -> Figure:
    return replace(figure, link=build_gap_link(project, figure.name))


def _get_named_baseline(project: Project, terms: Terms) -> RequirementBaseline | None:
    """Return the baseline of the project that `terms` name by number and hash."""
    number, fingerprint = parse_term(terms.get("baseline", ""))
    return project.baselines.filter(number=number, hash=fingerprint).first() if number else None


def _describe_counts(requirements: RequestedBaseline) -> str:
    """Summarise the difference with the baseline in force when the decision was taken."""
    compared = requirements.compared
    counts = {
        "added": len(compared.added),
        "changed": len(compared.changed),
        "dropped": len(compared.dropped),
        "unchanged": compared.unchanged,
        "size": compared.size,
    }
    if requirements.before is None:
        return _("%(size)s in all. No baseline was in force before") % counts
    sentence = _(
        "%(size)s in all, compared with baseline %(before)s: %(added)s added, %(changed)s changed, "
        "%(dropped)s dropped, %(unchanged)s as before"
    )
    return sentence % {**counts, "before": requirements.before.number}


class BaselineKind(Kind):
    """Approval of the requirements."""

    evidence = _("The specification with its acceptance criteria.")
    needed_terms: ClassVar = {"baseline": NO_BASELINE}
    needs = (
        Need(
            """EXISTS (SELECT FROM public.amoa_requirementbaseline b WHERE b.project_id = file.project_id
                       AND b.number || ':' || b.hash = NEW.terms ->> 'baseline')""",
            "A baseline decision has a baseline",
        ),
    )

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Refuse an earlier text that names no baseline."""
        named = content.terms.get("baseline")
        return [*super().obstacles(content, project), *([] if named else [str(NO_BASELINE)])]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse a text without a baseline, then apply the additions."""
        if not content.terms.get("baseline"):
            raise ValidationError(NO_BASELINE)
        yield from super().apply(project, content, actor)


BASELINE = BaselineAddition()
watches.register(watches.Watch("baseline", BASELINE_REWRITTEN, compare_baseline))
register(BaselineKind(DecisionKind.REQUIREMENT_BASELINE))
extend(DecisionKind.REQUIREMENT_BASELINE, BASELINE)
extend(DecisionKind.CHANGE, BASELINE)
