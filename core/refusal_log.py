"""Log of refusals: codes and keys, never personal text.

PostgreSQL's own log has the refusals of the database outside any act; it knows only the role of the connection.
"""

import logging
from typing import Any

from django.db import models

logger = logging.getLogger("ouvrage.refusals")


def note(what: str, who: Any, on: Any = None, because: str = "") -> None:
    """Log the permission or act, the key of the account, the row or page, and the code of the reason."""
    where = f"{on._meta.label_lower} {on.pk}" if isinstance(on, models.Model) else str(on or "-")
    logger.warning("%s refused to %s on %s: %s", what, getattr(who, "key", "anonymous"), where, because or "-")
