"""Test the form fields: input is cleaned once, refused clearly and never changed silently."""

import unicodedata
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertHTMLEqual as assert_html_equal

from core.forms import (
    LINE,
    PROSE,
    AmountField,
    DayField,
    NumberField,
    ProseField,
    TextField,
    add_errors,
    is_blank,
    one_more_row,
)
from core.words.characters import find_hidden


def codes(field: Any, value: Any) -> set[str]:
    """Return the codes with which a field refuses a value; empty when it accepts it."""
    try:
        field.clean(value)
    except ValidationError as error:
        return {str(inner.code) for inner in error.error_list}
    return set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_control_writes_its_attributes_in_order_escaped_and_in_no_language(language: str) -> None:
    attrs = {"id": "a", "required": True, "disabled": False, "data-x": '"><b>', "maxlength": 12000}
    written = 'id="a" required data-x="&quot;&gt;&lt;b&gt;" maxlength="12000"'
    with override(language):
        line = forms.TextInput().render("n", 'v"', attrs).strip()
        lines = forms.Textarea({"rows": False, "cols": False}).render("n", "<v>", attrs).strip()
        chosen = forms.Select(choices=[("1", "<i>"), ("2", "two")]).render("n", "2", attrs).strip()
    assert " ".join(line.split()) == f'<input type="text" name="n" value="v&quot;" {written}>'
    assert lines == f'<textarea name="n" {written}>\n&lt;v&gt;</textarea>'
    assert chosen.split("\n") == [
        f'<select name="n" {written}><option value="1">&lt;i&gt;</option>',
        '<option value="2" selected>two</option></select>',
    ]


def test_a_list_of_choices_is_the_one_that_django_draws() -> None:
    groups = [("<north>", [("1", "a & b"), (2, "two")]), ("south", [(None, "none"), ("4", "<4>")])]
    chosen = forms.Select(choices=[("", "—"), *groups, ("5", "five")])
    for value in ("", "2", "4", "9"):
        assert_html_equal(chosen.render("n", value), chosen.render("n", value, renderer=DjangoTemplates()))


BLANK = ["", " ", "\t\n\r", "\u00a0\u2003", "\u200b", "\ufeff", "\u2060\u200d", "\u202e", "\x00", "\x07", " \u200b \n"]
#: Invisible characters that are neither spaces nor control characters.
INVISIBLE = ["\u3164", "\u115f", "\ufe0f", "\u034f", "\u2800", "\u180b"]


@pytest.mark.parametrize("text", BLANK, ids=ascii)
@pytest.mark.parametrize("field", [TextField(), ProseField()], ids=["line", "prose"])
def test_a_text_without_anything_to_see_is_missing(text: str, field: TextField) -> None:
    assert codes(field, text) == {"required"}
    assert type(field)(required=False).clean(text) == ""


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_fillers_and_selectors_alone_are_nothing_to_see_either(text: str) -> None:
    assert codes(TextField(), text) == {"required"}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Quai 2 ", "Quai 2"),
        ("e\u0301te\u0301", "été"),
        ("quay\r\n9", "quay\n9"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("שלום", "שלום"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
    ids=ascii,
)
def test_a_text_is_kept_as_it_was_typed_in_one_form(text: str, cleaned: str) -> None:
    assert ProseField().clean(text) == cleaned


@pytest.mark.parametrize("text", ["a\x00b", "Quai\x00"], ids=ascii)
def test_a_null_character_is_refused(text: str) -> None:
    assert codes(TextField(), text) == {"hidden"}


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff."], ids=ascii)
def test_half_a_character_is_refused(text: str) -> None:
    assert codes(TextField(), text) == {"hidden"}


@pytest.mark.parametrize(("field", "limit"), [(TextField(), LINE), (ProseField(), PROSE), (TextField(max_length=5), 5)])
def test_a_text_has_an_upper_limit(field: TextField, limit: int) -> None:
    assert field.clean("é" * limit) == "é" * limit
    assert codes(field, "é" * (limit + 1)) == {"max_length"}
    assert codes(field, "x" * 1_000_000) == {"max_length"}


def test_a_title_is_one_line() -> None:
    """A line break in a title would also break the subject of a mail."""
    assert codes(TextField(), "one\ntwo") or "\n" not in TextField().clean("one\ntwo")


def test_prose_is_typed_in_a_text_area_and_a_line_in_an_input() -> None:
    assert "<textarea" in ProseField().widget.render("x", "")
    assert 'rows="9"' in TextField(rows=9).widget.render("x", "")
    assert "<input" in TextField().widget.render("x", "")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_an_accepted_value_is_visible_storable_and_cleans_to_itself(text: str) -> None:
    field = ProseField(required=False)
    try:
        cleaned = field.clean(text)
    except ValidationError:
        return
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == "" or not is_blank(cleaned)
    assert "\x00" not in cleaned
    assert "\r\n" not in cleaned
    cleaned.encode("utf-8")
    assert find_hidden(cleaned) is None
    assert field.clean(cleaned) == cleaned


# — amounts —


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("38000", "38000"),
        ("38 000", "38000"),
        ("38\u202f000,50\u00a0€", "38000.50"),
        ("€ 38,000.50", "38000.50"),
        ("38.000,50", "38000.50"),
        ("38,000", "38000"),
        ("38.000", "38000"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("0", "0"),
        ("12,5", "12.5"),
        (38000, "38000"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: Any, amount: str) -> None:
    assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    ["-5", "many", "12,345,6,7", "1 000 000 000 000 000", "NaN", "Infinity", "12.345.67.8", "0x10", ",", "\x00", "1e5"],
)
def test_an_invalid_amount_is_refused(typed: str) -> None:
    assert codes(AmountField(), typed)


@given(st.text(max_size=20))
def test_an_amount_is_a_number_of_cents_or_refused(text: str) -> None:
    try:
        amount = AmountField(required=False).clean(text)
    except ValidationError:
        return
    assert amount is None or (amount >= 0 and amount == amount.quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    ("typed", "number"), [("71,5", "71.5"), ("71.5", "71.5"), ("1 200", "1200"), ("-3", "-3"), ("0,25", "0.25")]
)
def test_a_number_is_read_with_a_comma_or_a_point(typed: str, number: str) -> None:
    assert NumberField(decimal_places=2).clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["0,125", "0.125", "-0,125", "00.125"])
