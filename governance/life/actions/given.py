"""Actions that come from a row, read in the query of the row itself: its page needs no other one."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from governance.life.actions.models import Action
from roles.models import User

#: What a page shows of an action.
SHOWN = ("pk", "number", "text", "role", "state", "due_on")


def given_from(label: str, also: Q | None = None) -> ArraySubquery:
    """Build the annotation of the actions that come from a row of this kind or from what `also` finds, by number."""
    rows = Action.objects.filter(Q(source=label, source_id=OuterRef("pk")) | (also or Q())).order_by("number")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in SHOWN}, person="holder__name")))


def read_given(row: Any) -> list[Action]:
    """Return the actions that come from a row annotated so as `given_actions`, each with the name of its person."""
    return [
        Action(
            **{name: given[name] for name in SHOWN}
            | {"due_on": date.fromisoformat(given["due_on"]), "holder": User(name=given["person"])}
        )
        for given in row.given_actions
    ]
