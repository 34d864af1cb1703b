"""States of a move under another parent."""

from django.db import models
from django.utils.translation import pgettext_lazy


class MoveState(models.TextChoices):
    """Where a move stands: asked until both owners accept it, one refuses it or it is taken back."""

    ASKED = "asked", pgettext_lazy("move", "asked")
    DONE = "done", pgettext_lazy("move", "done")
    REFUSED = "refused", pgettext_lazy("move", "refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("move", "taken back")
