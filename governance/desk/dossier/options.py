"""Options of a proposal side by side: what each one commits and changes, and which roles prefer it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from governance.decide.kinds.base import Kind, Line
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.content import ContentModel, Expected
from projects.models import Project


@dataclass(frozen=True)
class OptionLine:
    """One option: its words, the amount and the terms of its approval, and the roles whose opinion prefers it."""

    letter: str
    title: str
    description: str
    is_recommended: bool
    changes_nothing: bool
    amount: Decimal | None
    terms: list[Line]
    preferred_by: list[str]
    expected: Expected


@dataclass(frozen=True)
class OptionTable:
    """The options, and whether they differ in the amount or in what they change."""

    lines: list[OptionLine]
    differ: bool

    @property
    def have_amounts(self) -> bool:
        """Return whether an option commits an amount."""
        return any(line.amount is not None for line in self.lines)

    @property
    def have_figures(self) -> bool:
        """Return whether an option expects a date or a measure."""
        return any(line.expected for line in self.lines)

    @property
    def are_preferred(self) -> bool:
        """Return whether an opinion names one of them."""
        return any(line.preferred_by for line in self.lines)


def list_options(
    content: ContentModel, kind: Kind, project: Project, terms: list[Line], opinions: Iterable[Opinion] = ()
) -> OptionTable:
    """List the options of a proposal with what the approval of each one changes; `terms` are the recommended ones."""
    prefer = [(opinion.preferred, opinion.role) for opinion in opinions]
    lines = []
    for option in content.lettered_options():
        chosen = content.choose(option["letter"])
        changes = kind.lines(chosen.terms, project) if chosen.chosen else terms
        lines.append(
            OptionLine(
                letter=option["letter"],
                title=option["title"],
                description=option.get("description", ""),
                is_recommended=option["recommended"],
                changes_nothing=chosen.changes_nothing,
                amount=chosen.amount,
                terms=[line for line in changes if not line.is_prepared],
                preferred_by=[role for letter, role in prefer if letter == option["letter"]],
                expected=Expected.read(option),
            )
        )
    return OptionTable(lines, differ=bool(content.alternatives))
