"""Decision kind: divide the budget of a portfolio or programme into shares. What it bounds below is added here."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import euros
from governance.decide.decisions.dependents import item_key
from governance.decide.kinds.base import Behaviour, Change, Kind, Need, Panel, Part, Place, Text, needs_terms
from governance.decide.kinds.fields import AmountTerm, DayTerm, Terms, TermsForm
from governance.decide.kinds.kinds import BOUNDS, ProjectKind
from governance.decide.kinds.registry import extend, register
from governance.enums import Fate
from governance.place.shares.fields import SharesTerm, read_shares
from governance.place.shares.figures import read_figures
from governance.place.shares.giving import FIELD, draft_shares, find_fault, give, take_back
from governance.place.shares.models import Share
from governance.place.shares.queries import (
    find_fault_of_award,
    find_fault_of_budget,
    find_fault_of_shares,
    list_shares,
)
from projects.enums import Level
from projects.models import Project
from roles.enums import DecisionKind

NOTHING_BELOW = _("Only a portfolio or a programme decides this: there is nothing below a project.")
#: Day, then amounts by code, as the terms keep them.
IS_A_DAY = r"^\d{4}-\d{2}-\d{2}$"
ARE_SHARES = r"^[A-Z0-9-]+=[0-9]+[.][0-9]{2}(,[A-Z0-9-]+=[0-9]+[.][0-9]{2})*$"


def find_replaced(content: Any) -> int:
    """Return the key of the decision that this content would replace; 0 for none."""
    return (content.proposal.replaces_id or 0) if content.proposal_id else 0


class SharePart(Part):
    """Effect: a share of the budget; the field ends with the code of its project."""

    field = FIELD.rstrip(":")
    subject = Share
    heading = _("Shares of the budget")

    def describe(self, effect: Any) -> str:
        code = effect.field.removeprefix(FIELD)
        before, after = (euros(text) if text else "—" for text in (effect.before, effect.after))
        return _("Share of %(project)s: %(before)s → %(after)s") % {"project": code, "before": before, "after": after}

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Refuse where the other shares would exceed the budget, or one would not cover what is committed."""
        rows = [row for row in list_shares(project) if row.pk != effect.subject_id]
        part = Share.objects.get(pk=effect.subject_id).part_id
        return find_fault_of_shares(rows, project.budget, {row.part_id for row in rows} & {part} - {project.pk})

    def undo(self, effect: Any, decision: Any, actor: Any) -> Iterator[Change]:
        """Undo the share: the one before holds again."""
        if effect.after:
            row = Share.objects.select_related("project").get(pk=effect.subject_id)
            yield Change(row, effect.field, effect.after, "")
            if decision.carried.get(item_key(effect)) != Fate.CHANGED:  # that is told with the new share
                take_back(row)


SHARE = SharePart()


class AboveKind(Kind):
    """A kind by which the owner of a portfolio or programme decides on what is below it."""

    levels = frozenset({Level.PROGRAMME, Level.PORTFOLIO})

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        gaps = super().gaps(content, project)
        return gaps if project.has_parts else gaps | {"kind": str(NOTHING_BELOW)}


class AllocationForm(TermsForm):
    """The day, a share for each place, and a new budget where the shares need one."""

    starts_on = DayTerm(label=_("From"), required=False)
    shares = SharesTerm(
        label=_("Shares (€)"),
        required=False,
        help_text=_("Empty: the share stays as it is. The last line is the own cost of this portfolio or programme."),
    )
    budget = AmountTerm(label=_("New budget to divide (€)"), required=False, help_text=_("Empty: it stays as it is."))


