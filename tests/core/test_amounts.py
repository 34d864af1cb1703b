"""Test how amounts are written in the language of the reader."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from core.templatetags.ui import euros


@pytest.mark.parametrize(
    ("amount", "english", "french"),
    [
        (1_480_000, "€1,480,000", "1\u202f480\u202f000\u00a0€"),
        (Decimal("1250.50"), "€1,250.50", "1\u202f250,50\u00a0€"),
        (-38_000, "-€38,000", "-38\u202f000\u00a0€"),
        (0, "€0", "0\u00a0€"),
        (None, "", ""),
    ],
)
def test_an_amount_has_its_sign_where_the_language_has_it(
    amount: Decimal | int | None, english: str, french: str
) -> None:
    for language, text in (("en", english), ("fr", french)):
        with override(language):
            assert euros(amount) == text