def test_nothing_parts_the_thousands_of_a_number_that_begins_with_a_zero(typed: str) -> None:
    assert codes(NumberField(decimal_places=2), typed) == {"max_decimal_places"}
    assert NumberField(decimal_places=3).clean(typed) == Decimal(typed.replace(",", "."))


def test_a_number_comes_back_as_the_language_of_the_reader_writes_it() -> None:
    field = NumberField(max_digits=8, decimal_places=2)
    for language, shown in (("fr", "71,5"), ("en", "71.5")):
        with override(language):
            assert field.prepare_value(Decimal("71.50")) == shown
            assert field.prepare_value(Decimal("1200.00")) == "1200"
            assert field.clean(shown) == Decimal("71.5")
    assert field.prepare_value("as it was typed") == "as it was typed"
    assert codes(field, "as it was typed") == codes(field, "1e5") == {"invalid"}


@pytest.mark.parametrize(
    ("language", "whole", "cents"),
    [("fr", "1\xa0480\xa0000", "1\xa0480\xa0000,50"), ("en", "1,480,000", "1,480,000.50")],
)
def test_an_amount_comes_back_by_thousands_and_is_read_again(language: str, whole: str, cents: str) -> None:
    field = AmountField()
    with override(language):
        for amount, shown in (("1480000.00", whole), ("1480000.50", cents), ("0", "0")):
            assert field.prepare_value(Decimal(amount)) == shown
            assert field.clean(shown) == Decimal(amount)
            assert not field.has_changed(Decimal(amount), shown)
    assert field.prepare_value("12 k€") == "12 k€"


# — days —


def test_a_day_lies_ahead_and_within_reach() -> None:
    today = timezone.localdate()
    assert DayField().clean(today.isoformat()) == today
    assert DayField().clean(f"{today:%d/%m/%Y}") == today
    assert codes(DayField(), (today - timedelta(days=1)).isoformat()) == {"past"}
    assert codes(DayField(), f"{today.year + 51}-01-01") == {"far"}
    assert DayField(future=False).clean("2020-02-29").year == 2020
    assert codes(DayField(future=False), "0026-11-24") == {"far"}


@pytest.mark.parametrize(
    ("typed", "kind", "shown"),
    [("31/12/2026", "date", "2026-12-31"), ("31/02/2026", "text", "31/02/2026"), ("soon", "text", "soon")],
)
def test_what_was_typed_as_a_day_is_shown_again(typed: str, kind: str, shown: str) -> None:
    drawn = DayField().widget.render("day", typed)
    assert f'type="{kind}"' in drawn
    assert f'value="{shown}"' in drawn
    assert 'type="date"' in DayField().widget.render("day", None)


@pytest.mark.parametrize(
    "typed", ["2026-02-30", "tomorrow", "31/02/2027", "0000-00-00", "99999-01-01", "\x00", "2026-1"]
)
def test_an_invalid_day_is_refused(typed: str) -> None:
    assert codes(DayField(), typed) == {"invalid"}


@pytest.mark.parametrize(
    ("count", "rows"), [("2", "3"), ("6", "6"), ("", "1"), ("-1", "1"), ("²", "1"), ("9" * 6000, "1"), ("9999", "6")]
)
def test_a_row_count_must_be_a_plain_number(count: str, rows: str) -> None:
    posted = QueryDict(mutable=True)
    posted["options-TOTAL_FORMS"] = count
    assert one_more_row(posted, "options", 6)["options-TOTAL_FORMS"] == rows
    assert posted["options-TOTAL_FORMS"] == count


class Period(forms.Form):
    """A form of two dates."""

    ends_on = DayField(required=False)
    note = TextField(required=False)


@pytest.mark.parametrize(
    ("error", "options", "shown"),
    [
        (ValidationError({"note": "Enter the reasons."}), {}, {"note": ["Enter the reasons."]}),
        (ValidationError({"role": "Choose a role."}), {}, {"__all__": ["Choose a role."]}),
        (ValidationError("It has ended."), {}, {"__all__": ["It has ended."]}),
        (ValidationError("It has ended."), {"elsewhere": "note"}, {"note": ["It has ended."]}),
        (ValidationError("It has ended."), {"elsewhere": "role"}, {"__all__": ["It has ended."]}),
        (ValidationError({"ends_at": "Too early."}), {"renamed": {"ends_at": "ends_on"}}, {"ends_on": ["Too early."]}),
        (
            ValidationError({"note": ValidationError("%(n)s words at most.", params={"n": 3})}),
            {},
            {"note": ["3 words at most."]},
        ),
    ],
)
def test_an_error_of_a_service_stands_beside_the_field_it_names(
    error: ValidationError, options: dict[str, Any], shown: dict[str, list[str]]
) -> None:
    form = Period({})
    assert form.is_valid()
    add_errors(form, error, **options)
    assert form.errors == shown
