"""Test the comparison of two roles by the natures of their duties at each activity."""

from roles.role_templates.comparison import Part, compare
from roles.role_templates.content import Duty, Role


def duty(nature: str, *activities: str) -> Duty:
    """Build a duty of this nature at these activities."""
    return Duty(f"D-{nature}", "", "", nature, (), activities, "", "", "once")


def role(code: str, *duties: Duty) -> Role:
    """Build a role with these duties."""
    return Role(code, 1, "advises", True, code, code, "", "", duties=duties)


def test_each_activity_stands_where_the_natures_of_the_two_roles_put_it() -> None:
    left = role("L", duty("propose", "ALIKE", "APART", "MIXED"), duty("advise", "LEFT", "MIXED"))
    right = role("R", duty("propose", "ALIKE", "MIXED"), duty("advise", "APART"), duty("informed", "RIGHT"))
    found = compare(left, right)
    assert found.shared == (Part("ALIKE", ("propose",), ("propose",)), Part("MIXED", ("propose",), ("propose",)))
    assert found.otherwise == (Part("APART", ("propose",), ("advise",)), Part("MIXED", ("advise",), ()))
    assert found.only_left == (Part("LEFT", left=("advise",)),)
    assert found.only_right == (Part("RIGHT", right=("informed",)),)


def test_comparing_the_other_way_round_only_turns_the_sides() -> None:
    one = role("A", duty("support", "X", "Y"), duty("informed", "Z"))
    other = role("B", duty("produce", "Y", "W"), duty("support", "X"))
    there, back = compare(one, other), compare(other, one)
    assert {(p.activity, p.left, p.right) for p in there.otherwise} == {
        (p.activity, p.right, p.left) for p in back.otherwise
    }
    assert {p.activity for p in there.only_left} == {p.activity for p in back.only_right} == {"Z"}
    assert {p.activity for p in there.shared} == {p.activity for p in back.shared} == {"X"}


def test_a_role_beside_itself_shares_everything() -> None:
    one = role("A", duty("propose", "X"), duty("advise", "X", "Y"))
    found = compare(one, one)
    assert [(part.activity, part.left) for part in found.shared] == [("X", ("advise", "propose")), ("Y", ("advise",))]
    assert (found.otherwise, found.only_left, found.only_right) == ((), (), ())


def test_roles_without_duties_share_nothing() -> None:
    found = compare(role("A"), role("B"))
    assert (found.shared, found.otherwise, found.only_left, found.only_right) == ((), (), (), ())
