"""Decision kinds: a project or programme enters a portfolio or programme, or its place there is suspended or ended."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.base import Behaviour, Change, Need, Panel, Part, Place, needs_terms
from governance.decide.kinds.fields import AmountTerm, ChoiceTerm, DayTerm, ProseTerm, TermsForm
from governance.decide.kinds.fields import Terms as TermTexts
from governance.decide.kinds.registry import extend, register
from governance.decide.obligations.working_days import read_calendar
from governance.life.closure.queries import is_closing
from governance.place.entries.guards import ENDS_AFTER_WHAT_IS_BELOW
from governance.place.shares.giving import FIELD, draft_shares, find_fault, give
from governance.place.shares.kinds import IS_A_DAY, SHARE, AboveKind
from governance.place.shares.models import Share
from governance.place.shares.queries import list_places, list_shares
from projects.enums import OVER
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.seats.mandates.holders import owners
from roles.enums import ABANDONMENT, DecisionKind

#: Working days within which the owner below decides what follows.
DAYS_TO_DECIDE = 10
NO_PLACE = _("Select a project or programme that is below this one, or that asks to come here.")
NO_OWNER = _("This project has no owner in office. Its owner is named first.")
IS_OVER = _("This project has ended.")
STILL_BELOW = _("Everything below ends or moves first: %(codes)s.")


class PlaceTerm(ChoiceTerm):
    """A project or programme below, or one that asks to come, by its code."""

    def offer(self, project: Project) -> None:
        places = [place for place in list_places(project) if place.pk != project.pk]
        self.choices = [("", "—"), *((place.code, str(place)) for place in places)]


class PlacedKind(AboveKind):
    """A kind about the place of one project below."""

    follows = DecisionKind.SCOPE
    parts: ClassVar[tuple[Part, ...]] = (SHARE,)
    needs: ClassVar[tuple[Need, ...]] = (
        *needs_terms("component", "starts_on"),
        Need(f"NEW.terms ->> 'starts_on' ~ '{IS_A_DAY}'", "A place is given or withdrawn from a day on"),
    )

    def changes(self, terms: TermTexts) -> frozenset[str]:
        return super().changes(terms) | {f"{FIELD}{terms.get('component', '')}"}

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a place that can be given or withdrawn."""
        gaps = super().gaps(content, project)
        if fault := self.find_fault(content, project):
            gaps.setdefault("terms-component", fault)
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        found, fault = super().obstacles(content, project), self.find_fault(content, project)
        return [*found, fault] if fault else found

    def apply(self, project: Project, content: Any, actor: Any) -> Iterator[Change]:
        """Give or withdraw the place."""
        if fault := self.find_fault(content, project):
            raise ValidationError(fault)
        yield from super().apply(project, content, actor)
        yield from give(project, self.draft(content, project), content.decision)

    def draft(self, content: Any, project: Project) -> list[Share]:
        """Build the share that an approval writes, unsaved; none while a term is missing."""
        raise NotImplementedError

    def find_fault(self, content: Any, project: Project) -> str:
        """Return why the place cannot be given or withdrawn; empty when it can, or while a term is missing."""
        if not (content.terms.get("component") and content.terms.get("starts_on")):
            return ""
        drafted = self.draft(content, project)
        if not drafted or drafted[0].part_id == project.pk:
            return str(NO_PLACE)
        return str(IS_OVER) if drafted[0].part.is_over else ""


class EntryForm(TermsForm):
    """Who enters, from which day, with which share, and the score on the criteria."""

    component = PlaceTerm(label=_("Project or programme that enters"), required=False)
    starts_on = DayTerm(label=_("From"), required=False)
    share = AmountTerm(label=_("Share of the budget (€)"), required=False, help_text=_("0 where it needs none."))
    score = ProseTerm(
        label=_("Score on the selection criteria"),
        rows=3,
        required=False,
        help_text=_("Each criterion with its score, the need not covered elsewhere, the standards that apply."),
    )


class EntryKind(PlacedKind):
    """An existing project or programme enters, with its share; a move under this parent stays an act of both owners."""

    evidence = _("The sheet of the candidate, with its score on the selection criteria.")
    form = EntryForm
    needs = (
        *PlacedKind.needs,
        *needs_terms("score"),
        Need("NEW.terms ->> 'share' ~ '^[0-9]+[.][0-9]{2}$'", "An entry says which share it has"),
    )
    needed_terms: ClassVar = {
        "component": NO_PLACE,
        "starts_on": _("Enter the day of the entry."),
        "share": _("Enter the share, or 0."),
        "score": _("Write the score on the selection criteria."),
    }

    def draft(self, content: Any, project: Project) -> list[Share]:
        amount = self.value("share", content.terms)
        if amount is None:
            return []
        return draft_shares(project, {content.terms["component"]: amount}, self.value("starts_on", content.terms))

    def find_fault(self, content: Any, project: Project) -> str:
        """Refuse also a project without an owner, and a share that does not fit the budget."""
        if not content.terms.get("share"):
            return ""
        if fault := super().find_fault(content, project):
            return fault
        drafted = self.draft(content, project)
        if not drafted:
            return ""
        return find_fault(list_shares(project), drafted, project.budget) if owners(drafted[0].part) else str(NO_OWNER)


class WithdrawalForm(TermsForm):
    """Whose place ends or is suspended, and from which day."""

    component = PlaceTerm(label=_("Project or programme"), required=False)
    ending = ChoiceTerm(
        label=_("What happens to its place"),
        required=False,
        choices=lambda: [("", "—"), ("suspended", _("It is suspended")), ("ended", _("It ends"))],
    )
    starts_on = DayTerm(label=_("From"), required=False)


class WithdrawalKind(PlacedKind):
    """Withdraws share and place from a day on, and asks the owner below to decide; nothing inside changes."""

    evidence = _("Why the place is suspended or ends, what is committed below, and what becomes of it.")
    form = WithdrawalForm
    needs = (*PlacedKind.needs, *needs_terms("ending"))
    needed_terms: ClassVar = {
        "component": _("Select a project or programme that is below this one."),
        "ending": _("Select whether the place is suspended or ends."),
        "starts_on": _("Enter the first day without place."),
    }

    def draft(self, content: Any, project: Project) -> list[Share]:
        code, starts_on = content.terms["component"], self.value("starts_on", content.terms)
        answer_by = read_calendar().add_working_days(today(), DAYS_TO_DECIDE)
        drafted = draft_shares(
            project, {code: AmountTerm().from_text("0.00")}, starts_on, is_withdrawn=True, answer_by=answer_by
        )
        return [row for row in drafted if row.part.parent_id == project.pk]

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Say what an approval does, and what it does not."""
        if place == Place.AFTER:
            yield Panel("governance/place/_withdrawal.html", {"days": DAYS_TO_DECIDE})
        yield from super().panels(place, proposal, content)


class NothingBelow(Behaviour):
    """Keeps a portfolio or programme open while something below it has not ended."""

    def obstacles(self, content: Any, project: Project) -> list[str]:
        if not (project.has_parts and is_closing(content)):
            return []
        below = project.children.exclude(state__in=OVER).order_by("code").values_list("code", flat=True)
        return [STILL_BELOW % {"codes": ", ".join(below)}] if below else []


for kind in (DecisionKind.GATE, ABANDONMENT):
    extend(kind, NothingBelow())
register(EntryKind("component_entry", _("entry")))
register(WithdrawalKind("component_withdrawal", _("suspension or exit")))
pgtrigger.register(ENDS_AFTER_WHAT_IS_BELOW)(Project)
