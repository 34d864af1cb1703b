"""Charts of standards, risks and weather."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.pages import charts
from core.words.dates import long_day
from pmo.registers.risks.enums import Band
from pmo.registers.risks.queries import Exposure
from pmo.registers.weather.enums import Sky
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import CheckpointStanding, StandardShare, count_by_standard
from pmo.steering.dashboards.chart import Cell, Chart, Key, format_short_month, linked_count, project_cell
from pmo.steering.dashboards.heatmaps import TONES, Heat, WeatherCell
from pmo.steering.dashboards.scope import Scope, list_url
from projects.models import Project


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
                linked_count(share.counts[standing], scope, "checkpoints", standard=share.code, result=standing.value)
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
