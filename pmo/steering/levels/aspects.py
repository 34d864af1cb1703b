"""The aspects of a programme: benefits, dependencies, cost and escalated risks, each by a function, none the worst."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from pmo.registers.budget.queries import percent
from pmo.registers.success_criteria.benefits import count_results
from pmo.registers.weather.enums import Sky
from pmo.steering.levels.figures import Group
from projects.enums import Level, Workspace

#: A dependency is near so long before its day.
NEAR = timedelta(days=60)


class AspectName(TextChoices):
    """An aspect of a programme."""

    BENEFITS = "benefits", pgettext_lazy("aspect", "Benefits")
    DEPENDENCIES = "dependencies", pgettext_lazy("aspect", "Dependencies")
    COST = "cost", pgettext_lazy("aspect", "Cost")
    ESCALATED = "escalated", pgettext_lazy("aspect", "Escalated risks")


class Aspect(NamedTuple):
    """An aspect with its sky, None while it has no data, and the sentence that explains it."""

    name: AspectName
    sky: Sky | None
    why: str


class Roll(NamedTuple):
    """Forecast in per cent of a budget or share, and of how many of those whose money counts it is known."""

    percent: Decimal
    known: int
    all: int
    is_on_share: bool


def roll_up(group: Group) -> Roll | None:
    """Sum the forecasts of a node and its parts on its share, else its budget.

    What is missing is not 0, and no budget or forecast gives None.
    """
    costed = group.costed
    known = [row for row in costed if row.lines_forecast is not None]
    forecast = sum((row.lines_forecast for row in known), Decimal(0))
    given = group.root.share if group.root.level == Level.PROGRAMME else None
    budget = given or group.root.budget or sum((row.lines_envelope for row in known), Decimal(0))
    share = percent(forecast, budget) if known else None
    return None if share is None else Roll(share, len(known), len(costed), bool(given))


def write_percent(share: Decimal) -> str:
    """Write a share in the language in use."""
    return number_format(share, use_l10n=True)


def describe_roll(roll: Roll) -> str:
    """Return the forecast on the budget or share in words, with how many nodes it is known of."""
    words = _("The forecast at completion is %(share)s%% of the budget (%(n)s of %(all)s with figures).")
    if roll.is_on_share:
        words = _("The forecast at completion is %(share)s%% of the share (%(n)s of %(all)s with figures).")
    return words % {"share": write_percent(roll.percent), "n": roll.known, "all": roll.all}


def find_benefits(group: Group) -> Aspect:
    """Rate the benefits: stormy while one is not met, cloudy while one is met in part or not measured."""
    counts = count_results(group.benefits)
    if not counts.total:
        return Aspect(AspectName.BENEFITS, None, _("Not computed: no benefit is approved."))
    sky = Sky.STORMY if counts.unmet else Sky.CLOUDY if counts.partly or counts.unmeasured else Sky.SUNNY
    words = _("Benefits met: %(yes)s of %(all)s. Met in part: %(partly)s. Not met: %(no)s. Not measured: %(none)s.")
    values = {"yes": counts.met, "partly": counts.partly, "no": counts.unmet, "none": counts.unmeasured}
    return Aspect(AspectName.BENEFITS, sky, words % {"all": counts.total, **values})


def find_dependencies(group: Group) -> Aspect:
    """Rate the dependencies: stormy while one is broken or late, cloudy while one is near."""
    needs = group.open_needs
    broken = len(group.needs) - len(needs)
    if not (needs or broken):
        return Aspect(AspectName.DEPENDENCIES, None, _("Not computed: no dependency is open."))
    late, near = sum(map(group.is_late, needs)), any(need.needed_on <= group.day + NEAR for need in needs)
    sky = Sky.STORMY if late or broken else Sky.CLOUDY if near else Sky.SUNNY
    words = _("Open dependencies: %(all)s. Late: %(late)s. Broken: %(broken)s.")
    return Aspect(AspectName.DEPENDENCIES, sky, words % {"all": len(needs), "late": late, "broken": broken})


def find_cost(group: Group) -> Aspect:
    """Rate the forecast on the budget by the limits of the organisation."""
    roll = roll_up(group)
    if roll is None:
        return Aspect(AspectName.COST, None, _("Not computed: no budget line has an amount."))
    limits = group.limits
    stormy, cloudy = roll.percent >= limits.cost_stormy, roll.percent >= limits.cost_cloudy
    return Aspect(AspectName.COST, Sky.STORMY if stormy else Sky.CLOUDY if cloudy else Sky.SUNNY, describe_roll(roll))


def find_escalated(group: Group) -> Aspect:
    """Rate the risks that were rated on the scale of the node: its own, and those that wait for its answer.

    Stormy while a red one is not accepted or answered, cloudy while another one waits.
    """
    red, waiting = group.root.red, group.root.waiting or {"n": 0, "red": 0}
    if not group.root.has(Workspace.RISKS):
        return Aspect(AspectName.ESCALATED, None, _("Not computed: risks are not followed here."))
    own = ngettext("%(n)s risk is red and not accepted.", "%(n)s risks are red and not accepted.", red) % {"n": red}
    words = f"{own} {describe_waiting(waiting['n'])}" if waiting["n"] else own
    sky = Sky.STORMY if red or waiting["red"] else Sky.CLOUDY if waiting["n"] else Sky.SUNNY
    return Aspect(AspectName.ESCALATED, sky, words)


def describe_waiting(number: int) -> str:
    """Return how many escalated risks wait for an answer, in words."""
    words = ngettext("%(n)s escalated risk awaits an answer.", "%(n)s escalated risks await an answer.", number)
    return words % {"n": number}


#: In the order of the page. Never summed into one: among many projects one is always stormy.
ASPECTS: tuple[Callable[[Group], Aspect], ...] = (find_benefits, find_dependencies, find_cost, find_escalated)


def list_aspects(group: Group) -> list[Aspect]:
    """List the aspects of a programme."""
    return [find(group) for find in ASPECTS]
