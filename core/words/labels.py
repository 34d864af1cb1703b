"""Labels of choices, for columns that lists show in every row."""

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices


def label_of(choices: type[TextChoices], name: str) -> Callable[[Any], str]:
    """Build a `get_…_display` for the column `name`.

    Django's own translates every choice of the column for each value.
    """
    labels = dict(choices.choices)

    def label(row: Any) -> str:
        value = getattr(row, name)
        return str(labels.get(value, value))

    return label
