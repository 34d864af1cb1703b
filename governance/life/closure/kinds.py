"""Addition to gates and abandonments: the end of a project asks for the owner's word on each open item."""

from collections.abc import Iterator, Mapping
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.acts import is_back_entry
from governance.decide.kinds.base import Behaviour, Change, Demand
from governance.decide.kinds.fields import TermsForm
from governance.decide.kinds.registry import extend
from governance.decide.obligations.guards import CLOSED_WITH_EVERY_ANSWER
from governance.life.carry_overs.services import carry_over
from governance.life.closure.forms import AbandonmentWordsForm, GateWordsForm
from governance.life.closure.guards import CLOSED_WITH_NOTHING_LEFT
from governance.life.closure.obligations import ClosingObligations
from governance.life.closure.queries import STILL_OPEN, is_closing, list_open_items
from projects.models import Project
from roles.enums import ABANDONMENT, DecisionKind
from roles.models import User

WITH_CONDITIONS = _("The end of a project with conditions takes effect when the last one is met. Select that option.")


class Closing(Behaviour):
    """Asks at gate G5, and when a project is abandoned, what becomes of everything that is open.

    `form` has the words that the author of the proposal prepares.
    """

    def __init__(self, form: type[TermsForm]) -> None:
        self.form = form  # type: ignore[misc]

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Yield the open items, each of the group that asks about its cause."""
        if is_closing(content):
            yield from list_open_items(project)

    def settle(self, decision: Any, actor: User, holders: Mapping[str, User]) -> None:
        carry_over(actor, decision, holders)

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse while something is open that the decision says nothing of, unless it is entered afterwards."""
        if is_closing(content) and not is_back_entry():
            decision = content.decision
            answered = {word["item"] for word in decision.settled}
            own = {f"condition-{condition.pk}" for condition in decision.conditions.open()}
            left = [item for item in list_open_items(project) if item.key not in answered]
            if any(item.key in own for item in left):
                raise ValidationError(WITH_CONDITIONS)
            if left:
                raise ValidationError([STILL_OPEN % {"label": item.label, "text": item.text} for item in left])
        yield from ()


for kind, words in ((DecisionKind.GATE, GateWordsForm), (ABANDONMENT, AbandonmentWordsForm)):
    extend(kind, Closing(words))
    extend(kind, ClosingObligations())
pgtrigger.register(CLOSED_WITH_NOTHING_LEFT, CLOSED_WITH_EVERY_ANSWER)(Project)
