"""States of an import of requirements, what follows each, and its reasons for failure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to choose")
    MAPPED = "mapped", _("To check again")
    CHECKED = "checked", _("Checked")
    WAITING = "waiting", _("Queued")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not imported")
    CANCELLED = "cancelled", _("Stopped")


S = ImportState
#: States that follow each. Python and the trigger both read this table.
TRANSITIONS: dict[S, tuple[S, ...]] = {
    S.UPLOADED: (S.CHECKED, S.CANCELLED),
    S.MAPPED: (S.UPLOADED, S.CHECKED, S.CANCELLED),
    S.CHECKED: (S.UPLOADED, S.MAPPED, S.WAITING, S.CANCELLED),
    S.WAITING: (S.RUNNING, S.FAILED, S.CANCELLED),
    S.RUNNING: (S.WAITING, S.MAPPED, S.DONE, S.FAILED, S.CANCELLED),
    S.DONE: (),
    S.FAILED: (),
    S.CANCELLED: (),
}
#: States in which the author still chooses; in which a worker has it, or will; in which no file is stored any more.
OPEN = (S.UPLOADED, S.MAPPED, S.CHECKED)
LIVE = (S.WAITING, S.RUNNING)
ENDED = (S.DONE, S.FAILED, S.CANCELLED)


class Failure(models.TextChoices):
    """Reason why an import wrote nothing; the label is shown to its author."""

    STALE = "stale", _("The requirements of the project changed after you checked the file. Check it again.")
    PERMISSION = "permission", _("You can no longer import requirements on this project.")
    BROKEN = "broken", _("Ouvrage could not finish this import. Try again. If it fails again, tell an administrator.")
    UNREADABLE = "unreadable", _("The file can no longer be read. Send it again.")
