"""Labels of what an approval answers, by its key: the reader sees them in their language, whatever is frozen."""

from collections.abc import Callable
from typing import Any

#: Beginning of a key → its label, or a function that makes it of the rest of the key. Each capability adds its own.
ITEM_LABELS: dict[str, Any | Callable[[str], str]] = {}


def label_item(key: str, frozen: str) -> str:
    """Return the label of the item `key` in the reader's language; the frozen one where nothing announces its kind."""
    name, _sign, rest = key.replace(":", "-", 1).partition("-")
    label = ITEM_LABELS.get(name)
    if label is None:
        return frozen
    return str(label(rest) if callable(label) else label)
