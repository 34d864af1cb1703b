"""Form of the hypothesis on the permissions page: kind, author role and state."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from governance.enums import ProposalState
from roles.enums import DecisionKind, decision_kinds


class SuppositionForm(forms.Form):
    """A hypothetical proposal; every field is optional. `authors` maps each kind to its possible author roles."""

    kind = forms.ChoiceField(
        label=_("Kind of decision"),
        required=False,
        choices=lambda: [(code, capfirst(label)) for code, label in decision_kinds()],
        error_messages={"invalid_choice": _("Choose a kind of decision.")},
    )
    author = forms.ChoiceField(
        label=_("Written by"),
        required=False,
        error_messages={"invalid_choice": _("Choose a role that proposes on this project.")},
    )
    state = forms.ChoiceField(
        label=_("State of the proposal"),
        required=False,
        choices=lambda: ProposalState.choices,
        error_messages={"invalid_choice": _("Choose a state.")},
    )

    #: No field is marked as optional: an empty one has a default.
    needed: ClassVar = dict.fromkeys(("kind", "author", "state"), "")

    def __init__(self, data: Mapping[str, Any], authors: Mapping[str, list[str]]) -> None:
        self.authors = authors
        first = next((kind for kind, codes in authors.items() if codes), DecisionKind.CHANGE.value)
        self.usual = {"kind": first, "author": "", "state": ProposalState.SUBMITTED.value}
        super().__init__(self.usual | {name: text for name, text in data.items() if text})
        codes = sorted({code for roles in authors.values() for code in roles})
        self.fields["author"].choices = [("", _("the first role that can")), *((code, code) for code in codes)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a role that may not propose this kind."""
        typed: dict[str, Any] = self.cleaned_data
        author, kind = typed.get("author"), typed.get("kind")
        if author and kind and author not in self.authors[kind]:
            sentence = _("%(role)s does not propose this kind of decision. %(roles)s can.")
            listed = ", ".join(self.authors[kind]) or _("no role")
            self.add_error("author", ValidationError(sentence, params={"role": author, "roles": listed}))
        return typed

    @property
    def supposed(self) -> tuple[str, str, str]:
        """Return kind, author role (empty when no role may propose) and state, with defaults for invalid input."""
        valid = self.usual | (self.cleaned_data if self.is_valid() else {})
        author = valid["author"] or next(iter(self.authors[valid["kind"]]), "")
        return valid["kind"], author, valid["state"]
