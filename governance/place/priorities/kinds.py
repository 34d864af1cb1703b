"""Decision kind: the order of what is in a portfolio, with its funding line; what is funded below it needs a word."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pgtrigger
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import euros
from governance.decide.decisions.models import Decision
from governance.decide.kinds.base import Behaviour, Demand, Need, needs_terms
from governance.decide.kinds.fields import TermsForm
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import extend, register
from governance.decide.kinds.snapshots import Figure, Snapshot, needs_snapshot
from governance.place.priorities.fields import CountTerm, RanksTerm
from governance.place.priorities.guards import FUNDED_KNOWINGLY
from governance.place.priorities.queries import PRIORITISATION, find_priorities, read_priorities
from governance.place.shares.fields import read_shares
from governance.place.shares.kinds import AboveKind
from governance.place.shares.queries import list_places, list_shares, shares_on
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import DecisionKind

ONLY_A_PORTFOLIO = _("Only a portfolio has priorities.")
IS_MISSING = _("Enter a rank for each project and programme of the portfolio: %(codes)s.")
UNKNOWN = _("Nothing below has this code: %(codes)s.")
TOO_MANY = _("No more are funded than there are.")
BELOW_THE_LINE = _("Funded below the priority line")


class PrioritiesForm(TermsForm):
    """A rank for each place, and the funding line."""

    order = RanksTerm(label=_("Ranks"), required=False, help_text=_("1 for what comes first, each rank once."))
    line = CountTerm(
        label=_("Number of projects above the funding line"),
        required=False,
        min_value=0,
        help_text=_("What ranks after them gets a share only with a word of the owner."),
    )


class PrioritiesKind(AboveKind):
    """An order with a funding line, frozen with the shares of the day; it changes no share by itself."""

    evidence = _("The score of each project on the selection criteria, and what each one needs.")
    follows = DecisionKind.ARBITRATION
    levels = frozenset({Level.PORTFOLIO})
    form = PrioritiesForm
    needed_terms: ClassVar = {"order": _("Enter the ranks."), "line": _("Enter how many are funded.")}
    needs = (
        *needs_terms("order", "line"),
        Need("NEW.terms ->> 'line' ~ '^[0-9]{1,4}$'", "Priorities have a funding line"),
        Need(needs_snapshot("priorities"), "Priorities are submitted with the shares of the day"),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a portfolio, and a rank for each place."""
        gaps = super().gaps(content, project)
        if project.level != Level.PORTFOLIO:
            return gaps | {"kind": str(ONLY_A_PORTFOLIO)}
        if stated := read_priorities(content):
            places = {place.code for place in list_places(project) if place.parent_id == project.pk}
            if missing := sorted(places - set(stated.order)):
                gaps["terms-order"] = str(IS_MISSING % {"codes": ", ".join(missing)})
            elif unknown := sorted(set(stated.order) - {place.code for place in list_places(project)}):
                gaps["terms-order"] = str(UNKNOWN % {"codes": ", ".join(unknown)})
            if stated.line > len(stated.order):
                gaps["terms-line"] = str(TOO_MANY)
        return gaps

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Ask for a word on what has a share below the line."""
        if stated := read_priorities(content):
            yield from _ask(stated.below, _read_amounts(project))

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        """Freeze the order with the share of each place."""
        if stated := read_priorities(content):
            amounts = _read_amounts(project)
            figures = (
                Figure(code, f"{rank}. {code}", euros(amounts.get(code, 0)), rank <= stated.line or None)
                for rank, code in enumerate(stated.order, 1)
            )
            yield Snapshot("priorities", gettext("Ranks, with the shares of the day"), tuple(figures))


def _read_amounts(project: Project) -> dict[str, Any]:
    """Return the shares of today, by code."""
    return {row.part.code: row.amount for row in shares_on(list_shares(project), today()).values()}


def _ask(codes: tuple[str, ...], amounts: dict[str, Any]) -> Iterator[Demand]:
    for code in codes:
        if amount := amounts.get(code):
            sentence = gettext("%(project)s is below the line and has a share of %(amount)s.")
            said = sentence % {"project": code, "amount": euros(amount)}
            yield Demand(f"priority:{code}", str(BELOW_THE_LINE), said)


class FundedBelowTheLine(Behaviour):
    """Asks for a word of the owner on each share that is given below the priority line in force."""

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        stated, terms = find_priorities(project), content.terms
        if stated:
            given = read_shares(terms.get("shares", ""))
            if terms.get("component") and terms.get("share"):
                given |= read_shares(f"{terms['component']}={terms['share']}")
            yield from _ask(stated.below, given)


for kind in ("allocation", "component_entry"):
    extend(kind, FundedBelowTheLine())
register(PrioritiesKind(PRIORITISATION, _("priorities")))
ITEM_LABELS["priority"] = BELOW_THE_LINE
pgtrigger.register(FUNDED_KNOWINGLY)(Decision)
