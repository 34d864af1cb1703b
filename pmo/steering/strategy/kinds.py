"""Kind of decision: the strategy of a portfolio, with the criteria by which its projects are selected."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.templatetags.ui import day
from governance.decide.kinds.base import Change, FirstWords, Kind, Need, Panel, Part, Place, Text, needs_terms
from governance.decide.kinds.fields import DayTerm, ProseTerm, Terms, TermsForm
from governance.decide.kinds.registry import register
from pmo.steering.strategy.queries import FIELD, find_strategy
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import day_of
from roles.enums import DecisionKind
from roles.models import User

OF_A_PORTFOLIO = _("Only a portfolio has a strategy.")
IS_OVER = _("Enter a last day that has not passed.")


class StrategyForm(TermsForm):
    """What the portfolio aims at, how it selects, and until when."""

    strategy = ProseTerm(label=_("Strategy"), rows=6, required=False)
    criteria_of_selection = ProseTerm(
        label=_("Selection criteria"),
        rows=4,
        required=False,
        help_text=_("By which projects and programmes enter the portfolio and are ranked."),
    )
    valid_until = DayTerm(label=_("Valid until"), required=False)


class StrategyPart(Part):
    """Effect: a strategy is in force until its last day."""

    field = FIELD
    heading = _("Strategy of the portfolio")

    def describe(self, effect: Any) -> str:
        sentence = _("Strategy valid until %(day)s") if effect.after else _("Strategy no longer valid until %(day)s")
        return sentence % {"day": day(date.fromisoformat(effect.after or effect.before))}


class StrategyKind(Kind):
    """Set the strategy of a portfolio; who proposes the scope proposes it, unless the matrix has a line for it."""

    follows = DecisionKind.SCOPE
    levels = frozenset({Level.PORTFOLIO})
    evidence = _("The strategy as it would be published, and how projects would be selected.")
    form = StrategyForm
    parts: ClassVar[tuple[Part, ...]] = (StrategyPart(),)
    needed_terms: ClassVar[dict[str, Text]] = {
        "strategy": _("Describe the strategy."),
        "criteria_of_selection": _("Describe the selection criteria."),
        "valid_until": _("Enter the last day of the strategy."),
    }
    needs = (
        *needs_terms("strategy", "criteria_of_selection", "valid_until"),
        Need(
            "EXISTS (SELECT FROM public.projects_project p WHERE p.id = file.project_id AND p.level = 'portfolio')",
            "Only a portfolio has a strategy",
        ),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a portfolio, and a last day to come."""
        gaps = super().gaps(content, project)
        if project.level != Level.PORTFOLIO:
            gaps["kind"] = str(OF_A_PORTFOLIO)
        elif _is_over(content.terms):
            gaps["terms-valid_until"] = str(IS_OVER)
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report a strategy whose last day has passed."""
        found = super().obstacles(content, project)
        return [str(IS_OVER), *found] if _is_over(content.terms) else found

    def first_words(self, terms: Terms, project: Project) -> FirstWords:
        return FirstWords(
            gettext("Strategy of the portfolio"),
            gettext("Do you approve this strategy and its selection criteria?"),
            ((gettext("Approve the strategy"), ""), (gettext("Not now"), gettext("The strategy comes back to you."))),
        )

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {FIELD}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the additions, then bring the strategy into force."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from super().apply(project, content, actor)
        before = find_strategy(project, day_of(act_time()))
        yield Change(project, FIELD, before.after if before else "", content.terms["valid_until"])

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Show the strategy in force beside a new one."""
        before = find_strategy(proposal.project, day_of(act_time())) if place == Place.AFTER else None
        if before and before.decision.proposal_id != proposal.pk:
            yield Panel("pmo/steering/strategy/_strategy.html", {"effect": before, "project": proposal.project})
        yield from super().panels(place, proposal, content)


def _is_over(terms: Terms) -> bool:
    return bool(terms.get("valid_until")) and terms["valid_until"] < day_of(act_time()).isoformat()


register(StrategyKind("strategy", _("portfolio strategy")))
