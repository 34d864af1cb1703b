"""The owner's words on what was missing or open, each with the items it answers, for pages and the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from governance.decide.kinds.groups import GROUPS
from governance.decide.kinds.items import label_item
from governance.enums import Settled

LABELS = {group.code: group.label for group in GROUPS}


@dataclass(frozen=True)
class Said:
    """One word of the owner: what became of the items under it, each with its label and text, and why."""

    label: str
    outcome: str
    because: str
    items: tuple[tuple[str, str], ...]
    is_on_rival: bool

    @property
    def heading(self) -> str:
        """Return the heading under which it stands."""
        return _("Other proposals on this question") if self.is_on_rival else _("What was missing or open")


def gather_words(entries: Iterable[Mapping[str, str]], holders: Mapping[str, str]) -> list[Said]:
    """Return the words with these entries of `Decision.settled`; entries of one group with the same word are one.

    `holders` maps what was carried over to the name of the person who was to take it over.
    """
    found: dict[tuple[str, str, str, bool], list[tuple[str, str]]] = {}
    for entry in entries:
        item = label_item(entry["item"], entry["label"])
        label = str(LABELS.get(entry.get("group", ""), item))
        is_on_rival = entry["fate"] == Settled.ANSWERED
        key = label, _describe(entry, holders.get(entry["item"], "")), entry["because"], is_on_rival
        found.setdefault(key, []).append((item, entry["text"]))
    return [Said(*key[:3], tuple(items), key[3]) for key, items in found.items()]


def _describe(entry: Mapping[str, str], holder: str) -> str:
    """Return what became of an item."""
    values = {"project": entry["into"], "holder": holder}
    if holder:
        return _("carried over to %(project)s, %(holder)s") % values
    return _("carried over to %(project)s") % values if entry["into"] else str(Settled(entry["fate"]).label)
