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
    """An account, typed as the e-mail address it signs in with and stored by its key."""

    def clean(self, value: Any) -> User | None:
        """Return the active account. Raises ValidationError when there is none with this address."""
        address = super().clean(value)
        if not address:
            return None
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("Nobody signs in with this address. An administrator opens accounts."))
        return user

    def prepare_value(self, value: Any) -> Any:
        """Return the e-mail address for a key, else the value."""
        user = User.objects.filter(key=value).first() if KEY.fullmatch(str(value)) else None
        return user.email if user else value


def known_groups(project: Project) -> list[str]:
    """List the names of the recipient groups of `project` as suggestions."""
    return list(project.recipient_groups.order_by("name").values_list("name", flat=True)[:KNOWN_GROUPS])
