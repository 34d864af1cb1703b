"""Form of the role comparison."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roles.role_templates.content import Matrix, Role


class PairForm(forms.Form):
    """Two different roles of a matrix; default: the first two that advise, else the first two."""

    left = forms.ChoiceField(label=_("First role"))
    right = forms.ChoiceField(label=_("Second role"))

    def __init__(self, content: Matrix, data: Any) -> None:
        self.content = content
        first = _first_pair(content)
        given = {name: data.get(name, role.code) for name, role in zip(("left", "right"), first, strict=False)}
        super().__init__(given)
        for name in ("left", "right"):
            field: Any = self.fields[name]
            field.choices = [(role.code, f"{role.code} · {role.name}") for role in content.roles]
            field.error_messages["invalid_choice"] = _("Choose a role of this project.")

    def clean(self) -> dict[str, Any]:
        """Refuse twice the same role."""
        typed = super().clean() or {}
        if typed.get("left") and typed.get("left") == typed.get("right"):
            raise ValidationError(_("Choose two different roles."))
        return typed

    @property
    def pair(self) -> tuple[Role, Role] | None:
        """Return the two chosen roles; None while the form is invalid."""
        if not self.is_valid():
            return None
        left, right = (self.content.role(self.cleaned_data[name]) for name in ("left", "right"))
        return (left, right) if left and right else None


def _first_pair(content: Matrix) -> list[Role]:
    advising = [role for role in content.roles if role.advises]
    return (advising if len(advising) > 1 else list(content.roles))[:2]
