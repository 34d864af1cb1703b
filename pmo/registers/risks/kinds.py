"""Decision kind: the owner accepts a residual risk at its exact level, until a day (R9)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import day
from governance.decide.decisions import watches
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from governance.decide.kinds.base import Change, Kind, Need, Part, Text, needs_terms
from governance.decide.kinds.fields import LONGEST_CHOICE, ChoiceTerm, DayTerm, Terms, TermsForm, TextTerm
from governance.decide.kinds.registry import register
from pmo.registers.risks.effects import accept, find_named_risk, parse_term, risk_term, undo_acceptance
from pmo.registers.risks.enums import ACCEPTABLE
from pmo.registers.risks.guards import RATED_ABOVE_ITS_ACCEPTANCE
from pmo.registers.risks.models import Risk, RiskAcceptance
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import DecisionKind
from roles.models import User

NO_RISK = _("Choose the risk of the register to accept.")
NOT_OUR_RISK = _("This risk is not the project's, has ended, or was rated again since: choose it as it is now.")
OVER = _("The day until which the risk would be accepted is over: propose it again with a later one.")


class RiskTerm(ChoiceTerm):
    """Risk at its current rating."""

    def offer(self, project: Project) -> None:
        """Load the acceptable risks with their current levels, newest first."""
        risks: Any = project.risks.filter(status__in=ACCEPTABLE).annotate(rated=Count("ratings")).order_by("-pk")
        rows = [(risk_term(risk, risk.rated), _rating_label(risk)) for risk in risks[:LONGEST_CHOICE]]
        self.choices = [("", "—"), *rows]

    def display(self, text: str) -> str:
        named = parse_term(text)
        if named is None:
            return text
        return f"{named.code} · {named.likelihood} × {named.impact} = {named.likelihood * named.impact}"


def _rating_label(risk: Any) -> str:
    likelihood, impact = risk.rating
    about = {"code": risk.code, "likelihood": likelihood, "impact": impact, "level": risk.residual_level}
    return f"%(code)s · %(likelihood)s × %(impact)s = %(level)s · {risk.title}" % about


class RiskAcceptanceForm(TermsForm):
    """Choose the risk to accept at its current rating, with its bounds (R9)."""

    risk = RiskTerm(
        label=_("Risk to accept"),
        required=False,
        help_text=_("Approval covers this level only. If the level rises, the risk is reopened."),
    )
    valid_until = DayTerm(
        label=_("Accepted until"), required=False, help_text=_("Last day of the acceptance. It never renews itself.")
    )
    indicator = TextTerm(label=_("Watch indicator"), required=False, help_text=_("What is measured meanwhile."))
    trigger = TextTerm(
        label=_("What reopens it"),
        required=False,
        help_text=_("The event or value that calls for a new decision of the owner."),
    )


class RiskAcceptancePart(Part):
    """Effect: a risk is accepted."""

    field = "risk_acceptance"
    heading = _("Risks accepted")
    subject = RiskAcceptance
    named = "risk"
    done = _("Risk accepted: %(risk)s")
    undone = _("Risk no longer accepted: %(risk)s")

    def describe(self, effect: Any) -> str:
        """Describe the effect with the last day in the language of the reader."""
        sentence, arrow, until = super().describe(effect).rpartition(" → ")
        return f"{sentence}{arrow}{day(date.fromisoformat(until))}"

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Undo the acceptance, unless the risk has moved on."""
        undo_acceptance(effect.subject_id)
        yield Change(RiskAcceptance.objects.get(pk=effect.subject_id), effect.field, effect.after, "")


class RiskAcceptanceKind(Kind):
    """Accepts a residual risk at its exact level, until a day, under watch (R9)."""

    evidence = _("The risk sheet with its ratings and what was done.")
    form = RiskAcceptanceForm
    differing = ("valid_until", "indicator", "trigger")
    parts: ClassVar[tuple[Part, ...]] = (RiskAcceptancePart(),)
    needed_terms: ClassVar = {"risk": NO_RISK}
    needs = (
        Need(
            """EXISTS (SELECT FROM public.pmo_risk r
                       WHERE r.project_id = file.project_id AND r.code = split_part(NEW.terms ->> 'risk', ':', 1))""",
            "A risk acceptance has a risk",
        ),
        *needs_terms("valid_until", "indicator", "trigger"),
    )
    bounds: ClassVar[dict[str, Text]] = {
        "valid_until": _("Enter the last day of the acceptance."),
        "indicator": _("Describe what is measured meanwhile."),
        "trigger": _("Describe what brings it back to the owner."),
    }

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a risk at its current rating with bounds."""
        gaps, terms = super().gaps(content, project), content.terms
        if "terms-risk" in gaps:
            return gaps
        gaps |= {f"terms-{name}": str(text) for name, text in self.bounds.items() if not terms.get(name)}
        return gaps if _find_acceptable(content, project) else gaps | {"terms-risk": str(NOT_OUR_RISK)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Add a missing risk, one that has moved on, and a last day that is over."""
        obstacles = super().obstacles(content, project)
        if "risk" not in content.terms:
            return [*obstacles, str(NO_RISK)]
        if not _find_acceptable(content, project):
            obstacles.append(str(NOT_OUR_RISK))
        if _last_day(content.terms) < today():
            obstacles.append(str(OVER))
        return obstacles

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the acceptance, when a risk is named."""
        return super().changes(terms) | ({"risk_acceptance"} if "risk" in terms else set())

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        terms = content.terms
        risk = _find_acceptable(content, project)
        if risk is None or (obstacles := self.obstacles(content, project)):
            raise ValidationError(obstacles if risk else [str(NOT_OUR_RISK if "risk" in terms else NO_RISK)])
        accepted = accept(risk, _last_day(terms), terms["indicator"], terms["trigger"])
        yield Change(accepted, "risk_acceptance", "", f"{risk.code}, {accepted}")
        yield from super().apply(project, content, actor)


def _last_day(terms: Terms) -> date:
    return date.fromisoformat(terms["valid_until"])


def _find_acceptable(content: Any, project: Project) -> Risk | None:
    """Return the named risk, when its rating is still current and it can be accepted."""
    risk = find_named_risk(project, content.terms.get("risk", ""))
    return risk if risk and risk.status in ACCEPTABLE else None


def compare_rating(change: Any) -> ChangedItem:
    """Describe the rating of a risk above the one that was accepted."""
    risk = Risk.objects.get(pk=change.key)
    display = RiskTerm().display
    part = ChangedPart(str(_("Rating")), display(change.before), display(change.after))
    return ChangedItem(str(risk), risk.get_absolute_url(), [part])


watches.register(watches.Watch("risk", RATED_ABOVE_ITS_ACCEPTANCE, compare_rating, in_force=False))
register(RiskAcceptanceKind(DecisionKind.RISK_ACCEPTANCE))
