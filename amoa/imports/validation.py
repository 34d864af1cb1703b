"""Dry run of an import: check every line against the rules and the project. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from amoa.imports.columns import LINES, NOTE, PROSES, TEXTS, build_cells, get_label
from amoa.imports.known import load_known
from amoa.imports.problems import build_row
from amoa.requirements import versions, workflow
from amoa.requirements.enums import RequirementKind, RequirementState
from amoa.requirements.guards import CONTENT
from amoa.requirements.models import LONGEST_CODE, LONGEST_LINK, Requirement
from amoa.requirements.register import CHOICES
from core.acts import one_snapshot
from core.record.erasure import MARK
from core.tables.columns import fold, split_cell
from core.tables.conversions import build_headline
from core.tables.layout import KEPT, list_kept, merge_kept
from core.tables.problems import ProblemRow
from core.tables.tables import Table
from core.tables.words import Choices
from core.words.characters import code_of, find_hidden
from projects.imports.plan import Plan, Planned
from projects.models import Project

#: Above this number of codes, all requirements of the project are read.
MANY = 1_000
#: Required fields: an empty cell leaves them unchanged.
NEVER_EMPTY = ("kind", "priority", "state")
#: Fields whose change starts another version.
CONTENTS = frozenset(CONTENT)
#: Maximum depth of the requirement tree; a deeper one is unreadable.
DEEPEST = 20
#: Changes and additions that are kept in full.
EXAMPLES = 20
#: Similarity of a suggestion, and number of unknown names for which one is searched.
ALIKE, MOST_OFFERS = 0.6, 50


@dataclass
class PlannedRequirement(Planned):
    """Effect of a line on a requirement; its title is the code, "" for a free one. `parent` is a code."""

    parent: str | None = None
    depth: int = 0

    @property
    def is_revised(self) -> bool:
        """Return whether it proposes another version while one is in force."""
        return self.row is not None and self.row.state in workflow.IN_FORCE and bool(set(self.fields) & CONTENTS)


@dataclass(frozen=True)
class RequirementPlan(Plan[PlannedRequirement]):
    """Result of the check; `codes` are those that the file names, to which its fingerprint belongs."""

    codes: frozenset[str] = frozenset()


def summarise(plan: Plan[PlannedRequirement]) -> dict[str, Any]:
    """Return the counts, and the first changes and additions in full."""
    return {
        **plan.counts,
        "revised": sum(entry.is_revised for entry in plan.changed),
        "fields": dict(Counter(name for entry in plan.changed for name in entry.after).most_common()),
        "first_new": [[entry.line, entry.title, entry.fields["title"]] for entry in plan.new[:EXAMPLES]],
        "first_changed": [
            [entry.line, entry.title, [[name, entry.before[name], text] for name, text in entry.after.items()]]
            for entry in plan.changed[:EXAMPLES]
        ],
    }


def check(project: Project, table: Table, mapping: Sequence[str], choices: Choices) -> RequirementPlan:
    """Check every line of `table`, mapped by `mapping`, against the current `project`."""
    return _Check(project, table, mapping, choices).run()


class _Check:
    """One dry run with its data and the problems found so far."""

    def __init__(self, project: Project, table: Table, mapping: Sequence[str], choices: Choices) -> None:
        self.places = {name: place for place, name in enumerate(mapping) if name and name != KEPT}
        self.project, self.table, self.mapping, self.choices = project, table, mapping, choices
        self.problems: list[ProblemRow] = []
        self.wrong: set[int] = set()
        self.made: list[int] = []
        self.offered: dict[str, str] = {}
        self.by_line = dict(zip(table.lines, table.rows, strict=True))
        with one_snapshot():
            self.known = load_known(project)
            self.there = self._load_named()
        self.code_of = {fact.pk: code for code, fact in self.known.facts.items()}
        self.by_number = {pk: name for name, pk in self.known.groups.items()}
        self.by_fold = {fold(name): pk for name, pk in self.known.groups.items()}
        self.alike = {fold(code): code for code in self.known.facts}
        self.titles = {fact.title.casefold(): code for code, fact in self.known.facts.items()}

    def _load_named(self) -> dict[str, Requirement]:
        """Load the requirements named in the file, with all fields that may change."""
        place = self.places.get("code")
        codes = {row[place] for row in self.table.rows if row[place]} if place is not None else set()
        rows = self.project.requirements.defer("words").order_by("pk")
        if len(codes) <= MANY:
            rows = rows.filter(code__in=codes)
        return {row.code: row for row in rows.iterator() if row.code in codes}

    def run(self) -> RequirementPlan:
        """Check every line, then the relations between lines."""
        planned: list[PlannedRequirement] = []
        seen: dict[str, int] = {}
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            cells = {name: row[place] for name, place in self.places.items()}
            entry = self._check_line(line, cells, list_kept(self.table, self.mapping, row))
            if entry.title and entry.title in seen:
                self._error(line, "code", "twice", code=entry.title, other=seen[entry.title])
            elif entry.title:
                seen[entry.title] = line
            planned.append(entry)
        self._check_relations(planned)
        self._add_warnings(planned)
        codes = frozenset((*seen, *(entry.parent for entry in planned if entry.parent)))
        problems = sorted(self.problems, key=lambda problem: problem.line)
        return RequirementPlan(
            planned=[entry for entry in planned if entry.line not in self.wrong],
            wrong=self.wrong,
            problems=[problem for problem in problems if problem.is_error],
            warnings=[problem for problem in problems if not problem.is_error],
            fingerprint=self.known.fingerprint(codes),
            codes=codes,
        )

    def _error(self, line: int, name: str, what: str, /, **named: Any) -> None:
        self.problems.append(build_row(line, name, what, named, column=self._get_title(name)))
        self.wrong.add(line)

    def _warn(self, line: int, name: str, what: str, /, **named: Any) -> None:
        self.problems.append(build_row(line, name, what, named, column=self._get_title(name), is_error=False))

    def _get_title(self, name: str) -> str:
        return self.table.header[self.places[name]] if name in self.places else ""

    def _find_similar(self, text: str, among: Iterable[str]) -> str:
        """Return the most similar name, "" for none.

        Limited to MOST_OFFERS searches, because each is slow.
        """
        if text not in self.offered and len(self.offered) < MOST_OFFERS:
            self.offered[text] = next(iter(get_close_matches(text, among, 1, ALIKE)), "")
        return self.offered.get(text, "")

    # — one line —

    def _check_line(self, line: int, cells: dict[str, str], kept: Mapping[str, str]) -> PlannedRequirement:
        code = " ".join(cells.get("code", "").split())
        current = self.there.get(code)
        if current is None and not cells.get("title") and cells.get("statement"):
            cells["title"] = build_headline(cells["statement"])
            self.made.append(line)
        if kept:
            cells[NOTE] = merge_kept(cells.get(NOTE, current.justification if current else ""), kept)
        entry = PlannedRequirement(line, code, row=current)
        if current is None:
            self._check_new(entry, cells)
        else:
            self._check_update(entry, current, cells)
        return entry

    def _check_new(self, entry: PlannedRequirement, cells: Mapping[str, str]) -> None:
        if len(entry.title) > LONGEST_CODE:
            self._error(entry.line, "code", "too_long", most=LONGEST_CODE, found=len(entry.title))
        elif self._is_visible(entry.line, "code", entry.title) and (near := self.alike.get(fold(entry.title))):
            self._error(entry.line, "code", "other_code", found=entry.title, near=near)
        for name, value in self._read_cells(entry.line, cells, None):
            entry.fields[name] = value
        entry.fields.setdefault("kind", RequirementKind.FUNCTIONAL.value)
        if not cells.get("title"):
            self._error(entry.line, "title", "no_title")
        state = entry.fields.get("state", RequirementState.DRAFT)
        if state not in workflow.INITIAL:
            self._error(entry.line, "state", "not_born", found=cells["state"])
        if cells.get("parent"):
            entry.parent = " ".join(cells["parent"].split())
        if "criteria" in entry.fields:
            entry.fields["criteria"] = versions.number_criteria(entry.fields["criteria"])

    def _check_update(self, entry: PlannedRequirement, current: Requirement, cells: Mapping[str, str]) -> None:
        above = self.code_of.get(current.parent_id or 0, "")
        ours = build_cells(current, above, self.by_number)
        differing = {name: cell for name, cell in cells.items() if cell != ours[name] and name != "code"}
        for name, value in self._read_cells(entry.line, differing, current):
            if name == "criteria":
                value = versions.number_criteria(value, current.criteria)
            same = set(value) == set(current.recipients) if name == "recipients" else value == getattr(current, name)
            if not same:
                entry.fields[name] = value
                entry.before[name] = ours[name]
                entry.after[name] = get_label(name, value) if name in CHOICES else cells[name]
        if "parent" in differing and (parent := " ".join(differing["parent"].split())) != above:
            entry.parent, entry.fields["parent"] = parent, None
            entry.before["parent"], entry.after["parent"] = above, parent
        if "title" in differing and not differing["title"]:
            self._error(entry.line, "title", "no_title")
        target = entry.fields.get("state", current.state)
        if target != current.state and not (target in workflow.WRITTEN and workflow.is_allowed(current.state, target)):
            self._error(
                entry.line, "state", "not_from_there", code=entry.title, found=cells["state"], state=current.state
            )

    def _read_cells(
        self, line: int, cells: Mapping[str, str], current: Requirement | None
    ) -> Iterator[tuple[str, Any]]:
        """Yield the value of each readable cell by field; record a problem for the others."""
        for name, cell in cells.items():
            if name in ("code", "parent") or (not cell and name in NEVER_EMPTY):
                continue
            if not self._is_visible(line, name, cell):
                continue
            if MARK.search(cell):
                self._error(line, name, "erased")
            elif name in CHOICES:
                yield from self._read_choice(line, name, cell)
            elif name in TEXTS:
                yield from self._read_text(line, name, cell)
            elif name == "recipients":
                yield name, self._read_groups(line, cell)
            elif name == "criteria":
                yield from self._read_parts(line, name, cell, PROSES["statement"])
            else:
                yield from self._read_parts(line, name, cell, LONGEST_LINK)

    def _is_visible(self, line: int, name: str, cell: str) -> bool:
        """Return whether nothing in the cell is hidden; record a problem if something is."""
        if hidden := find_hidden(cell):
            self._error(line, name, "hidden", code=code_of(hidden[0]), place=hidden.start() + 1)
        return hidden is None

    def _read_choice(self, line: int, name: str, cell: str) -> Iterator[tuple[str, str]]:
        value = self.choices.find(name, cell) if cell else ""
        if value is None:
            self._error(line, name, f"unknown_{name}", found=cell[:60])
        else:
            yield name, value

    def _read_text(self, line: int, name: str, cell: str) -> Iterator[tuple[str, str]]:
        text = " ".join(cell.split()) if name in LINES else cell
        if len(text) > TEXTS[name]:
            self._error(line, name, "too_long", most=TEXTS[name], found=len(text))
        else:
            yield name, text

    def _read_parts(self, line: int, name: str, cell: str, most: int) -> Iterator[tuple[str, list[str]]]:
        parts = list(dict.fromkeys(split_cell(cell)))
        long = [len(part) for part in parts if len(part) > most]
        if long:
            self._error(line, name, "part_too_long", most=most, found=long[0])
        else:
            yield name, parts

    def _read_groups(self, line: int, cell: str) -> list[int]:
        """Return the primary keys of the groups in a cell.

        They are separated by semicolons or lines, or by commas when every part is known.
        """
        whole = self._find_group(cell)
        if whole:
            return [whole]
        numbers: list[int] = []
        for part in split_cell(cell):
            pk = self._find_group(part)
            by_comma = [] if pk else [self._find_group(name) for name in part.split(",")]
            if pk:
                numbers.append(pk)
            elif by_comma and all(by_comma):
                numbers += [number for number in by_comma if number]
            else:
                near = self._find_similar(fold(part[:LONGEST_LINK]), self.by_fold)
                named = {"found": part[:60], "near": self.by_number[self.by_fold[near]] if near else ""}
                self._error(line, "recipients", "unknown_group_near" if near else "unknown_group", **named)
        return sorted(set(numbers))

    def _find_group(self, name: str) -> int | None:
        name = name.strip()
        return self.known.groups.get(name) or self.by_fold.get(fold(name))

    # — relations between lines —

    def _check_relations(self, planned: list[PlannedRequirement]) -> None:
        """Refuse unknown parents, wrong kinds, cycles, and parents on a line in error."""
        by_code = {entry.title: entry for entry in planned if entry.title}
        codes = [*self.known.facts, *by_code]
        for entry in planned:
            if entry.parent and entry.parent not in by_code and entry.parent not in self.known.facts:
                near = self._find_similar(entry.parent[:LONGEST_CODE], codes)
                named = {"found": entry.parent[:60], "near": near}
                self._error(entry.line, "parent", "unknown_parent_near" if near else "unknown_parent", **named)
        wrong = -1
        while len(self.wrong) > wrong:  # leaving out a line may invalidate others
            wrong = len(self.wrong)
            good = [entry for entry in planned if entry.line not in self.wrong]
            self._check_parent_lines(good, by_code)
            self._check_tree(good)

    def _check_parent_lines(self, planned: list[PlannedRequirement], by_code: Mapping[str, PlannedRequirement]) -> None:
        """Refuse a line whose parent is new and on a line in error."""
        for entry in planned:
            base = by_code.get(entry.parent or "")
            if base is not None and base.row is None and base.line in self.wrong:
                self._error(entry.line, "parent", "parent_left_out", parent=base.title, line=base.line)

    def _check_tree(self, planned: list[PlannedRequirement]) -> None:
        """Check the kinds and parents that all requirements would have, and set the depths."""
        kinds = {code: fact.kind for code, fact in self.known.facts.items()}
        above = {code: self.code_of.get(fact.parent or 0, "") for code, fact in self.known.facts.items()}
        for entry in planned:
            key = entry.title or f"\0{entry.line}"
            kinds[key] = entry.fields.get("kind") or kinds[key]
            above[key] = above.get(key, "") if entry.parent is None else entry.parent
        needs = {parent: code for code, parent in above.items() if parent and kinds[code] == RequirementKind.NEED}
        lines = {entry.title for entry in planned if entry.title}
        depths = _count_ancestors(above)
        for entry in planned:
            key = entry.title or f"\0{entry.line}"
            parent, depth = above.get(key, ""), depths.get(key)
            if kinds[key] == RequirementKind.NEED and kinds.get(parent, RequirementKind.NEED) != RequirementKind.NEED:
                self._error(entry.line, "parent", "need_below", parent=parent)
            elif entry.row and kinds[key] != RequirementKind.NEED and needs.get(entry.title, entry.title) not in lines:
                self._error(entry.line, "kind", "needs_below", code=needs[entry.title])
            elif entry.parent and depth is None:
                self._error(entry.line, "parent", "circle", parent=entry.parent)
            elif entry.parent and depth and depth > DEEPEST:
                self._error(entry.line, "parent", "too_deep", most=DEEPEST)
            entry.depth = depth or 0

    def _add_warnings(self, planned: list[PlannedRequirement]) -> None:
        """Warn about lines that deserve a look before the import."""
        good = [entry for entry in planned if entry.line not in self.wrong]
        for entry in good:
            if entry.row is None and (same := self.titles.get(entry.fields["title"].casefold())):
                self._warn(entry.line, "title", "same_title", code=same)
        new = [entry for entry in good if entry.row is None]
        for line in self.made:
            if line not in self.wrong:
                self._warn(line, "title", "made_title")
        names = {place: name for name, place in self.places.items()}
        for line, place in self.table.computed:
            if place in names and line not in self.wrong:
                self._warn(line, names[place], "computed")
        for code, number in (
            ("no_kind", sum(not self._has_value(entry, "kind") for entry in new)),
            ("no_recipients", sum(not entry.fields.get("recipients") for entry in new)),
            ("no_criteria", sum(not entry.fields.get("criteria") and entry.fields["kind"] != "need" for entry in new)),
        ):
            if number:
                self._warn(0, "", code, number=number)
        revised = sum(entry.is_revised for entry in good)
        if revised:
            self._warn(0, "", "revised", number=revised)

    def _has_value(self, entry: PlannedRequirement, name: str) -> bool:
        place = self.places.get(name)
        return place is not None and bool(self.by_line[entry.line][place])


def _count_ancestors(above: Mapping[str, str]) -> dict[str, int]:
    """Count the ancestors of each code; codes on or below a cycle are left out."""
    depths: dict[str, int] = {}
    for code in above:
        path: list[str] = []
        on_path: set[str] = set()
        at = code
        while at and at in above and at not in depths and at not in on_path:
            path.append(at)
            on_path.add(at)
            at = above[at]
        if at in on_path:
            continue
        depth = depths[at] + 1 if at in depths else 0
        for passed in reversed(path):
            depths[passed] = depth
            depth += 1
    return depths
