"""References of rows, such as VP-05 and DEF-03, as expressions: to show in a union, and to search for."""

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat, Greatest, Length, LPad


def pad_number(number: str) -> LPad:
    """Return a number of at least two digits, as an expression."""
    digits = Cast(F(number), TextField())
    return LPad(digits, Greatest(Length(digits), 2), Value("0"), output_field=TextField())


def reference(letter: str, number: str, prefix: str = "project__prefix") -> Concat:
    """Return the reference of a row that bears the prefix of its project, such as VP-05, as an expression."""
    return Concat(F(prefix), Value(f"{letter}-"), pad_number(number), output_field=TextField())


def plain_reference(stem: str) -> Concat:
    """Return the reference of a row by its number alone, such as DEF-03, as an expression."""
    return Concat(Value(stem), pad_number("number"), output_field=TextField())
