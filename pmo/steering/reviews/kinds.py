"""Kind of decision: conclude the review of a quarter or a year of a portfolio."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.record.sealing import parse_term, term_of
from core.words.dates import long_day
from governance.decide.decisions.models import Decision
from governance.decide.kinds.base import Change, Demand, FirstWords, Kind, Need, Part, Text
from governance.decide.kinds.fields import LONGEST_CHOICE, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import register
from governance.decide.kinds.snapshots import Figure, Snapshot
from pmo.steering.reviews.guards import CONCLUDED_KNOWINGLY, KIND, NAMES_A_REVIEW
from pmo.steering.reviews.models import Review
from pmo.steering.reviews.periods import FIELD, list_contradictions, list_old_figures
from pmo.steering.reviews.words import Rhythm
from pmo.steering.reviews.yearly import LABELS, list_yearly_gaps
from projects.enums import Level
from projects.models import Project
from projects.organisation_settings.queries import day_of
from roles.enums import DecisionKind
from roles.models import User

NOT_THE_NEWEST = _("Select the newest review of the quarter or the year.")


class ReviewTerm(FrozenTerm):
    """An archived review of the quarter or the year."""

    called = _("review %(number)s")

    def frozen(self, project: Project) -> Iterable[tuple[str, Any]]:
        for review in _list_periodic(project)[:LONGEST_CHOICE]:
            yield term_of(review.number, review.hash), f"{Rhythm(review.rhythm).label} · {review.number}"

    def link(self, project: Project) -> str:
        return reverse("pmo:reviews:review_list", args=[project.code])


class ConclusionForm(TermsForm):
    """The review that is concluded."""

    review = ReviewTerm(
        label=_("Review"),
        required=False,
        help_text=_("It has a word on each project below. An approval takes over these words."),
    )


class ReviewPart(Part):
    """Effect: a review is concluded with its words."""

    field = FIELD
    subject = Review
    heading = _("Reviews concluded")
    done = _("Review concluded: %(number)s")
    undone = _("Review no longer concluded: %(number)s")


class PeriodicReviewKind(Kind):
    """Conclude a review; who proposes gates proposes it, unless the matrix has a line for it.

    Its words change nothing by themselves: what is arbitrated, suspended or ended takes its own decision.
    """

    follows = DecisionKind.GATE
    levels = frozenset({Level.PORTFOLIO})
    evidence = _("The archived review, with a word on each project below.")
    form = ConclusionForm
    parts: ClassVar[tuple[Part, ...]] = (ReviewPart(),)
    needed_terms: ClassVar[dict[str, Text]] = {"review": NOT_THE_NEWEST}
    needs = (Need(NAMES_A_REVIEW, "The conclusion names a review of the quarter or the year"),)

    def is_offered_on(self, project: Project) -> bool:
        return super().is_offered_on(project) and _list_periodic(project).exists()

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require the newest review."""
        gaps = super().gaps(content, project)
        return gaps if _find(project, content.terms) else gaps | {"terms-review": str(NOT_THE_NEWEST)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report that another review was archived since."""
        found = super().obstacles(content, project)
        return found if _find(project, content.terms) else [str(NOT_THE_NEWEST), *found]

    def first_words(self, terms: Terms, project: Project) -> FirstWords:
        return FirstWords(
            gettext("Conclusion of the review"),
            gettext("Do you conclude the review with these words on the projects?"),
            ((gettext("Conclude the review"), ""), (gettext("Not now"), gettext("The review comes back to you."))),
        )

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Ask for a word on old figures, on contradictions, and in the yearly review on what to decide again."""
        yield from super().demands(content, project)
        if review := _find(project, content.terms):
            today = day_of(act_time())
            for code, last in list_old_figures(review.reviewed, today):
                text = gettext("No figures are published.")
                if last:
                    text = gettext("The last figures are of %(day)s.") % {"day": long_day(last)}
                yield Demand(f"figures:{code}", _label_figures(code), text)
            if late := list_contradictions(review.reviewed, today):
                text = gettext("Needed and not provided: %(items)s.") % {"items": ", ".join(late)}
                yield Demand("contradictions:", _label_contradictions(""), text)
            if review.rhythm == Rhythm.YEAR:
                for name, text in list_yearly_gaps(review):
                    yield Demand(f"year:{name}", str(LABELS[name]), text)

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {FIELD}

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        """Freeze the words on the projects."""
        yield from super().snapshots(content, project)
        if review := _find(project, content.terms):
            words = tuple(Figure(code, code, capfirst(str(word.label))) for code, word in review.words.items())
            yield Snapshot("review_words", gettext("Words on the projects"), words)

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the additions, then conclude the review."""
        review = _find(project, content.terms)
        if review is None:
            raise ValidationError(self.obstacles(content, project))
        yield from super().apply(project, content, actor)
        yield Change(review, FIELD, "", str(review.number))


def _list_periodic(project: Project) -> Any:
    return project.reviews.filter(content__has_key="review").defer("pdf").order_by("-number")


def _find(project: Project, terms: Terms) -> Review | None:
    """Return the review that the terms name, if it is the newest of the quarter or the year."""
    number, digits = parse_term(terms.get("review", ""))
    newest: Review | None = _list_periodic(project).first()
    return newest if newest and (newest.number, newest.hash) == (number, digits) else None


def _label_figures(code: str) -> str:
    return gettext("Old figures: %(code)s") % {"code": code}


def _label_contradictions(_rest: str) -> str:
    return gettext("Contradictions between the projects")


register(PeriodicReviewKind(KIND, _("conclusion of the review")))
ITEM_LABELS["figures"] = _label_figures
ITEM_LABELS["year"] = LABELS.__getitem__
ITEM_LABELS["contradictions"] = _label_contradictions
pgtrigger.register(CONCLUDED_KNOWINGLY)(Decision)