class AllocationKind(AboveKind, ProjectKind):
    """Divides the budget into shares from a day on; the same decision may raise it."""

    evidence = _("What each project and programme needs, and what is committed.")
    follows = DecisionKind.BUDGET
    form = AllocationForm
    differing = ()
    parts: ClassVar[tuple[Part, ...]] = (*ProjectKind.parts, SHARE)
    needed_terms: ClassVar = {"starts_on": _("Enter the first day of the shares."), "shares": _("Enter the shares.")}
    needs = (
        *needs_terms("starts_on", "shares"),
        Need(f"NEW.terms ->> 'starts_on' ~ '{IS_A_DAY}'", "Shares have a first day"),
        Need(f"NEW.terms ->> 'shares' ~ '{ARE_SHARES}'", "Shares name projects with their amounts"),
    )

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {f"{FIELD}{code}" for code in read_shares(terms.get("shares", ""))}

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require shares that fit the budget."""
        gaps = super().gaps(content, project)
        if fault := self._find_fault(content, project):
            gaps.setdefault("terms-shares", fault)
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        found = super().obstacles(content, project)
        fault = self._find_fault(content, project)
        return [*found, fault] if fault else found

    def apply(self, project: Project, content: Any, actor: Any) -> Iterator[Change]:
        """Set the budget, then the shares."""
        yield from super().apply(project, content, actor)
        yield from give(project, self._draft(content, project), content.decision)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Show the shares before and after an approval."""
        if place == Place.AFTER and not self._lacks_terms(content):
            drafted = self._draft(content, proposal.project)
            budget = self.value("budget", content.terms)
            figures = read_figures(proposal.project, drafted, budget)
            yield Panel("governance/place/_shares.html", {"figures": figures})
        yield from super().panels(place, proposal, content)

    def _draft(self, content: Any, project: Project) -> list[Share]:
        amounts, starts_on = (self.value(name, content.terms) for name in ("shares", "starts_on"))
        return draft_shares(project, amounts, starts_on)

    @staticmethod
    def _lacks_terms(content: Any) -> bool:
        return not (content.terms.get("shares") and content.terms.get("starts_on"))

    def _find_fault(self, content: Any, project: Project) -> str:
        """Return why the budget cannot be shared so; empty when it can, or while a term is missing."""
        if self._lacks_terms(content):
            return ""
        drafted, amounts = self._draft(content, project), self.value("shares", content.terms)
        if unknown := sorted(set(amounts) - {row.part.code for row in drafted}):
            return _("Nothing below has this code: %(codes)s.") % {"codes": ", ".join(unknown)}
        budget = self.value("budget", content.terms)
        bound = find_fault_of_budget(project, budget) if budget is not None and project.parent_id else ""
        held = [row for row in list_shares(project) if row.decision_id != find_replaced(content)]
        return bound or find_fault(held, drafted, project.budget if budget is None else budget)


class BudgetWithinItsShare(Behaviour):
    """Keeps a budget within the share that the owner above has given, and the shares within the budget."""

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        fault = self._find_fault(content, project)
        return {"terms-budget": fault} if fault else {}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        fault = self._find_fault(content, project)
        return [fault] if fault else []

    def apply(self, project: Project, content: Any, actor: Any) -> Iterator[Change]:
        """Refuse a budget that has come to contradict a share meanwhile."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from ()

    @staticmethod
    def _find_fault(content: Any, project: Project) -> str:
        asked = content.terms.get("budget")
        return find_fault_of_budget(project, AmountTerm().from_text(asked)) if asked else ""


class AwardWithinItsShare(Behaviour):
    """Keeps the choice of a provider within what is left of the share that the owner above has given."""

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        decided = getattr(content, "decision", None)
        own = {find_replaced(content), decided.pk if decided else 0}
        fault = find_fault_of_award(project, content.amount, own)
        return {"amount": fault} if fault else {}


for kind in ("change", "minor_change", "scope", "schedule", "budget", "arbitration"):
    extend(kind, BudgetWithinItsShare())
extend(DecisionKind.SUPPLIER_CHOICE, AwardWithinItsShare())
BOUNDS.append(find_fault_of_budget)
register(AllocationKind("allocation", _("shares of the budget")))
