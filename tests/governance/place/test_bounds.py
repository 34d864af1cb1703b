"""Compare what bounds a project below several levels with a look at each day and each level, over random trees."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.place.shares import queries
from governance.place.shares.models import Share
from projects.enums import Level
from projects.models import Project

TODAY, DAYS = date(2026, 12, 1), 12
TOP, MID, LOW, SIDE = 1, 2, 3, 4
#: Part → the node whose budget has its share.
ABOVE = {MID: TOP, LOW: MID, SIDE: MID}

shares = st.lists(
    st.tuples(st.sampled_from(sorted(ABOVE)), st.integers(0, 9), st.integers(-4, DAYS - 1), st.booleans()), max_size=8
)
commitments = st.dictionaries(st.sampled_from([MID, LOW, SIDE]), st.integers(0, 6))
Row = tuple[int, int, int, bool]


def build_tree() -> dict[int, Project]:
    """Build a portfolio, its programme and two projects in that, unsaved."""
    top = Project(pk=TOP, code="TOP", level=Level.PORTFOLIO)
    mid = Project(pk=MID, code="MID", level=Level.PROGRAMME, parent=top)
    low, side = (Project(pk=pk, code=code, parent=mid) for pk, code in ((LOW, "LOW"), (SIDE, "SIDE")))
    return {TOP: top, MID: mid, LOW: low, SIDE: side}


def hold(decided: Iterable[Row], part: int, day: int) -> int | None:
    """Return the share that a part holds on a day: that of the newest row; a withdrawn place has none."""
    held = [0 if gone else amount for of, amount, since, gone in decided if of == part and since <= day]
    return held[-1] if held else None


def least_on_any_day(decided: Iterable[Row], part: int) -> int | None:
    """Look at each day: return the least share of a part."""
    held = (hold(decided, part, day) for day in range(DAYS))
    return min((amount for amount in held if amount is not None), default=None)


def most_on_any_day(decided: Iterable[Row], node: int) -> int:
    """Look at each day: return the greatest sum of the shares of a budget."""
    return max(sum(hold(decided, part, day) or 0 for part in ABOVE if ABOVE[part] == node) for day in range(DAYS))


def count_committed(committed: Mapping[int, int], part: int) -> int:
    """Add up what a part and everything below it have committed."""
    return committed.get(part, 0) + sum(count_committed(committed, below) for below in ABOVE if ABOVE[below] == part)


def list_left(decided: list[Row], committed: Mapping[int, int], part: int) -> list[int]:
    """List what each level above leaves to a part, the nearest first."""
    left = []
    while part in ABOVE:
        if (least := least_on_any_day(decided, part)) is not None:
            left.append(max(least - count_committed(committed, part), 0))
        part = ABOVE[part]
    return left


def given_rows(decided: Iterable[Row], committed: Mapping[int, int], tree: Mapping[int, Project]) -> Any:
    """Answer the two queries with these rows."""
    rows = [
        Share(
            project=tree[ABOVE[part]],
            part=tree[part],
            amount=Decimal(0 if gone else amount),
            starts_on=TODAY + timedelta(days=since),
            is_withdrawn=gone,
        )
        for part, amount, since, gone in decided
    ]

    def read_committed(parts: Iterable[int], without: Iterable[int] = ()) -> dict[int, Decimal]:
        return {part: Decimal(count_committed(committed, part)) for part in parts}

    return mock.patch.multiple(
        queries,
        list_shares=lambda node: [row for row in rows if row.project_id == node.pk],
        read_committed=read_committed,
        today=lambda: TODAY,
    )


@settings(deadline=None)
@given(shares, commitments, st.integers(0, 12))
def test_an_award_is_bounded_by_each_level_above_it(decided: list[Row], committed: dict[int, int], amount: int) -> None:
    tree = build_tree()
    with given_rows(decided, committed, tree):
        for part in (MID, LOW, SIDE):
            left = list_left(decided, committed, part)
            assert [bound.left for bound in queries.list_bounds(tree[part])] == left
            refused = bool(queries.find_fault_of_award(tree[part], Decimal(amount)))
            assert refused == (bool(left) and amount > min(left))


@settings(deadline=None)
@given(shares, st.integers(0, 25))
def test_a_budget_stays_within_the_share_above_and_covers_the_shares_below(decided: list[Row], budget: int) -> None:
    tree = build_tree()
    with given_rows(decided, {}, tree):
        for part in (MID, LOW):
            least = least_on_any_day(decided, part)
            refused = bool(queries.find_fault_of_budget(tree[part], Decimal(budget)))
            assert refused == ((least is not None and budget > least) or most_on_any_day(decided, part) > budget)
