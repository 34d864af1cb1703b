"""The log of what was refused, to whom and on what: codes and keys, never anyone's words.

What the database refuses outside every act is in the log of PostgreSQL, which knows only the role of the connection.
"""

import logging
from typing import Any

from django.db import models

logger = logging.getLogger("ouvrage.refusals")


def note(what: str, who: Any, on: Any = None, because: str = "") -> None:
    """One line: the permission or act refused, the key of the account, the row or the page, and the reason's code."""
    where = f"{on._meta.label_lower} {on.pk}" if isinstance(on, models.Model) else str(on or "-")
    logger.warning("%s refused to %s on %s: %s", what, getattr(who, "key", "anonymous"), where, because or "-")
