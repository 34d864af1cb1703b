"""Test that no text hides a character: refused as it is written, spelled out where one from before is shown."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template import engines
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.forms import ProseField, TextField
from core.words.characters import PASTED, ensure_visible, find_hidden, reveal, reveal_in, tidy
from core.words.mail import FolderBackend
from tests.database import run

#: One character of each class that nobody sees → how it is spelled out.
HIDDEN = {
    "\x00": "[U+0000]",
    "\x07": "[U+0007]",
    "\x1b": "[U+001B]",
    "\x7f": "[U+007F]",
    "\x9b": "[U+009B]",
    "\u034f": "[U+034F]",
    "\u061c": "[U+061C]",
    "\u115f": "[U+115F]",
    "\u180e": "[U+180E]",
    "\u200c": "[U+200C]",
    "\u200d": "[U+200D]",
    "\u200e": "[U+200E]",
    "\u202a": "[U+202A]",
    "\u202e": "[U+202E]",
    "\u2066": "[U+2066]",
    "\u2069": "[U+2069]",
    "\u2800": "[U+2800]",
    "\u3164": "[U+3164]",
    "\ud800": "[U+D800]",
    "\ue000": "[U+E000]",
    "\ufdd0": "[U+FDD0]",
    "\ufe0f": "[U+FE0F]",
    "\ufffc": "[U+FFFC]",
    "\ufffe": "[U+FFFE]",
    "\U0001d173": "[U+1D173]",
    "\U0001ffff": "[U+1FFFF]",
    "\U000e0041": "[U+E0041]",
    "\U000f0000": "[U+F0000]",
    "\U0010ffff": "[U+10FFFF]",
}
#: Texts of people, which hide nothing.
SEEN = [
    "38\u202f000,50\u00a0€ : « l’été »",
    "Ω ≈ ½ → ✔ 日本 שלום",
    "❤️ ⚠︎ 1️⃣ 👩‍💻 👨‍👩‍👧 🏳️‍🌈 👍🏽",
    "می‌خواهم क्‍ष",
    "one\n\ttwo",
    "\ufffd",
]


@pytest.mark.parametrize("sign", HIDDEN, ids=ascii)
def test_a_hidden_character_is_refused_by_its_name_and_place_and_spelled_out(sign: str) -> None:
    code = HIDDEN[sign].strip("[]")
    for field in (TextField(), ProseField()):
        with pytest.raises(ValidationError) as refused:
            field.clean(f"EUR {sign}000")
        with translation.override("en"):
            assert refused.value.messages == [f"Remove the invisible character [{code}] at position 5."]
        with translation.override("fr"):
            assert refused.value.messages == [f"Supprimez le caractère invisible [{code}], en position 5."]
    assert reveal(f"EUR {sign}000") == f"EUR {HIDDEN[sign]}000"


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_what_people_see_is_kept(text: str) -> None:
    assert ProseField(required=False).clean(text) == text
    assert reveal(text) == text


@pytest.mark.parametrize(
    "text", ["a\u200db", "1\ufe0f", "😀\u200dم", "م\u200d😀", "م\u200c", "A\ufe0f", " \u200c ", "\U0001f3f4\U000e0067"]
)
def test_what_joins_nothing_is_hidden(text: str) -> None:
    assert find_hidden(text)


def test_what_programs_paste_is_dropped_as_it_is_written() -> None:
    assert TextField().clean(f"{PASTED} for\u00admi\u200bdable\u2060 \ufeff") == "formidable"
    assert ProseField().clean("one\r\ntwo\rthree\x0bfour\u2028five\x85six") == "one\ntwo\nthree\nfour\nfive\nsix"
    for sign in PASTED:
        assert find_hidden(f"a{sign}b"), "nobody writes it past the forms"


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
def test_a_text_that_is_spelled_out_hides_nothing(text: str) -> None:
    assert find_hidden(reveal(text)) is None
    assert reveal(reveal(text)) == reveal(text)
    assert tidy(tidy(text)) == tidy(text)


@given(st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]))
def test_a_character_without_a_form_is_hidden(sign: str) -> None:
    """Nine signs are of the category of formats and drawn all the same: marks of numbers and verses."""
    drawn = unicodedata.name(sign, "").startswith(("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN")) and sign != "\u061c"
    assert sign in "\t\n\r" or drawn or find_hidden(f"a{sign}b")


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8))
@example("1️⃣\u200d")
@example("a\u200db")
@example("".join(SEEN))
def test_python_and_the_database_agree_on_any_text(text: str) -> None:
    assert run("SELECT public.ouvrage_hides(%s)", [text]) == [(find_hidden(text) is not None,)]


@pytest.mark.django_db
def test_the_database_knows_each_class() -> None:
    stored = [sign for sign in HIDDEN if sign not in "\x00\ud800"]
    assert all(run("SELECT public.ouvrage_hides(%s)", [f"a{sign}b"]) == [(True,)] for sign in stored)
    assert run("SELECT public.ouvrage_hides(NULL)") == [(None,)]


# — what is shown —


def test_no_template_of_ours_forgets() -> None:
    made = engines["django"].from_string("<title>{{ text }}</title>{% autoescape off %}{{ text }}{% endautoescape %}")
    assert made.render({"text": "<\u202e>"}) == "<title>&lt;[U+202E]&gt;</title><[U+202E]>"


def test_no_mail_forgets(tmp_path: object) -> None:
    mail = EmailMessage("VP-12 \u202eX", "Body \u2066", "Port \u200e <port@example.org>", ["a@example.org"])
    FolderBackend(alias="default", file_path=str(tmp_path)).send_messages([mail])
    assert (mail.subject, mail.body) == ("VP-12 [U+202E]X", "Body [U+2066]")
    assert mail.from_email == "Port [U+200E] <port@example.org>"


def test_lists_and_maps_are_spelled_out_whole() -> None:
    told = {"a\u202e": ["b\u200e", ("c\x07", 1)], "none": None}
    assert reveal_in(told) == {"a[U+202E]": ["b[U+200E]", ["c[U+0007]", 1]], "none": None}


def test_a_text_without_any_is_left_alone() -> None:
    ensure_visible("Quai 2")
    with pytest.raises(ValidationError):
        ensure_visible("Quai\u202e2")
