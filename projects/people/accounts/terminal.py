"""Ask the questions of the set-up on the terminal, one field of its form after the other."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from projects.people.accounts.forms import SetUpForm, initial_set_up
from projects.people.accounts.services import set_up
from roles.models import User

#: Choices beyond this number are not listed: time zones.
MOST_LISTED = 10

type Ask = Callable[[str], str]


def ask_and_set_up(language: str, ask: Ask, ask_secret: Ask, tell: Callable[[str], None]) -> User:
    """Set Ouvrage up with the answers; a wrong one is asked again. Raises CommandError when the set-up is refused."""
    initial = initial_set_up(language)
    fields = SetUpForm().fields
    secret = fields.pop("password")
    answers = {name: _ask_until_right(field, initial.get(name, ""), ask, tell) for name, field in fields.items()}
    while True:
        password = _ask_until_right(secret, "", ask_secret, tell)
        try:
            return set_up(actor=User.objects.installation(), password=password, **answers)
        except ValidationError as error:
            if "password" not in error.update_error_dict({}):
                raise CommandError(" ".join(error.messages)) from error
            tell(" ".join(error.messages))


def _ask_until_right(field: forms.Field, default: str, ask: Ask, tell: Callable[[str], None]) -> Any:
    while True:
        answer = ask(_prompt(field, default)) or default
        try:
            return field.clean(answer)
        except ValidationError as error:
            tell(" ".join(error.messages))


def _prompt(field: forms.Field, default: str) -> str:
    """Return the label with the choices, if few, and the default."""
    offered: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    choices = [str(value) for value, _label in offered]
    listed = f" ({', '.join(choices)})" if 0 < len(choices) <= MOST_LISTED else ""
    return f"{field.label}{listed}{f' [{default}]' if default else ''}: "
