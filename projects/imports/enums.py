"""States of the import of a list."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to choose")
    CHECKED = "checked", _("Checked")
    DONE = "done", _("Imported")
    CANCELLED = "cancelled", _("Stopped")


#: Transitions: state → next states. Python and the trigger both read this table.
TRANSITIONS: dict[ListState, tuple[ListState, ...]] = {
    ListState.UPLOADED: (ListState.CHECKED, ListState.CANCELLED),
    ListState.CHECKED: (ListState.UPLOADED, ListState.DONE, ListState.CANCELLED),
    ListState.DONE: (),
    ListState.CANCELLED: (),
}
#: States in which the author still chooses; then those in which the file is no longer stored.
OPEN = (ListState.UPLOADED, ListState.CHECKED)
ENDED = (ListState.DONE, ListState.CANCELLED)
