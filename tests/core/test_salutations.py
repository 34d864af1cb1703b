"""Test that a form of address stands before a name and a job does not, and that initials are those of the name."""

import pytest

from core.templatetags.ui import initials
from core.words.salutations import initials_of, is_form_of_address, strip_form
from roles.models import User


@pytest.mark.parametrize("title", ["Dr", "Dr.", "Colonel", "colonelle", "Maréchal des logis-chef", "Prof.", "Préfète"])
def test_a_form_of_address_stands_before_the_name(title: str) -> None:
    assert is_form_of_address(title)
    assert str(User(name="Imogen Hartley", title=title)) == f"{title} Imogen Hartley"


@pytest.mark.parametrize("title", ["", "Agent", "Cheffe du bureau des projets", "Consultant AMOA", "Colonel of chess"])
def test_a_job_does_not(title: str) -> None:
    assert str(User(name="Paul Gauthier", title=title)) == "Paul Gauthier"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Claire Le Goff", "CG"),
        ("Dr Imogen Hartley", "IH"),
        ("Maréchal des logis-chef Linh Nguyen", "LN"),
        ("Colonel", "C"),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_name(name: str, letters: str) -> None:
    assert (initials_of(name), initials(name)) == (letters, letters)


def test_a_name_alone_stays_as_it_is() -> None:
    assert strip_form("Major") == "Major"
