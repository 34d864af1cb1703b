"""The entry of the state of the system in the navigation of administrators."""

from django.utils.translation import gettext_lazy as _

from governance import workspace_registry
from governance.workspace_registry import Entry

workspace_registry.ADMINISTRATION.append(
    Entry(40, _("State of the system"), "activity", "system_state", ("failed_mails",))
)
