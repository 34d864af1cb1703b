"""Sentences for the errors and warnings of an import, one per kind of problem."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from amoa.imports.columns import BY_NAME
from amoa.requirements.enums import RequirementState
from amoa.requirements.register import CHOICES
from core.tables.problems import COMPUTED_TEXT, FIRST_LINES, ProblemRow
from core.tables.words import LEFT_EMPTY, LEFT_EMPTY_TEXT
from core.words.characters import REFUSED

SENTENCES: dict[str, Any] = {
    "twice": gettext_lazy("“%(code)s” is already on line %(other)s. Keep one of the two."),
    "other_code": gettext_lazy("“%(found)s” is not a known code. Did you mean “%(near)s”?"),
    "too_long": gettext_lazy("Shorten it to %(most)s characters. It has %(found)s."),
    "part_too_long": gettext_lazy("Shorten each part to %(most)s characters. One has %(found)s."),
    "no_title": gettext_lazy("Enter a title for the requirement."),
    "hidden": REFUSED,
    "erased": gettext_lazy("This text was erased: write another one, or leave it empty."),
    "unknown_kind": gettext_lazy(
        "Use need, functional, non-functional, constraint, business rule or transition. Found “%(found)s”."
    ),
    "unknown_priority": gettext_lazy(
        "Use must have, should have, could have or won’t have this time. Found “%(found)s”."
    ),
    "unknown_criticality": gettext_lazy("Use low, medium or high. Found “%(found)s”."),
    "unknown_verification": gettext_lazy("Use inspection, analysis, demonstration or test. Found “%(found)s”."),
    "unknown_state": gettext_lazy("Use draft, proposed, in review, deferred or withdrawn. Found “%(found)s”."),
    "not_born": gettext_lazy("A new requirement is a draft, proposed or deferred. Found “%(found)s”."),
    "not_from_there": gettext_lazy("%(code)s is “%(state)s”: that state does not lead to “%(found)s” by an import."),
    "unknown_group": gettext_lazy("“%(found)s” is not a known group. Describe the group first, or correct the name."),
    "unknown_group_near": gettext_lazy("“%(found)s” is not a known group. Did you mean “%(near)s”?"),
    "unknown_parent": gettext_lazy("“%(found)s” is neither in this file nor on the project. Correct the code."),
    "unknown_parent_near": gettext_lazy(
        "“%(found)s” is neither in this file nor on the project. Did you mean “%(near)s”?"
    ),
    "need_below": gettext_lazy("A need refines a need, and %(parent)s is none. Choose another parent."),
    "needs_below": gettext_lazy("%(code)s is a need that refines this one, which must stay a need."),
    "circle": gettext_lazy("%(parent)s is below this requirement. Choose another parent."),
    "too_deep": gettext_lazy("It would have more than %(most)s levels above it. Choose a parent further up."),
    "parent_left_out": gettext_lazy("Its parent %(parent)s is on line %(line)s, which is in error."),
    "same_title": gettext_lazy("%(code)s has the same title. Enter its code to edit it instead of adding another one."),
    "made_title": gettext_lazy("The first words of the statement are used as the title."),
    "computed": COMPUTED_TEXT,
    LEFT_EMPTY: LEFT_EMPTY_TEXT,
    "left_empty_kind": gettext_lazy(
        "This word is left empty: a new requirement becomes functional, an existing one keeps its kind."
    ),
    "left_empty_priority": gettext_lazy(
        "This word is left empty: a new requirement becomes should have, an existing one keeps its priority."
    ),
    "left_empty_state": gettext_lazy(
        "This word is left empty: a new requirement is a draft, an existing one keeps its state."
    ),
    "no_kind": ngettext_lazy(
        "%(number)s new line has no kind: it becomes a functional requirement.",
        "%(number)s new lines have no kind: they become functional requirements.",
        "number",
    ),
    "no_recipients": ngettext_lazy(
        "%(number)s new requirement names no recipients.", "%(number)s new requirements name no recipients.", "number"
    ),
    "no_criteria": ngettext_lazy(
        "%(number)s new requirement has no acceptance criterion.",
        "%(number)s new requirements have no acceptance criterion.",
        "number",
    ),
    "revised": ngettext_lazy(
        "%(number)s requirement in force gets a new version, which is proposed. The approved one stays in force.",
        "%(number)s requirements in force get a new version, which is proposed. The approved ones stay in force.",
        "number",
    ),
}

#: Kinds of the problem of a word that no value has.
UNKNOWN = frozenset(f"unknown_{name}" for name in CHOICES)


def build_row(
    line: int,
    name: str,
    kind: str,
    named: Mapping[str, Any],
    *,
    column: str = "",
    is_error: bool = True,
    of: int = 0,
) -> ProblemRow:
    """Build a problem with a cell, with a line, or with the file (line 0), in the reader's language.

    `column` is that of the file. `named` are the parameters of the sentence of its kind.
    """
    column = column or (str(BY_NAME[name].label) if name else "")
    shown = {**named, "state": RequirementState(named["state"]).label} if "state" in named else named
    return ProblemRow(line, column, str(SENTENCES[kind] % shown), is_error, kind, of, name, named)


def serialise_problems(problems: Sequence[ProblemRow]) -> list[dict[str, Any]]:
    """Serialise the first problems of each kind for storage, in the given order, with the number of that kind."""
    numbers = Counter((problem.name, problem.kind) for problem in problems)
    seen = Counter[tuple[str, str]]()
    stored = []
    for problem in problems:
        kind = (problem.name, problem.kind)
        seen[kind] += 1
        if seen[kind] <= FIRST_LINES:
            stored.append(
                {
                    "line": problem.line,
                    "field": problem.name,
                    "code": problem.kind,
                    "named": problem.named,
                    "error": problem.is_error,
                    "of": numbers[kind],
                }
            )
    return stored


def read_problems(
    problems: Sequence[Mapping[str, Any]], head: Sequence[str], mapping: Sequence[str]
) -> list[ProblemRow]:
    """Read stored problems in the reader's language, with the column headers of the file."""
    columns = {name: title for title, name in zip(head, mapping, strict=False) if name}
    return [
        build_row(
            problem["line"],
            problem["field"],
            problem["code"],
            problem["named"],
            column=columns.get(problem["field"], ""),
            is_error=problem["error"],
            of=problem.get("of", 0),
        )
        for problem in problems
    ]
