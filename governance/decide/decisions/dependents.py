"""Registry of the rows that hang on a decision: the undo map of a decision that is replaced (annule et remplace, R6).

Each capability announces its rows. One SQL text lists them for the page, the service and the trigger, so that none of
the three can forget a row that another one knows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from governance.enums import Fate

type Text = str | Promise

#: Column of `Dependents.sql` that permits every fate.
ANY_FATE = "ARRAY['kept', 'changed', 'dropped']"


@dataclass(frozen=True)
class Options:
    """The fates that one row may have. `why` says why there are no others; a page shows it when one is left."""

    fates: tuple[Fate, ...] = tuple(Fate)
    why: Text = ""

    @property
    def only(self) -> Fate | None:
        """Return the fate when there is no choice."""
        return self.fates[0] if len(self.fates) == 1 else None


@dataclass(frozen=True)
class Replacement:
    """A decision `by` that replaces `replaced`, as rows are carried over. `event` is its entry in the ledger."""

    by: Any
    replaced: Any
    actor: Any
    role: str
    event: Any


@dataclass(frozen=True)
class Line:
    """One row of an undo map as a page or a record shows it; `words` are a person's, in the project's language."""

    heading: Text
    text: str = ""
    words: str = ""
    link: str = ""


@dataclass(frozen=True)
class Dependents:
    """Rows of one model that hang on a decision.

    `sql` selects (id, fates): the keys of the rows that hang on the decision `{decision}` when an approval of the
    proposal `{proposal}` replaces it, and the fates that the database permits. It holds no percent sign: Python passes
    parameters. `load` takes keys and returns the rows.
    `options` takes a row, the revision that replaces the decision, and all items of the map. `show` takes a row and the
    instant of the decision that carries it over, if it is taken. `carry_out` makes the fate true, once the replacement
    has its event; `broken` is an SQL condition on the decision NEW: it did not make `{fate}` true of the row `{id}`.
    """

    model: type[models.Model]
    sql: str
    load: Callable[[list[int]], Iterable[Any]]
    show: Callable[[Any, Any], Line]
    options: Callable[[Any, Any, Sequence[Any]], Options] = field(default=lambda row, revision, items: Options())
    carry_out: Callable[[Any, Fate, Replacement], None] | None = None
    broken: str = ""
    #: What the fates are called, where the general words say too little.
    words: Mapping[Fate, Text] = field(default_factory=dict)

    def label(self, fate: Fate) -> str:
        """Return the fate in words."""
        return str(self.words.get(fate, fate.label))

    @property
    def name(self) -> str:
        """Return the name of the model, which begins the keys of its rows."""
        return str(self.model._meta.model_name)


#: In the order of the page.
DEPENDENTS: list[Dependents] = []


def item_key(item: models.Model) -> str:
    """Return the key of an item in forms, services and decisions: `condition-12` or `effect-7`."""
    return f"{item._meta.model_name}-{item.pk}"


def dependents_of(item: models.Model) -> Dependents:
    """Return the registration of the model of `item`."""
    return next(rows for rows in DEPENDENTS if isinstance(item, rows.model))


def hanging_sql(decision: str, proposal: str) -> str:
    """Return the query of everything that hangs on `decision`, as (item, fates); both arguments are SQL expressions."""
    parts = (
        f"SELECT '{rows.name}-' || hanging.id AS item, hanging.fates::text[] AS fates "  # noqa: S608 — our own words
        f"FROM ({rows.sql.format(decision=decision, proposal=proposal)}) AS hanging(id, fates)"
        for rows in DEPENDENTS
    )
    return " UNION ALL ".join(parts)


def load_items(keys: Iterable[str]) -> list[models.Model]:
    """Load the rows with these keys, in the order of the registry. One query for each model; skip unknown keys."""
    numbers: dict[str, list[int]] = {}
    for key in keys:
        name, _sign, number = key.rpartition("-")
        numbers.setdefault(name, []).append(int(number))
    return [
        row
        for rows in DEPENDENTS
        if rows.name in numbers
        for row in sorted(rows.load(numbers[rows.name]), key=lambda row: int(row.pk))
    ]


def list_items(decision: int, proposal: int) -> list[models.Model]:
    """List everything that hangs on a decision when an approval of the proposal replaces it."""
    sql = hanging_sql("%(decision)s::bigint", "%(proposal)s::bigint")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"decision": decision, "proposal": proposal})
        return load_items([item for item, _fates in cursor.fetchall()])


@dataclass(frozen=True)
class CarriedItem:
    """One row of the undo map of a decision that was taken, with its fate in words."""

    line: Line
    fate: str


def list_carried(decision: Any) -> list[CarriedItem]:
    """List what hung on the decision that `decision` replaced, with the fate of each."""
    carried = {}
    for item in load_items(decision.carried):
        rows, fate = dependents_of(item), Fate(decision.carried[item_key(item)])
        carried[item_key(item)] = CarriedItem(rows.show(item, decision.acted_at), rows.label(fate))
    for key, fate in decision.carried.items():
        line = Line(_("Something of a workspace that is not installed"), key)
        carried.setdefault(key, CarriedItem(line, str(Fate(fate).label)))
    return list(carried.values())
