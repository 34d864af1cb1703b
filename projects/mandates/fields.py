"""Form fields that name a person or a recipient group."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from projects.project.models import Project
from roles.models import User

KNOWN_GROUPS = 200
CHAMPION_OF_NOTHING = _("Name the group whose champion this person is.")
KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PersonField(TextField):
    """A person of the installation, typed as the address they sign in with; kept by their key."""

    def clean(self, value: Any) -> User | None:
        """Return the account; a form error when nobody can sign in with that address."""
        address = super().clean(value)
        if not address:
            return None
        found = User.objects.filter(email__iexact=address, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody signs in with this address. An administrator opens accounts."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """Return the address behind a key."""
        found = User.objects.filter(key=value).first() if KEY.fullmatch(str(value)) else None
        return found.email if found else value


def known_groups(project: Project) -> list[str]:
    """List the names of the recipient groups of `project`, to choose from."""
    return list(project.recipient_groups.order_by("name").values_list("name", flat=True)[:KNOWN_GROUPS])
