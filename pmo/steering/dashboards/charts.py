"""Charts of the dashboards: a question, its conclusion in words, and the data as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from core.pages import charts
from core.words.dates import long_day
from governance.decide.obligations.enums import Standing as Due
from governance.decide.obligations.queries import Progress
from pmo.registers.risks.enums import Band
from pmo.registers.risks.queries import Exposure
from pmo.registers.weather.enums import Sky
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import CheckpointStanding, StandardShare, count_by_standard
from pmo.steering.dashboards.figure_rows import IMPOSSIBLE, OWNER, WAIVED
from pmo.steering.dashboards.figures import Coverage, Hearing, Line, Month, Waiting, goal_days, list_age_bounds
from pmo.steering.dashboards.heatmaps import TONES, Heat, WeatherCell
from pmo.steering.dashboards.scope import Scope, list_url
from projects.models import Project

#: Limit of rows in a drawing; its table holds all of them.
DRAWN = 12
#: Style and state of each role, as in the legend.
SEAT_MARKS = (("held", "accent"), ("ending", "deferred"), ("vacant", "hole"))
#: Question of the chart whose bars lead to the open obligations.
TO_FULFIL = gettext_lazy("Who still has obligations to fulfil?")


@dataclass(frozen=True)
class Cell:
    """Cell of the table of a chart, with its link."""

    text: str
    href: str = ""


def project_cell(project: Any) -> Cell:
    """Return a cell with the code of the project, linked to it."""
    return Cell(project.code, project.get_absolute_url())


@dataclass(frozen=True)
class Key:
    """Entry of a legend."""

    mark: str
    word: str


@dataclass(frozen=True)
class Chart:
    """Chart for page, print and PDF; without a drawing, `conclusion` says why.

    `rows` holds the same data as a table under `heads`. `words` lists the text columns; the others hold numbers. `note`
    names what the figures exclude, `left_out` what only the drawing leaves out.
    """

    name: str
    question: str
    unit: str
    conclusion: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    line: charts.Line | None = None
    bars: charts.Bars | None = None
    dots: charts.Dots | None = None
    goal: str = ""
    legend: Sequence[Key] = ()
    note: str = ""
    left_out: str = ""
    words: frozenset[int] = field(default=frozenset({0}))

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        drawn = self.bars or self.dots
        return drawn.height if drawn else 190

    @property
    def table(self) -> list[tuple[Cell, list[tuple[Cell, bool]]]]:
        """Return each row as its first cell, and the others with whether they are numbers."""
        return [
            (row[0], [(cell, column not in self.words) for column, cell in enumerate(row[1:], start=1)])
            for row in self.rows
        ]

    def values(self) -> list[list[str]]:
        """Return the table as lines of question, row, column and value; the first text columns name a row."""
        named = 1 if len(self.words) == len(self.heads) else len(self.words)
        return [
            [self.question, " · ".join(cell.text for cell in row[:named]), str(head), cell.text]
            for row in self.rows
            for head, cell in zip(self.heads[named:], row[named:], strict=True)
        ]

    @property
    def is_drawn(self) -> bool:
        """Tell whether there is a drawing."""
        return bool(self.line or self.bars or self.dots)


def format_short_month(month: date) -> str:
    """Format a month: Jan / janv., with the year for January."""
    short = "N" if (get_language() or "").startswith("fr") else "M"
    return formats.date_format(month, f"{short} Y" if month.month == 1 else short)


def format_long_month(month: date) -> str:
    """Format a month: November 2026 / novembre 2026."""
    return formats.date_format(month, "F Y")


def format_days(value: float | None) -> str:
    """Format days: 7 days, 7.5 days, the same day for none; a dash for None."""
    if value is None:
        return "–"
    if not value:
        return pgettext("duration", "the same day")
    shown = formats.number_format(value, decimal_pos=0 if value == int(value) else 1)
    return ngettext("%(n)s day", "%(n)s days", int(value) if value == 1 else 2) % {"n": shown}


def chart_decision_times(scope: Scope, months: Sequence[Month]) -> Chart:
    """Chart: are decisions getting faster?"""
    drawn = charts.line([(format_short_month(m.month), m.median) for m in months], _("days"), goal_days())
    rows = [
        (
            Cell(format_long_month(m.month)),
            Cell(format_days(m.median)),
            _linked_count(m.decisions, scope, "decided", month=f"{m.month:%Y-%m}"),
        )
        for m in months
    ]
    return Chart(
        "faster",
        _("Are decisions getting faster?"),
        _("Median days from submission to decision, by month"),
        _conclude_decision_times([m for m in months if m.decisions]),
        (_("Month"), _("Median"), _("Decisions")),
        rows,
        line=drawn,
        goal=_("goal %(days)s") % {"days": format_days(goal_days())},
    )


def _conclude_decision_times(months: Sequence[Month]) -> str:
    """Return the conclusion for months with decisions; a single month is no trend."""
    if not months:
        return _("No decision was taken in these months.")
    first, last = months[0], months[-1]
    params = {
        "first": format_days(first.median),
        "start": format_long_month(first.month),
        "last": format_days(last.median),
        "end": format_long_month(last.month),
        "goal": format_days(goal_days()),
    }
    if first == last:
        return _("Median time to decide: %(last)s in %(end)s. The goal is %(goal)s.") % params
    return _("Median time to decide: %(first)s in %(start)s, %(last)s in %(end)s. The goal is %(goal)s.") % params


def age_labels() -> list[str]:
    """Return the labels of the waiting classes."""
    bounds = list_age_bounds()
    between = [_("%(a)d to %(b)d days") % {"a": a, "b": b} for a, b in pairwise(bounds)]
    first = ngettext("Under %(n)d day", "Under %(n)d days", bounds[0])
    return [first % {"n": bounds[0]}, *between, _("%(n)d days or more") % {"n": bounds[-1]}]


def _linked_count(number: int, scope: Scope, listing: str, **filters: Any) -> Cell:
    """Return a number linked to its list; zero has no link."""
    return Cell(str(number), list_url(scope, listing, **filters) if number else "")


def chart_ages(scope: Scope, waiting: Waiting) -> Chart:
    """Chart: what has been waiting, and how long?"""
    labels = age_labels()
    marks = ("pending", "pending", "deferred", "rejected")
    total = sum(waiting.ages)
    over = sum(waiting.ages[2:])
    conclusion = (
        _("No decision is pending.")
        if not total
        else ngettext(
            "%(n)d decision is pending, %(over)d past the goal.",
            "%(n)d decisions are pending, %(over)d past the goal.",
            total,
        )
        % {"n": total, "over": over}
    )
    rows = [
        (Cell(label), _linked_count(n, scope, "pending", age=place))
        for place, (label, n) in enumerate(zip(labels, waiting.ages, strict=True))
    ]
    drawn = [
        charts.Row(label.text, [(mark, n)], str(n), cell.href)
        for (label, cell), mark, n in zip(rows, marks, waiting.ages, strict=True)
    ]
    return Chart(
        "aging",
        _("What is pending, and since when?"),
        _("Pending decisions by days since submission"),
        conclusion,
        (_("Pending for"), _("Decisions")),
        rows,
        bars=charts.bars(drawn),
        legend=(
            Key("pending", _("within the goal")),
            Key("deferred", _("past the goal")),
            Key("rejected", _("past twice the goal")),
        ),
    )


def chart_awaited_roles(scope: Scope, waiting: Waiting) -> Chart:
    """Chart: whose turn is it?"""
    rows_of = [(role, n) for role, n in waiting.roles.items() if n]
    names = {role: role or _("Owner") for role, _n in rows_of}
    top = max(rows_of, key=lambda pair: pair[1], default=None)
    conclusion = (
        _("No role needs to act.")
        if top is None
        else ngettext("%(role)s: %(n)d pending decision.", "%(role)s: %(n)d pending decisions.", top[1])
        % {"n": top[1], "role": names[top[0]]}
    )
    rows = [(Cell(names[role]), _linked_count(n, scope, "pending", **{"for": role or OWNER})) for role, n in rows_of]
    drawn = [
        charts.Row(name.text, [("pending", n)], str(n), cell.href)
        for (name, cell), (_role, n) in zip(rows, rows_of, strict=True)
    ]
    return Chart(
        "who",
        _("Who needs to act?"),
        _("Pending decisions by the role that must act: an opinion, or the owner’s decision"),
        conclusion,
        (_("Role"), _("Decisions")),
        rows,
        bars=charts.bars(drawn),
    )


def chart_roles(scope: Scope, lines: Sequence[Line]) -> Chart:
    """Chart: is every role held?"""
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
        left_out=_note_left_out(len(lines)),
    )


def _note_left_out(projects: int) -> str:
    """Return the note that the drawing leaves projects out; empty when it does not."""
    if projects <= DRAWN:
        return ""
    return _("The chart shows the first %(n)d of %(all)d projects. The data include all of them.") % {
        "n": DRAWN,
        "all": projects,
    }


#: Roles of the known packs in the order of the arch: deciding, advising, building, receiving.
ORDER = ("MOA", "PO", "PMO", "PSO", "PQA", "AMOA", "BM", "BIG", "MOE", "SP", "PM", "PCT", "DEST", "UR")


def _rank(code: str) -> tuple[int, str]:
    return (ORDER.index(code) if code in ORDER else len(ORDER), code)


def chart_backlog(scope: Scope, days: Sequence[Mapping[str, Any]]) -> Chart:
    """Chart of the nightly snapshots: is the pile getting smaller?"""
    values = [(format_short_month(row["day"]), float(row["pending"])) for row in days]
    conclusion = _("Figures are kept every night. The trend starts on the second night.")
    if len(days) > 1:
        conclusion = _("%(first)s pending on %(start)s, %(last)s on %(end)s.") % {
            "first": days[0]["pending"],
            "start": long_day(days[0]["day"]),
            "last": days[-1]["pending"],
            "end": long_day(days[-1]["day"]),
        }
    rows = [
        (Cell(long_day(row["day"])), Cell(str(row["pending"])), Cell(str(row["late"])), Cell(str(row["overdue"])))
        for row in days
    ]
    return Chart(
        "backlog",
        _("Are fewer decisions pending?"),
        _("Pending decisions, night by night"),
        conclusion,
        (_("Day"), _("Pending"), _("Late"), _("Conditions overdue")),
        rows,
        line=charts.line(values, ""),
    )


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
            _linked_count(line.musts, scope, "musts", project=line.project.code),
            _linked_count(line.covered, scope, "musts", project=line.project.code, covered=1),
            _linked_count(line.uncovered, scope, "musts", project=line.project.code, uncovered=1),
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
        left_out=_note_left_out(len(having)),
    )


def chart_advice(scope: Scope, hearings: Sequence[Hearing]) -> Chart:
    """Chart: how often is each advising role heard and followed?"""
    drawn = [
        charts.Row(
            role.role,
            [
                ("approved", role.followed),
                ("rejected", role.not_followed),
                ("na", role.heard - role.followed - role.not_followed),
                ("deferred", role.waived),
                ("pending", role.impossible),
            ],
            f"{role.heard}/{role.asked}",
            list_url(scope, "asked", role=role.role),
        )
        for role in hearings
    ]
    sentences = [
        _("%(role)s heard %(heard)d times of %(asked)d, followed %(yes)d of %(answered)d")
        % {
            "role": role.role,
            "heard": role.heard,
            "asked": role.asked,
            "yes": role.followed,
            "answered": role.followed + role.not_followed,
        }
        for role in hearings
    ]
    rows = [
        (
            Cell(role.role),
            _linked_count(role.heard, scope, "opinions", role=role.role, heard=1),
            _linked_count(role.followed, scope, "opinions", role=role.role, followed="yes"),
            _linked_count(role.not_followed, scope, "opinions", role=role.role, followed="no"),
            _linked_count(role.waived, scope, "unheard", role=role.role, case=WAIVED),
            _linked_count(role.impossible, scope, "unheard", role=role.role, case=IMPOSSIBLE),
            _linked_count(role.short, scope, "unheard", role=role.role, short=1),
        )
        for role in hearings
    ]
    return Chart(
        "advisers",
        _("How often is each advising role heard and followed?"),
        _("Decisions from %(since)s to %(day)s") % {"since": long_day(scope.since), "day": long_day(scope.last_day)},
        f"{'; '.join(sentences)}." if sentences else _("No opinion was asked for a decision of this period."),
        (
            _("Role"),
            _("Heard"),
            _("Followed"),
            _("Not followed"),
            _("Not received"),
            _("Impossible"),
            _("Vacant < 7 days"),
        ),
        rows,
        bars=charts.bars(drawn, shares=True),
        legend=(
            Key("approved", _("followed")),
            Key("rejected", _("not followed")),
            Key("na", _("heard, answer open")),
            Key("deferred", _("not received")),
            Key("pending", _("impossible")),
        ),
        note=_(
            "A deferral or a request for rework neither agrees nor disagrees: it counts as neither "
            "followed nor not followed."
        ),
    )


def chart_standards(scope: Scope, rows: Sequence[tuple[Project, CheckpointStanding]]) -> Chart:
    """Chart: which standards are followed?"""
    shares = count_by_standard(row for _project, row in rows)
    totals = {standing: sum(share.counts[standing] for share in shares) for standing in Standing}
    gaps = sum(totals[standing] for standing in FAILED)
    drawn = [
        charts.Row(
            share.code, _bar_parts(share), _conform_share(share), list_url(scope, "checkpoints", standard=share.code)
        )
        for share in sorted(shares, key=_conformity_order)
    ]
    due = sum(totals.values())
    conclusion = (
        _("No standard is due yet.")
        if not due
        else ngettext(
            "%(due)d checkpoint due: %(conform)d conform, %(gaps)d not met, %(waived)d waived, %(open)d unanswered.",
            "%(due)d checkpoints due: %(conform)d conform, %(gaps)d not met, %(waived)d waived, %(open)d unanswered.",
            due,
        )
        % {
            "due": due,
            "conform": totals[Standing.CONFORM],
            "gaps": gaps,
            "waived": totals[Standing.WAIVED],
            "open": totals[Standing.UNANSWERED],
        }
    )
    table = [
        (
            Cell(f"{share.code} · {share.title}"),
            *(
                _linked_count(share.counts[standing], scope, "checkpoints", standard=share.code, result=standing.value)
                for standing in Standing
            ),
        )
        for share in shares
    ]
    return Chart(
        "standards",
        _("Which standards are followed?"),
        _("Checkpoints due at the next gate of each project"),
        conclusion,
        (_("Standard"), *(str(standing.label) for standing in Standing)),
        table,
        bars=charts.bars(drawn, shares=True),
        legend=(
            Key("approved", _("conform")),
            Key("cond", _("waived")),
            Key("rejected", _("gap")),
            Key("pending", _("unanswered")),
        ),
        note=_standards_note(scope),
    )


def _standards_note(scope: Scope) -> str:
    """Return the note on unanswered checkpoints, and on the age of automatic results (see list_project_standings)."""
    note = _(
        "Unanswered does not mean failed: the check is still to be done. Checkpoints that do not apply are not shown."
    )
    night = _("Over several projects, automatic checks show the figures of the last night.")
    return f"{note} {night}" if scope.is_group else note


def _bar_parts(share: StandardShare) -> list[tuple[str, float]]:
    gaps = sum(share.counts[standing] for standing in FAILED)
    return [
        ("approved", share.counts[Standing.CONFORM]),
        ("cond", share.counts[Standing.WAIVED]),
        ("rejected", gaps),
        ("pending", share.counts[Standing.UNANSWERED]),
    ]


def _conform_share(share: StandardShare) -> str:
    applies = share.total - share.counts[Standing.NOT_APPLICABLE]
    return f"{share.counts[Standing.CONFORM]}/{applies}"


def _conformity_order(share: StandardShare) -> tuple[float, str]:
    return (-share.counts[Standing.CONFORM] / (share.total or 1), share.code)


def chart_exposure(scope: Scope, exposures: Sequence[Exposure]) -> Chart:
    """Chart: how much risk did PMO and AMOA take off the owner? Each bar leads to the threats of its role.

    Without a row of today, no risk is open any more.
    """
    last = [exposure for exposure in exposures if exposure.month == scope.today]
    drawn = [
        charts.Row(
            exposure.role,
            [("rejected", exposure.residual), ("approved", max(0, exposure.taken_off))],
            f"{max(0, exposure.taken_off)}/{exposure.initial}",
            list_url(scope, "risks", by=exposure.role),
            exposure.threats,
        )
        for exposure in last
    ]
    initial, residual = sum(exposure.initial for exposure in last), sum(exposure.residual for exposure in last)
    conclusion, off = _("No risk is open."), initial - residual
    if last:
        conclusion = _("The level of open risks was %(initial)d initially and is %(residual)d now: no reduction.")
    if off > 0:
        conclusion = _(
            "The level of open risks was %(initial)d initially and is %(residual)d now: a reduction of %(off)d."
        )
    conclusion %= {"initial": initial, "residual": residual, "off": off}
    table = [
        (
            Cell(long_day(exposure.month)),
            Cell(exposure.role),
            Cell(str(exposure.initial)),
            Cell(str(exposure.residual)),
            Cell(str(exposure.taken_off)),
        )
        for exposure in exposures
    ]
    return Chart(
        "exposure",
        _("By how much was the risk reduced?"),
        _("Sum of the levels of open threats, by the role that last rated them"),
        conclusion,
        (_("Day"), _("Role"), _("Initial"), _("Residual"), _("Reduction")),
        table,
        bars=charts.bars(drawn),
        legend=(Key("rejected", _("residual")), Key("approved", _("reduction"))),
        words=frozenset({0, 1}),
    )


def chart_heat(heat: Heat) -> Chart:
    """Chart without a drawing: the heat map as a table, for exports."""
    red = sum(cell.count for _likelihood, cells in heat.lines for cell in cells if cell.tone == TONES[Band.RED])
    conclusion = (
        _("No risk is open.")
        if not heat.total
        else ngettext(
            "%(n)d open risk after treatment, %(red)d in red.",
            "%(n)d open risks after treatment, %(red)d in red.",
            heat.total,
        )
        % {"n": heat.total, "red": red}
    )
    rows = [
        (Cell(str(likelihood)), *(Cell(str(cell.count), cell.href if cell.count else "") for cell in cells))
        for likelihood, cells in heat.lines
    ]
    return Chart(
        "heat",
        _("Where are the risks?"),
        _("Open risks by likelihood (rows) and impact (columns)"),
        conclusion,
        (_("Likelihood"), *(_("impact %(n)s") % {"n": impact} for impact in heat.impacts)),
        rows,
    )


def chart_weather(rows: Sequence[tuple[Project, Sequence[WeatherCell]]]) -> Chart:
    """Chart without a drawing: the weather as a table."""
    last = [next((cell.sky for cell in reversed(cells) if cell.sky), None) for _project, cells in rows]
    conclusion = _("No weather was published in these months.")
    if any(last):
        counts = {sky: last.count(sky) for sky in Sky}
        conclusion = _("As last published: %(sunny)d sunny, %(cloudy)d cloudy, %(stormy)d stormy.") % {
            sky.value: count for sky, count in counts.items()
        }
    heads = [format_short_month(cell.month) for cell in rows[0][1]] if rows else []
    table = [
        (project_cell(project), *(Cell(str(cell.sky.label) if cell.sky else "–") for cell in cells))
        for project, cells in rows
        if any(cell.sky for cell in cells)
    ]
    return Chart(
        "weather",
        _("What is the weather?"),
        _("As it was published for each month"),
        conclusion,
        (_("Project"), *heads),
        table,
        words=frozenset(range(len(heads) + 1)),
    )


def _count_cell(number: int, address: str, **filters: str) -> Cell:
    """Return a number linked to the page that lists it; zero has no link, nor has an empty `address`."""
    return Cell(str(number), f"{address}?{urlencode(filters)}" if number and address else "")


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
        (Cell(line.role), *(_count_cell(line.counts[one], address, role=line.role, standing=one) for one in standings))
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
            _linked_count(sum(both), scope, "obligations", role=role),
            _linked_count(both[0], scope, "obligations", role=role, late=1),
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
