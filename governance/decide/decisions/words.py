"""The owner's words on what was missing or open, each with the items it answers, for pages and the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance.decide.kinds.groups import GROUPS
from governance.decide.kinds.items import label_item
from governance.enums import Settled

LABELS = {group.code: group.label for group in GROUPS}


class Item(NamedTuple):
    """What a word is about, in the reader's language; `is_own` tells that the text is in that of the project."""

    label: str
    text: str
    is_own: bool = True


@dataclass(frozen=True)
class Said:
    """One word of the owner: what became of the items under it, and why."""

    label: str
    outcome: str
    because: str
    items: tuple[Item, ...]
    is_on_rival: bool

    @property
    def heading(self) -> str:
        """Return the heading under which it stands."""
        return _("Other proposals on this question") if self.is_on_rival else _("What was missing or open")


def gather_words(entries: Iterable[Mapping[str, Any]], holders: Mapping[str, str]) -> list[Said]:
    """Return the words with these entries of `Decision.settled`; entries of one group with the same word are one.

    `holders` maps what was carried over to the name of the person who was to take it over.
    """
    found: dict[tuple[str, str, str, bool], list[Item]] = {}
    for entry in entries:
        item = _read_item(entry)
        label = str(LABELS.get(entry.get("group", ""), item.label))
        is_on_rival = entry["fate"] == Settled.ANSWERED
        key = label, _describe(entry, holders.get(entry["item"], "")), entry["because"], is_on_rival
        found.setdefault(key, []).append(item)
    return [Said(*key[:3], tuple(items), key[3]) for key, items in found.items()]


def _read_item(entry: Mapping[str, Any]) -> Item:
    """Return what an entry is about; earlier releases froze it in the language of the project alone."""
    said = {"label": entry["label"], "text": entry["text"]} | entry.get("words", {}).get(get_language() or "", {})
    return Item(label_item(entry["item"], said["label"]), said["text"], said["text"] == entry["text"])


def _describe(entry: Mapping[str, Any], holder: str) -> str:
    """Return what became of an item."""
    values = {"project": entry["into"], "holder": holder}
    if holder:
        return _("carried over to %(project)s, %(holder)s") % values
    return _("carried over to %(project)s") % values if entry["into"] else str(Settled(entry["fate"]).label)
