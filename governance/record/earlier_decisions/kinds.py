"""Decision kind: take over the decisions of the time before Ouvrage, as one list with its fingerprint (ADR 23)."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.record.sealing import parse_term
from governance.decide.kinds.base import Change, FirstWords, Kind, Need, Part, Text
from governance.decide.kinds.fields import FrozenTerm, Terms, TermsForm
from governance.decide.kinds.registry import register
from governance.enums import OTHER_ANSWERS, Outcome
from governance.record.earlier_decisions.guards import LIST, TAKEN_OVER
from governance.record.earlier_decisions.queries import find_take_over, read_list
from projects.models import Project
from roles.enums import TAKE_OVER, DecisionKind
from roles.models import User

NOT_THE_LIST = _(
    "The list of earlier decisions is not this one any more. Select it again and submit the proposal again."
)
NOTHING_LISTED = _("No earlier decision is listed yet. Import the former register first.")
ONCE = _("The former register of this project is already taken over.")
FOR_GOOD = _("The former register is taken over for good. Replace its decisions one by one.")


def count_decisions(term: str) -> str:
    """Return the number of decisions of a list in words."""
    number = parse_term(term)[0]
    return ngettext("%(number)s earlier decision", "%(number)s earlier decisions", number) % {"number": number}


class ListTerm(FrozenTerm):
    """The list of earlier decisions as it is now, by its count and its fingerprint."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        """List the one list, unless it is empty."""
        term = read_list(project)
        return [(term, count_decisions(term))] if parse_term(term)[0] else []

    def display(self, text: str) -> str:
        return count_decisions(text)

    def link(self, project: Project) -> str:
        return reverse("governance:earlier_decisions:earlier_list", args=[project.code])


class TakeOverForm(TermsForm):
    """Select the list to take over."""

    earlier_decisions = ListTerm(
        label=_("List of earlier decisions"),
        required=False,
        help_text=_("The decision carries the fingerprint of this list. It cannot change afterwards."),
    )


class TakeOverPart(Part):
    """Effect: the list of earlier decisions is taken over."""

    field = "earlier_decisions"

    def describe(self, effect: Any) -> str:
        return gettext("Former register taken over: %(list)s") % {"list": count_decisions(effect.after)}

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Keep it: decisions may cite the list."""
        return FOR_GOOD

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        raise ValidationError(str(FOR_GOOD))


class TakeOverKind(Kind):
    """Take over the former register, once. The roles that propose standards propose it."""

    evidence = _("The former register.")
    follows = DecisionKind.STANDARD_ADOPTION
    form = TakeOverForm
    parts: ClassVar[tuple[Part, ...]] = (TakeOverPart(),)
    outcomes: ClassVar[tuple[Outcome, ...]] = (Outcome.APPROVED, *OTHER_ANSWERS)
    needed_terms: ClassVar = {"earlier_decisions": _("Select the list of earlier decisions.")}
    needs = (
        Need(
            f"NEW.terms ->> 'earlier_decisions' = {LIST.format(project='file.project_id')}"
            " AND NOT starts_with(NEW.terms ->> 'earlier_decisions', '0:')",
            "A take-over names the list of earlier decisions as it is, which is not empty",
        ),
        Need(
            f"NOT {TAKEN_OVER.format(project='file.project_id')}",
            "The former register of a project is taken over once",
        ),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require the list as it is now, which nothing has taken over."""
        gaps = super().gaps(content, project)
        if obstacle := _find_obstacle(content, project):
            gaps["terms-earlier_decisions"] = str(obstacle)
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report a list that has changed or is taken over."""
        found, obstacle = super().obstacles(content, project), _find_obstacle(content, project)
        return [str(obstacle), *found] if obstacle else found

    def remedy(self, project: Project) -> tuple[str, Text]:
        return reverse("governance:earlier_decisions:earlier_list", args=[project.code]), _("Earlier decisions")

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"earlier_decisions"}

    def first_words(self, terms: Terms, project: Project) -> FirstWords | None:
        if not terms.get("earlier_decisions"):
            return None
        listed = count_decisions(str(terms["earlier_decisions"]))
        return FirstWords(
            gettext("Take-over of the former register"),
            gettext("Can the former register be taken over as it is listed (%(list)s)?") % {"list": listed},
            (
                (gettext("Take the former register over"), gettext("The list is then fixed and can be cited.")),
                (gettext("Not now"), gettext("The list comes back to you once it is corrected.")),
            ),
        )

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        term, taken = content.terms.get("earlier_decisions", ""), find_take_over(project)
        if taken and taken.revision_id != content.pk:
            raise ValidationError(ONCE)
        if term != read_list(project):
            raise ValidationError(NOT_THE_LIST)
        yield Change(project, "earlier_decisions", "", term)
        yield from super().apply(project, content, actor)


def _find_obstacle(content: Any, project: Project) -> Text | None:
    """Return why the list of these terms cannot be taken over now; None when it can."""
    now = read_list(project)
    if find_take_over(project):
        return ONCE
    if not parse_term(now)[0]:
        return NOTHING_LISTED
    return None if content.terms.get("earlier_decisions", now) == now else NOT_THE_LIST


register(TakeOverKind(TAKE_OVER, _("take-over of the former register")))
