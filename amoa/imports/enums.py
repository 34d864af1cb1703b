"""States of an import and its reasons for failure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """State of an import; workflow.py lists the transitions."""

    UPLOADED = "uploaded", _("Columns to choose")
    MAPPED = "mapped", _("To check again")
    CHECKED = "checked", _("Checked")
    WAITING = "waiting", _("Queued")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not imported")
    CANCELLED = "cancelled", _("Stopped")


class Failure(models.TextChoices):
    """Reason why an import wrote nothing; the label is shown to its author."""

    STALE = "stale", _("The requirements of the project changed after you checked the file. Check it again.")
    PERMISSION = "permission", _("You can no longer import requirements on this project.")
    BROKEN = "broken", _("Ouvrage could not finish this import. Try again. If it fails again, tell an administrator.")
    UNREADABLE = "unreadable", _("The file can no longer be read. Send it again.")
