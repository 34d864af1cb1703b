"""Addition to gates and abandonments: the end of a project asks for a word on each open responsibility."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.acts import act_time, is_back_entry
from governance.decide.kinds.base import Behaviour, Change, Demand
from governance.decide.kinds.groups import NEVER_GIVEN, ROUTINE
from governance.decide.kinds.items import ITEM_LABELS, label_item
from governance.decide.obligations.queries import Obligation, list_left_at_closing
from governance.decide.obligations.services import excuse_at_closing
from governance.life.closure.queries import STILL_OPEN, is_closing
from projects.models import Project
from roles.models import User


class ClosingObligations(Behaviour):
    """Asks at the end of a project what becomes of the open obligations; the owner's word answers each of them."""

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Yield the responsibilities with open obligations: routine that ends, or evidence that was never given."""
        for key, rows in _group_left(content, project).items():
            role = rows[0].role
            label = label_item(key, "")
            group = ROUTINE if rows[0].is_routine else NEVER_GIVEN
            yield Demand(key, label, _describe(rows), group, role)

    def settle(self, decision: Any, actor: User, holders: Mapping[str, User]) -> None:
        words = {word["item"]: word for word in decision.settled}
        if not words:
            return
        with override(decision.project.language):
            for key, rows in _group_left(decision.content, decision.project).items():
                for row in rows if key in words else ():
                    excuse_at_closing(actor, row, _reason(words[key]))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse while an obligation is open that the decision said nothing of, unless it is entered afterwards."""
        if not is_back_entry() and (left := _group_left(content, project)):
            label = _("Obligation")
            raise ValidationError([STILL_OPEN % {"label": label, "text": _describe(rows)} for rows in left.values()])
        yield from ()


def _group_left(content: Any, project: Project) -> dict[str, list[Obligation]]:
    """Return the obligations left at this closing, by the key of their responsibility; none of another gate."""
    found: dict[str, list[Obligation]] = {}
    if is_closing(content):
        for row in list_left_at_closing(project, content.proposal.number, act_time()):
            found.setdefault(f"obligation-{row.role}-{row.duty.code}", []).append(row)
    return found


def _describe(rows: list[Obligation]) -> str:
    """Return the responsibility with its open occasions."""
    return f"{rows[0]} ({', '.join(row.occasion_label for row in rows)})"


def _label(rest: str) -> str:
    """Return the label of an item by the rest of its key, which begins with the role."""
    return _("Obligation of %(role)s") % {"role": rest.partition("-")[0]}


ITEM_LABELS["obligation"] = _label


def _reason(word: dict[str, str]) -> str:
    if not word["into"]:
        return word["because"]
    return _("Carried over to %(project)s: %(because)s") % {"project": word["into"], "because": word["because"]}
