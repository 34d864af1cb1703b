"""Charts of roles and their duties: who is there, what they cover, what they owe."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.pages import charts
from governance.decide.obligations.enums import Standing as Due
from governance.decide.obligations.queries import Progress
from pmo.steering.dashboards.chart import DRAWN, Cell, Chart, Key, count_cell, linked_count, note_left_out, project_cell
from pmo.steering.dashboards.figures import Coverage, Line
from pmo.steering.dashboards.scope import Scope, list_url
from projects.models import Project

#: Style and state of each role, as in the legend.
SEAT_MARKS = (("held", "accent"), ("ending", "deferred"), ("vacant", "hole"))
#: Question of the chart whose bars lead to the open obligations.
TO_FULFIL = gettext_lazy("Who still has obligations to fulfil?")


def chart_roles(scope: Scope, lines: Sequence[Line]) -> Chart:
    """Chart: is every role held? Projects that have ended are left out."""
    lines = [line for line in lines if line.seats.states]
    codes = sorted({code for line in lines for code in line.seats.states}, key=_rank)
    most = sorted(
        lines, key=lambda line: (-len(line.seats.of("vacant")), -len(line.seats.of("ending")), line.project.code)
    )
    drawn = charts.dots(
        codes,
        [(line.project.code, [line.seats.states.get(code, "") for code in codes]) for line in most[:DRAWN]],
    )
    needed, held = sum(len(line.seats.states) for line in lines), sum(line.seats.held for line in lines)
    ending = sum(len(line.seats.of("ending")) for line in lines)
    conclusion = _("%(held)d of %(needed)d roles are filled, %(vacant)d vacant. %(ending)d end within 60 days.") % {
        "held": held,
        "needed": needed,
        "vacant": needed - held,
        "ending": ending,
    }
    words = {"held": _("filled"), "ending": _("ends within 60 days"), "vacant": pgettext("role", "vacant"), "": "–"}
    rows = [
        (project_cell(line.project), *(Cell(words[line.seats.states.get(code, "")]) for code in codes)) for line in most
    ]
    return Chart(
        "roles",
        _("Are all roles filled?"),
        _("Mandatory roles of each project, gaps first"),
        conclusion,
        (_("Project"), *codes),
        rows,
        dots=drawn,
        words=frozenset(range(len(codes) + 1)),
        legend=tuple(Key(mark, words[state]) for state, mark in SEAT_MARKS),
        left_out=note_left_out(len(lines)),
    )


#: Roles of the known packs in the order of the arch: deciding, advising, building, receiving.
ORDER = ("MOA", "PO", "PMO", "PSO", "PQA", "AMOA", "BM", "BIG", "MOE", "SP", "PM", "PCT", "DEST", "UR")


def _rank(code: str) -> tuple[int, str]:
    return (ORDER.index(code) if code in ORDER else len(ORDER), code)


def chart_coverage(scope: Scope, lines: Sequence[Line | Coverage]) -> Chart:
    """Chart: are the must-have requirements covered by tests?"""
    having = sorted((line for line in lines if line.musts), key=lambda line: line.covered / line.musts)
    drawn = [
        charts.Row(
            line.project.code,
            [("approved", line.covered), ("rejected", line.uncovered)],
            f"{line.covered}/{line.musts}",
            list_url(scope, "musts", project=line.project.code),
        )
        for line in having[:DRAWN]
    ]
    musts, missing = sum(line.musts for line in having), sum(line.uncovered for line in having)
    conclusion = (
        _("No must-have requirement is proposed or approved yet.")
        if not musts
        else _("%(covered)d of %(total)d must-have requirements have a test.")
        % {"covered": musts - missing, "total": musts}
    )
    rows = [
        (
            project_cell(line.project),
            linked_count(line.musts, scope, "musts", project=line.project.code),
            linked_count(line.covered, scope, "musts", project=line.project.code, covered=1),
            linked_count(line.uncovered, scope, "musts", project=line.project.code, uncovered=1),
        )
        for line in having
    ]
    return Chart(
        "covered",
        _("Are must-have requirements covered?"),
        _("Must-have requirements with a test in use, by project"),
        conclusion,
        (_("Project"), _("Must-have"), _("Covered"), _("Without a test")),
        rows,
        bars=charts.bars(drawn, shares=True),
        legend=(Key("approved", _("covered by a test")), Key("rejected", _("without a test"))),
        left_out=note_left_out(len(having)),
    )


def chart_duties(progress: Sequence[Progress], project: Project | None = None) -> Chart:
    """Chart: does each role do what its responsibilities ask? Of one `project` the numbers lead to its list."""
    address = reverse("governance:obligations:obligation_list", args=[project.code]) if project else ""
    drawn = [
        charts.Row(
            line.role,
            [("approved", line.settled), ("pending", line.to_do + line.given), ("rejected", line.late)],
            f"{line.settled}/{line.whole}",
            f"{address}?{urlencode({'role': line.role, 'standing': 'all'})}" if project and not line.idle else "",
        )
        for line in progress
    ]
    settled, whole, late = (sum(getattr(line, name) for line in progress) for name in ("settled", "whole", "late"))
    conclusion = _("No responsibility has had an occasion yet.")
    if whole:
        conclusion = _("%(settled)d of %(all)d are fulfilled, %(late)d are late.") % {
            "settled": settled,
            "all": whole,
            "late": late,
        }
    standings = (Due.DONE, Due.EXCUSED, Due.GIVEN, Due.TO_DO, Due.LATE)
    table = [
        (Cell(line.role), *(count_cell(line.counts[one], address, role=line.role, standing=one) for one in standings))
        for line in progress
    ]
    return Chart(
        "duties" if project else "duties_of_night",
        _("Does each role fulfil its obligations?"),
        _("Obligations of the responsibilities in force, by role"),
        conclusion,
        (_("Role"), *(str(standing.label) for standing in standings)),
        table,
        bars=charts.bars(drawn),
        legend=(
            Key("approved", pgettext("obligations", "fulfilled")),
            Key("pending", pgettext("obligations", "to do")),
            Key("rejected", _("late")),
        ),
        note=""
        if project
        else _("Counted last night, without a list. “%(chart)s” leads to the open ones.") % {"chart": TO_FULFIL},
    )


def chart_obligations(scope: Scope, counts: Mapping[str, tuple[int, int]]) -> Chart:
    """Chart: who still has what to do?"""
    drawn = [
        charts.Row(
            role,
            [("rejected", late), ("pending", in_time)],
            str(late + in_time),
            list_url(scope, "obligations", role=role),
        )
        for role, (late, in_time) in counts.items()
    ]
    late, whole = sum(overdue for overdue, _rest in counts.values()), sum(sum(both) for both in counts.values())
    conclusion = _("Nothing is left to do.")
    if whole:
        conclusion = ngettext(
            "%(n)d obligation is open, %(late)d of them late.",
            "%(n)d obligations are open, %(late)d of them late.",
            whole,
        ) % {"n": whole, "late": late}
    table = [
        (
            Cell(role),
            linked_count(sum(both), scope, "obligations", role=role),
            linked_count(both[0], scope, "obligations", role=role, late=1),
        )
        for role, both in counts.items()
    ]
    return Chart(
        "obligations",
        str(TO_FULFIL),
        _("Open conditions and actions, and responsibilities late or due within a month, by role"),
        conclusion,
        (_("Role"), pgettext("obligations", "Open"), _("Late")),
        table,
        bars=charts.bars(drawn),
        legend=(Key("rejected", _("late")), Key("pending", _("in time"))),
    )
