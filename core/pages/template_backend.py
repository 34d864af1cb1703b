"""Template backend that spells out hidden characters, and shows no errors of a form that was not sent."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends import django as backend

from core.acts import is_showing_only
from core.forms import forget_errors
from core.words.characters import reveal


class Templates(backend.DjangoTemplates):
    """Django's own backend, with these templates."""

    def from_string(self, template_code: str) -> "Template":
        """Return the template of a source."""
        return Template(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> "Template":
        """Return the template of a name."""
        try:
            return Template(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            backend.reraise(error, self)


class Template(backend.Template):
    """A template whose pages and mails hide no character (core.words.characters)."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        """Render the template with these values. A form that was not sent has no errors on its page."""
        if context and is_showing_only():
            forget_errors(*_list_forms(context.values()))
        return reveal(super().render(context, request))


def _list_forms(values: Iterable[Any]) -> Iterator["forms.BaseForm | forms.BaseFormSet[Any]"]:
    """List the forms and formsets among these values, and in lists of them."""
    for value in values:
        if isinstance(value, forms.BaseForm | forms.BaseFormSet):
            yield value
        elif isinstance(value, list | tuple):
            yield from _list_forms(value)
