"""Fields of the register of requirements."""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from core.pages.register.fields import Code, Field
from core.tables.columns import Column


class Parent(Code):
    """The code of the need that a requirement answers, or of the requirement that it refines."""

    def build_file_column(self) -> Column:
        return replace(super().build_file_column(), label=_("Parent code"))


class Among(Field):
    """One of what a project has; the form sets the choices."""

    def build(self) -> forms.Field:
        return forms.ChoiceField(**self.say())


class Several(Field):
    """Several of what a project has; the form sets the choices."""

    def build(self) -> forms.Field:
        return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **self.say())


class Links(Field):
    """References of proposals, decisions, risks and documents, one per line."""

    def build(self) -> forms.Field:
        return ProseField(rows=2, **self.say())
