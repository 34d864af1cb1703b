"""Form to review a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from governance.life.decision_reviews.enums import ReviewAnswer


class ReviewForm(forms.Form):
    """The owner's answer to the changes listed on the page."""

    change = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Is the decision still valid?"),
        choices=ReviewAnswer,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select an answer.")},
    )
    role = forms.ChoiceField(
        label=_("Role that proposes it again"),
        required=False,
        help_text=_("Its holders find the request in their tasks."),
    )
    reasons = ProseField(label=_("Reasons"), rows=4, error_messages={"required": _("Enter your reasons.")})

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Require a role to propose again."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("answer") == ReviewAnswer.AGAIN and not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Select the role that proposes it again."))
        return data
