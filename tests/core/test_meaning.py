"""Test that a reason says something: the same texts in Python and in SQL."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.record.meaning import ensure_meaningful, is_meaningful
from tests.database import run

NOTHING = [
    "",
    " ",
    ".",
    "…",
    "---",
    "\u200b",
    "\u200b.\u2060",
    "\xa0 \u3000",
    "a",
    "n°",
    "\u3164\u3164\u3164",
    "⠀⠀⠀",
    "\u202e!",
]
SOMETHING = [
    "Non",
    "RAS",
    "12 %, 3 j",
    "ＯＫ１",
    "Déjà",
    "De\u0301ja\u0300",
    "Потому",
    "同意します",
    "لأن",
    "\u200bParce que",
    "ﬁn de lot",
]


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_a_text_of_blanks_and_marks_says_nothing(db: None, text: str) -> None:
    assert not is_meaningful(text)
    assert run("SELECT public.ouvrage_meaningful(%s)", [text]) == [(False,)]
    with pytest.raises(ValidationError) as refused:
        ensure_meaningful(reasons=text, title="A title")
    assert set(refused.value.message_dict) == {"reasons"}


@pytest.mark.parametrize("text", SOMETHING, ids=ascii)
def test_a_word_says_something(db: None, text: str) -> None:
    assert is_meaningful(text)
    assert run("SELECT public.ouvrage_meaningful(%s)", [text]) == [(True,)]
    ensure_meaningful(reasons=text)


def test_nothing_at_all_says_nothing_to_the_database(db: None) -> None:
    assert run("SELECT public.ouvrage_meaningful(NULL)") == [(False,)]


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8))
def test_python_and_the_database_agree_on_any_text(text: str) -> None:
    if all(unicodedata.category(letter) != "Cn" for letter in text):  # each knows the characters of its own version
        assert run("SELECT public.ouvrage_meaningful(%s)", [text]) == [(is_meaningful(text),)]
