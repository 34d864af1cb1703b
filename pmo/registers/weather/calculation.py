"""Computation of the project weather; its thresholds are settings of the organisation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.acts import act_time
from core.templatetags.ui import euros
from pmo import business_side
from pmo.registers.budget.queries import percent, project_totals
from pmo.registers.risks.enums import Band
from pmo.registers.risks.models import accepted_on
from pmo.registers.schedule.queries import largest_slip, list_milestones
from pmo.registers.weather.enums import Sky, worst_sky
from projects.enums import Workspace
from projects.models import OrganisationSettings, Project
from projects.organisation_settings.queries import organisation
from roles.enums import Gate

#: Computed aspects, in display order.
ASPECTS = ("delay", "cost", "scope", "risk")
#: Why an aspect is not computed before gate G1, by what is missing.
NOT_YET = {
    "baseline": gettext_lazy("Not computed yet: no baseline is approved."),
    "budget": gettext_lazy("Not computed yet: no budget is decided."),
}


@dataclass(frozen=True)
class AspectWeather:
    """Sky of one aspect, empty when not computed, with its figures as plain strings."""

    aspect: str
    sky: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Computed:
    """Computed weather of a project."""

    aspects: list[AspectWeather]

    @property
    def overall(self) -> str:
        """Return the worst sky; empty when none is computed."""
        return worst_sky([aspect.sky for aspect in self.aspects])

    def skies(self) -> dict[str, str]:
        """Return the sky of each aspect."""
        return {aspect.aspect: aspect.sky for aspect in self.aspects}

    def facts(self) -> dict[str, dict[str, str]]:
        """Return the figures of each aspect."""
        return {aspect.aspect: aspect.facts for aspect in self.aspects}


def compute_weather(project: Project) -> Computed:
    """Compute the weather at the instant of the current act; a level above has aspects of its own. Five queries."""
    if project.has_parts:
        return Computed([])
    return Computed(list(_compute_aspects(project, localtime(act_time()).date(), organisation())))


def _compute_aspects(project: Project, today: date, limits: OrganisationSettings) -> Iterator[AspectWeather]:
    yield _compute_delay(project, today, limits)
    yield _compute_cost(project, limits)
    yield _compute_scope(project, limits)
    yield _compute_risk(project, today)


def _compute_delay(project: Project, today: date, limits: OrganisationSettings) -> AspectWeather:
    days = largest_slip(list_milestones(project), project.ends_on, today)
    if days is None:
        return AspectWeather("delay", "", {})
    sky = _rate_above(days, limits.delay_cloudy, limits.delay_stormy)
    return AspectWeather("delay", sky, {"days": str(days)})


def _compute_cost(project: Project, limits: OrganisationSettings) -> AspectWeather:
    sums = project_totals(project)
    if project.budget is None and sums.lines and _is_before_g1(project):
        return AspectWeather("cost", "", {"missing": "budget"})
    share = sums.percent_of(project.budget) if sums.lines else None
    if share is None:  # without a budget, any spending is too much
        return (
            AspectWeather("cost", Sky.STORMY, {"spent": str(sums.forecast)})
            if sums.forecast
            else AspectWeather("cost", "", {})
        )
    facts = {"percent": str(share)} | ({"of": "envelopes"} if project.budget is None else {})
    return AspectWeather("cost", _rate_above(share, limits.cost_cloudy, limits.cost_stormy), facts)


def _compute_scope(project: Project, limits: OrganisationSettings) -> AspectWeather:
    figures = business_side.count_scope(project)
    if not figures.pop("approved") and figures["all"] and _is_before_g1(project):
        return AspectWeather("scope", "", {"missing": "baseline"})
    share = percent(Decimal(figures["as_approved"]), Decimal(figures["all"]))
    if share is None:
        return AspectWeather("scope", "", {})
    sky = Sky.STORMY if share < limits.scope_stormy else Sky.CLOUDY if share < limits.scope_cloudy else Sky.SUNNY
    return AspectWeather("scope", sky, {name: str(value) for name, value in figures.items()})


def _is_before_g1(project: Project) -> bool:
    """Return whether the framing goes on: what it is to define may be missing yet."""
    return project.next_gate in {Gate.G0, Gate.G1}


def _compute_risk(project: Project, today: date) -> AspectWeather:
    """Rate the risks: stormy with an open threat that is red and unaccepted; accepted ones are cloudy at most."""
    accepted = accepted_on(today)
    figures = (
        project.risks.open()
        .threats()
        .with_levels()
        .aggregate(
            all=Count("pk"),
            red=Count("pk", filter=Q(band_now=Band.RED) & ~accepted),
            amber=Count("pk", filter=Q(band_now=Band.AMBER) | (Q(band_now=Band.RED) & accepted)),
        )
    )
    if not figures["all"] or not project.has(Workspace.RISKS):
        return AspectWeather("risk", "", {})
    sky = Sky.STORMY if figures["red"] else Sky.CLOUDY if figures["amber"] else Sky.SUNNY
    return AspectWeather("risk", sky, {name: str(value) for name, value in figures.items()})


def _rate_above(figure: Decimal | int, cloudy: int, stormy: int) -> str:
    return Sky.STORMY if figure >= stormy else Sky.CLOUDY if figure >= cloudy else Sky.SUNNY


def explain_aspect(aspect: str, facts: dict[str, str]) -> str:
    """Return the sentence that explains an aspect."""
    if missing := facts.get("missing"):
        return str(NOT_YET[missing])
    if aspect == "delay" and "days" in facts:
        days = int(facts["days"])
        words = ngettext("The largest slip is %(n)s day.", "The largest slip is %(n)s days.", days)
        return words % {"n": days} if days else _("No milestone slips.")
    if aspect == "cost" and facts:
        return _explain_cost(facts)
    if aspect == "scope" and "all" in facts:
        words = _("Must-have requirements whose text in force has not changed: %(n)s of %(all)s.")
        return words % {"n": facts["as_approved"], "all": facts["all"]}
    if aspect == "risk" and "all" in facts:
        words = _("Open risks: %(all)s. Red and not accepted: %(red)s. Amber or accepted: %(amber)s.")
        return words % facts
    return {
        "delay": _("Not computed: there is no milestone."),
        "cost": _("Not computed: no budget line has an amount."),
        "scope": _("Not computed: there is no must-have requirement."),
    }.get(aspect, _("Not computed: no risk is open."))


def _explain_cost(facts: dict[str, str]) -> str:
    if "spent" in facts:
        words = _("Nothing is budgeted. The forecast at completion is %(amount)s.")
        return words % {"amount": euros(Decimal(facts["spent"]))}
    share = {"share": number_format(Decimal(facts["percent"]), use_l10n=True)}
    if "of" in facts:
        return _("The forecast at completion is %(share)s%% of the allocated amounts. No budget is decided.") % share
    return _("The forecast at completion is %(share)s%% of the budget.") % share
