"""Test the comparison of two sets of requirements: pure, exact, fast."""

from hypothesis import given
from hypothesis import strategies as st

from amoa.requirements.baseline_comparison import compare, list_changed_fields
from amoa.requirements.guards import CONTENT

STANDING = st.dictionaries(st.text(min_size=1, max_size=6), st.integers(1, 9))


def test_baseline_comparison_groups_requirements_by_code() -> None:
    found = compare({"A": 1, "B": 2, "C": 3}, {"D": 4, "B": 5, "A": 1})
    assert (found.added, found.changed, found.dropped) == ([("D", 0, 4)], [("B", 2, 5)], [("C", 3, 0)])
    assert (found.unchanged, found.size) == (1, 3)
    assert [code for code, _before, _after in found.rows] == ["B", "C", "D"]


def test_beside_nothing_everything_is_added() -> None:
    assert compare({}, {"B": 1, "A": 2}).added == [("A", 0, 2), ("B", 0, 1)]


@given(STANDING, STANDING)
def test_the_differences_lead_exactly_from_one_set_to_the_other(before: dict[str, int], after: dict[str, int]) -> None:
    found = compare(before, after)
    rebuilt = dict(before)
    for code, old, new in found.rows:
        assert rebuilt.get(code, 0) == old
        assert old != new
        if new:
            rebuilt[code] = new
        else:
            del rebuilt[code]
    assert rebuilt == after
    assert found.size == len(after)
    assert found.unchanged == sum(before.get(code) == version for code, version in after.items())


@given(STANDING, STANDING)
def test_the_way_back_is_the_same_way(before: dict[str, int], after: dict[str, int]) -> None:
    there, back = compare(before, after), compare(after, before)
    assert [(code, new, old) for code, old, new in there.rows] == back.rows
    assert there.unchanged == back.unchanged


def test_the_fields_that_differ_come_in_the_order_of_the_model() -> None:
    before = dict.fromkeys(CONTENT, "x") | {"criteria": [], "code": "A"}
    after = before | {"lot": "2", "title": "y", "code": "B"}
    assert list_changed_fields(before, after) == ["title", "lot"]
    assert list_changed_fields(before, before) == []


def test_two_thousand_requirements_are_compared() -> None:
    before = {f"VIG-{number:04d}": number for number in range(2000)}
    after = {code: version + version % 2 * 5000 for code, version in before.items()}
    assert len(compare(before, after).changed) == 1000
