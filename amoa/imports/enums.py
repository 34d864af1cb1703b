"""States of an import and the ways in which one ends without writing anything."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an import stands; see workflow.py for what may follow what."""

    UPLOADED = "uploaded", _("Columns to choose")
    MAPPED = "mapped", _("To check again")
    CHECKED = "checked", _("Checked")
    WAITING = "waiting", _("Waiting for its turn")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not imported")
    CANCELLED = "cancelled", _("Stopped")


class Failure(models.TextChoices):
    """Why an import wrote nothing; the label is the sentence its author reads."""

    STALE = "stale", _("The requirements of the project changed after you checked the file. Check it again.")
    PERMISSION = "permission", _("You may no longer import requirements on this project.")
    BROKEN = "broken", _("Ouvrage could not finish this import. Try again; if it fails again, tell an administrator.")
    UNREADABLE = "unreadable", _("The file can no longer be read. Send it again.")
