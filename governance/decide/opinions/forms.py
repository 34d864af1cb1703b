"""Forms of opinions and binding opinions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, TextField
from governance.decide.proposals.models import ProposalRevision
from governance.enums import Position


class BindingOpinionForm(forms.Form):
    """The answer of an external authority, and the document that holds it."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    favourable = forms.TypedChoiceField(
        label=_("The authority is"),
        choices=[("yes", _("Favourable")), ("no", _("Unfavourable"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Enter the opinion of the authority.")},
    )
    given_on = DayField(
        label=_("Given on"), future=False, error_messages={"required": _("Enter the date of the opinion.")}
    )
    reference = TextField(
        label=_("Reference of the document"), error_messages={"required": _("Enter the document that contains it.")}
    )


class OpinionForm(forms.Form):
    """An opinion on one revision, identified by its fingerprint."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    position = forms.ChoiceField(
        label=_("Position"),
        choices=Position,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a position.")},
    )
    preferred = forms.ChoiceField(
        label=_("Option you prefer"),
        widget=forms.RadioSelect,
        required=False,
    )
    reasons = ProseField(
        label=_("Reasons for the opinion"),
        rows=5,
        error_messages={"required": _("Enter the reasons for your opinion.")},
        help_text=_("What the project or the recipients gain or lose, and what would change your mind."),
    )

    def __init__(self, *args: Any, content: ProposalRevision | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.options = content.lettered_options() if content else []
        lettered = [(option["letter"], option["letter"]) for option in self.options]
        self.fields["preferred"].choices = [("", _("I name none")), *lettered]  # type: ignore[attr-defined]
