"""Snapshots: figures of the project that a kind shows on the dossier, and that a submission freezes.

They are frozen in the language of the project, with their words in every other one: each reader reads their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

#: Most rows of one figure that a decision record names.
MOST_ITEMS = 200


@dataclass(frozen=True)
class Item:
    """A row that a figure counts: its reference, and a text that is nobody's own words."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Figure:
    """One line of a snapshot. `is_met` is None for a figure that cannot fail.

    `link` leads to the rows as they are now; it is not frozen.
    """

    name: str
    label: str
    text: str
    is_met: bool | None = None
    items: tuple[Item, ...] = ()
    link: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as a revision keeps it."""
        met = "" if self.is_met is None else "yes" if self.is_met else "no"
        items = [{"name": item.name, "text": item.text} for item in self.items]
        return {"name": self.name, "label": self.label, "text": self.text, "met": met, "items": items}


@dataclass(frozen=True)
class Snapshot:
    """Figures under one heading, in `language`. The registered `name` is what the database looks for."""

    name: str
    heading: str
    figures: tuple[Figure, ...]
    language: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as a revision keeps it."""
        figures = [figure.plain() for figure in self.figures]
        return {"name": self.name, "heading": self.heading, "figures": figures}


@dataclass(frozen=True)
class ComparedFigure:
    """A frozen figure beside the present one, which is None when nothing is compared."""

    frozen: Figure
    now: Figure | None = None

    @property
    def link(self) -> str:
        """Return the address of the rows as they are now."""
        return self.now.link if self.now else self.frozen.link

    @property
    def gone(self) -> list[Item]:
        """List the rows that it no longer counts."""
        return _subtract(self.frozen.items, self.now.items) if self.now else []

    @property
    def added(self) -> list[Item]:
        """List the rows that it counts since."""
        return _subtract(self.now.items, self.frozen.items) if self.now else []

    @property
    def has_changed(self) -> bool:
        """Return whether it says something else now."""
        return self.now is not None and self.now.plain() != self.frozen.plain()


@dataclass(frozen=True)
class ComparedSnapshot:
    """A snapshot as a page shows it; `is_frozen` tells it from one of a text that is not submitted."""

    heading: str
    figures: tuple[ComparedFigure, ...]
    is_frozen: bool
    language: str = ""


def freeze_snapshots(take: Callable[[], Sequence[Snapshot]], language: str) -> list[dict[str, Any]]:
    """Return what `take` returns in `language` as a revision keeps it, with its words in each other language."""
    with translation.override(language):
        plain = [part.plain() for part in take()]
    for other in (code for code, _name in settings.LANGUAGES if code != language and plain):
        with translation.override(other):
            parts = take()
        for part, said in zip(plain, parts, strict=True):
            part["words"] = {**part.get("words", {}), other: _list_words(said)}
    return plain


def _list_words(part: Snapshot) -> dict[str, Any]:
    figures = [[figure.label, figure.text, [item.text for item in figure.items]] for figure in part.figures]
    return {"heading": part.heading, "figures": figures}


def is_in_reader_language(plain: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether these snapshots of a revision have words in the language in use beside their own."""
    return all((translation.get_language() or "") in part.get("words", {}) for part in plain)


def read_snapshots(plain: Iterable[Mapping[str, Any]], own: str = "") -> list[Snapshot]:
    """Return the snapshots of a revision in the language in use, else in that of the project, `own`.

    Earlier releases froze them in that of the project alone.
    """
    return [_read_snapshot(part, own) for part in plain]


def _read_snapshot(part: Mapping[str, Any], own: str) -> Snapshot:
    language = translation.get_language() or ""
    words = part.get("words", {}).get(language)
    figures = tuple(map(_read_figure, part["figures"]))
    if words is None:
        return Snapshot(part["name"], part["heading"], figures, own)
    said = tuple(_translate(figure, *told) for figure, told in zip(figures, words["figures"], strict=True))
    return Snapshot(part["name"], words["heading"], said, language)


def _translate(figure: Figure, label: str, text: str, items: Sequence[str]) -> Figure:
    rows = tuple(Item(item.name, said) for item, said in zip(figure.items, items, strict=True))
    return Figure(figure.name, label, text, figure.is_met, rows, figure.link)


def compare_snapshots(frozen: Iterable[Snapshot], now: Iterable[Snapshot]) -> list[ComparedSnapshot]:
    """Return the frozen snapshots beside the present ones; those of `now` alone are not frozen."""
    present = {(part.name, figure.name): figure for part in now for figure in part.figures}
    return [
        ComparedSnapshot(
            part.heading,
            tuple(ComparedFigure(figure, present.get((part.name, figure.name))) for figure in part.figures),
            is_frozen=True,
            language=part.language,
        )
        for part in frozen
    ]


def show_snapshots(now: Iterable[Snapshot]) -> list[ComparedSnapshot]:
    """Return the snapshots that a submission would freeze."""
    return [
        ComparedSnapshot(
            part.heading,
            tuple(ComparedFigure(figure) for figure in part.figures),
            is_frozen=False,
            language=part.language,
        )
        for part in now
    ]


def needs_snapshot(name: str) -> str:
    """Return the SQL condition that a submission has this snapshot."""
    return f"""jsonb_path_exists(NEW.snapshot, '$[*] ? (@.name == "{name}")')"""


def _read_figure(plain: Mapping[str, Any]) -> Figure:
    items = tuple(Item(item["name"], item["text"]) for item in plain["items"])
    met = {"yes": True, "no": False}.get(plain["met"])
    return Figure(plain["name"], plain["label"], plain["text"], met, items)


def _subtract(rows: Iterable[Item], others: Iterable[Item]) -> list[Item]:
    """Return the rows that are not among the others, by name."""
    names = {item.name for item in others}
    return [item for item in rows if item.name not in names]
