"""Form of a rectification."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField


class RectifyForm(forms.Form):
    """A line of a list, and what it should say."""

    line = forms.ChoiceField(label=_("Line"), error_messages={"required": _("Select a line of the list.")})
    text = ProseField(label=_("Rectification"), rows=4, error_messages={"required": _("Describe the rectification.")})

    def __init__(self, data: Any = None, *, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["line"].choices = [("", "—"), *lines]  # type: ignore[attr-defined]
