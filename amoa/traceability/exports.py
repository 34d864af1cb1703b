"""Exports of the traceability matrix: one row per test, or per criterion or requirement without a test."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amoa.requirements.models import get_baseline_in_force
from amoa.specification.state import read_state
from amoa.traceability.coverage import Criterion, TestStatus, Trace
from core.files.limits import count_file
from core.files.pdf import typeset
from core.tables.writer import Item, as_csv, as_reqif, as_xlsx
from core.templatetags.ui import day
from projects.models import Project

TEMPLATE = Path(__file__).with_name("traceability.typ")
WIDTHS = (24, 14, 40, 36, 20, 30, 12, 18, 18, 30)


def list_headers() -> list[str]:
    """Return the column headers, from the need to the decision."""
    return [
        _("Need"),
        _("Code"),
        _("Requirement"),
        _("Criterion"),
        _("Deliverable"),
        _("Test"),
        _("Result"),
        _("Decision"),
        _("Acceptance"),
        _("To do"),
    ]


def iterate_lines(traces: Iterable[Trace]) -> Iterator[list[str]]:
    """Yield the cells of each row, in the order of the headers."""
    for trace in traces:
        requirement = trace.requirement
        for criterion in trace.criteria or (Criterion("", ""),):
            for tested in criterion.tests or (None,):
                yield [
                    str(trace.need or ""),
                    requirement.code,
                    requirement.title,
                    criterion.text,
                    str(requirement.deliverable or ""),
                    str(tested.test) if tested else "",
                    get_result_label(tested),
                    trace.approval.reference if trace.approval else "",
                    ", ".join(decision.reference for decision in trace.acceptances),
                    ", ".join(str(alert.label) for alert in trace.alerts),
                ]


def get_result_label(tested: TestStatus | None) -> str:
    """Return the label of the last result; empty without a test."""
    if tested is None:
        return ""
    return str(tested.run.get_result_display()) if tested.run else _("not run yet")


def describe_baseline(project: Project) -> str:
    """Return which baseline is in force, by which decision; or that none is."""
    baseline = get_baseline_in_force(project)
    if baseline is None:
        return _("Draft. No baseline is in force.")
    named = _("Baseline %(number)s") % {"number": baseline.number}
    return f"{named} · {read_state(project, baseline).sentence}"


def write_csv(project: Project, traces: Sequence[Trace], at: datetime) -> bytes:
    """Write the matrix as CSV."""
    return as_csv(list_headers(), iterate_lines(traces))


def write_xlsx(project: Project, traces: Sequence[Trace], at: datetime) -> bytes:
    """Write the matrix as a workbook."""
    level = capfirst(project.get_level_display())
    about = [(level, str(project)), (_("As of"), day(at)), (_("Baseline"), describe_baseline(project))]
    return as_xlsx(_("Traceability"), list_headers(), iterate_lines(traces), widths=WIDTHS, about=about, created=at)


def write_reqif(project: Project, traces: Sequence[Trace], at: datetime) -> bytes:
    """Write the matrix as ReqIF, with the trace as attributes; needs precede their requirements."""
    needs = {trace.need.pk: trace.need for trace in traces if trace.need}
    items = [Item(need.code, need.title, need.statement) for need in needs.values()]
    items += [_build_item(trace) for trace in traces]
    return as_reqif(project.code, project.title, items, at=at)


def _build_item(trace: Trace) -> Item:
    requirement = trace.requirement
    others = {
        "Kind": str(requirement.kind),
        "Priority": str(requirement.priority),
        "State": str(requirement.state),
        "Lot": requirement.lot,
        "Source": requirement.source,
        "Acceptance criteria": "\n".join(criterion["text"] for criterion in requirement.criteria),
        "Tests": ", ".join(tested.test.code for tested in trace.tests),
        "Decision": trace.approval.reference if trace.approval else "",
    }
    parent = trace.need.code if trace.need else ""
    return Item(requirement.code, requirement.title, requirement.statement, parent, others)


def write_pdf(project: Project, traces: Sequence[Trace], at: datetime) -> bytes:
    """Write the matrix as PDF, A4 landscape."""
    count_file()
    return typeset(TEMPLATE, "trace", _build_content(project, traces, at), at)


def _build_content(project: Project, traces: Sequence[Trace], at: datetime) -> dict[str, Any]:
    return {
        "language": get_language() or "en",
        "heading": _("Traceability matrix"),
        "title": project.title,
        "code": project.code,
        "as_of": _("As of %(day)s") % {"day": day(at)},
        "state": describe_baseline(project),
        "head": [capfirst(name) for name in list_headers()],
        "rows": list(iterate_lines(traces)),
    }


#: Media type and writer by file extension.
FORMATS: dict[str, tuple[str, Callable[[Project, Sequence[Trace], datetime], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "pdf": ("application/pdf", write_pdf),
    "reqif": ("application/xml; charset=utf-8", write_reqif),
}
