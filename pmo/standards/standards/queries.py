"""Queries of the library pages: standards of a project, versions of a standard, methods and tools."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404

from core.access import Person
from governance.models import Effect
from pmo.standards.standards.catalogue import load_catalogue
from pmo.standards.standards.content import with_content
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.enums import Family, StandardState
from pmo.standards.standards.models import LibraryEntry, Standard, StandardVersion, libraries_of
from pmo.standards.standards.precedence import library_distance, ruling_place
from projects.enums import Workspace
from projects.ledger.enums import Act
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.workspaces import on_projects_using
from roles.enums import Gate

MOST = 100
#: Order of display: adopted, draft, retired.
RANK = Case(
    When(state=StandardState.ADOPTED, then=Value(0)),
    When(state=StandardState.DRAFT, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
#: Filters of the list: query parameter → column and accepted values.
FILTERS: dict[str, tuple[str, list[str]]] = {
    "family": ("standard__family", Family.values),
    "gate": ("from_gate", Gate.values),
    "state": ("state", StandardState.values),
}


@dataclass(frozen=True)
class Figures:
    """Count of the standards that hold for a project, by state, and their libraries.

    `installable` counts standards of the catalogue missing from these libraries.
    """

    in_force: int
    drafts: int
    retired: int
    libraries: list[Project]
    installable: int

    @property
    def total(self) -> int:
        """Return the total."""
        return self.in_force + self.drafts + self.retired


def list_shown_versions(project: Project) -> QuerySet[StandardVersion]:
    """Return one version of each standard that holds for `project`: adopted, else draft, else retired."""
    first = StandardVersion.objects.filter(standard=OuterRef("standard")).order_by(RANK, "-number").values("pk")[:1]
    holding = Standard.objects.that_hold_for(project)
    return StandardVersion.objects.filter(pk=Subquery(first), standard__in=holding)


def list_standards(project: Project, filters: Mapping[str, str]) -> QuerySet[StandardVersion]:
    """Return the filtered list, annotated with `asked_for` (checkpoints) and `next_draft`."""
    drafts = StandardVersion.objects.filter(standard=OuterRef("standard"), state=StandardState.DRAFT)
    narrowed = {FILTERS[name][0]: value for name, value in filters.items() if value}
    return (
        list_shown_versions(project)
        .filter(**narrowed)
        .select_related("standard__project")
        .annotate(asked_for=Count("checkpoints"), next_draft=Subquery(drafts.order_by("-number").values("number")[:1]))
    )


def parse_filters(address: Mapping[str, str]) -> dict[str, str]:
    """Return the filters of the query string; invalid values are ignored."""
    return {name: value if (value := address.get(name, "")) in known else "" for name, (_c, known) in FILTERS.items()}


def count_standards(project: Project) -> Figures:
    """Count the standards that hold for `project`. Two queries."""
    by_state = list_shown_versions(project).order_by().values_list("state")
    codes = dict(by_state.annotate(codes=ArrayAgg("standard__code")))
    known = set(chain.from_iterable(codes.values()))
    there = libraries_of(project).filter(Q(standards__isnull=False) | Q(library_entries__isnull=False)).distinct()
    in_force, drafts, retired = (
        len(codes.get(state, ())) for state in (StandardState.ADOPTED, StandardState.DRAFT, StandardState.RETIRED)
    )
    missing = sum(draft.code not in known for draft in load_catalogue().standards)
    return Figures(in_force, drafts, retired, list(there.order_by("pk")), missing)


def find_model(project: Project, reader: Person) -> Project | None:
    """Return the project that this one was opened like, if the reader can read it. Two queries."""
    event = project.events.filter(act=Act.FOUND).first()
    like = json.loads(bytes(event.body))["facts"].get("id") if event else None
    return Project.objects.visible_to(reader).filter(pk=like).first() if like else None


def list_copyable(project: Project, model: Project) -> QuerySet[StandardVersion]:
    """List the versions in force in the library of `model` whose codes do not hold for `project`."""
    there = Standard.objects.that_hold_for(project).values("code")
    versions = StandardVersion.objects.in_force(today()).filter(standard__project=model)
    return versions.exclude(standard__code__in=there).order_by("standard__code")


# One standard.


@dataclass(frozen=True)
class Listed:
    """Version of a standard, with the decision that adopted it, if any."""

    version: StandardVersion
    decision: Any


@dataclass(frozen=True)
class Follower:
    """Project for which a standard holds, with the version in force and its first day."""

    project: Project
    number: int | None
    since: date | None


def find_reading_project(user: Person, library: Project) -> Project | None:
    """Return the project from which `user` reads a library: its own, else one below, rather one with the workspace on.

    None when none is visible.
    """
    below = Q(pk=library.pk) | Q(parent=library.pk) | Q(parent__parent=library.pk)
    with_workspace = When(on_projects_using(Workspace.STANDARDS, "pk"), then=Value(1))
    own_first = Case(When(pk=library.pk, then=Value(0)), with_workspace, default=Value(2), output_field=IntegerField())
    return Project.objects.visible_to(user).filter(below).order_by(own_first, "pk").first()


def list_versions(standard: Standard) -> list[Listed]:
    """List the newest versions with the decisions that adopted them. Two queries."""
    rows = list(standard.versions.order_by("-number")[:MOST])
    effects = Effect.objects.filter(
        subject=StandardVersion._meta.label_lower, subject_id__in=[row.pk for row in rows]
    ).exclude(after="")
    adopting = {effect.subject_id: effect.decision for effect in effects.select_related("decision__project")}
    for row in rows:
        row.standard = standard
    return [Listed(row, adopting.get(row.pk)) for row in rows]


def get_shown_version(standard: Standard, number: str) -> StandardVersion:
    """Return the requested version, by default the adopted or newest one. Raise Http404."""
    rows = with_content(StandardVersion.objects.filter(standard=standard))
    if number:
        rows = rows.filter(number=int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 0)
    version = rows.order_by(RANK, "-number").first()
    if version is None:
        raise Http404
    return version


def get_compared_versions(
    standard: Standard, address: Mapping[str, str]
) -> tuple[StandardVersion, StandardVersion, list[int]]:
    """Return the versions in `from` and `to`, by default the two newest, and every number. Three queries.

    Raise Http404 when one is missing.
    """
    numbers = list(standard.versions.order_by("-number").values_list("number", flat=True)[:MOST])
    named = [str(number) for number in numbers]
    to = address.get("to") or named[0]
    before = address.get("from") or named[min(named.index(to) + 1, len(named) - 1) if to in named else 0]
    wanted = [number for number in numbers if str(number) in {before, to}]
    rows = {str(row.number): row for row in with_content(standard.versions.filter(number__in=wanted))}
    if {before, to} - set(rows):
        raise Http404
    return rows[before], rows[to], numbers


def list_followers(standard: Standard, version: StandardVersion | None, user: Person) -> list[Follower]:
    """List the visible projects below the library for which the version in force holds. Two queries.

    Projects that follow a standard of the same code in another library are left out.
    """
    if version is None:
        return []
    library = standard.project_id
    below = Q(pk=library) | Q(parent=library) | Q(parent__parent=library)
    seen = (
        Project.objects.visible_to(user).unarchived().filter(below, level__in=version.levels).select_related("parent")
    )
    namesakes = StandardVersion.objects.in_force(today()).filter(standard__code=standard.code)
    known = list(namesakes.values_list("standard__project", "mandatory", "levels"))
    return [
        Follower(project, version.number, version.effective_from)
        for project in seen.order_by("code")[:MOST]
        if _followed_distance(project, known) == library_distance(library, project)
    ]


def _followed_distance(project: Project, known: list[tuple[int, bool, list[str]]]) -> int:
    """Return the place of the library whose standard holds for `project`; `known` are all in force."""
    above = project.parent
    nodes = {project.pk, project.parent_id, above.parent_id if above else None}
    return ruling_place(
        {
            library_distance(library, project): mandatory
            for library, mandatory, levels in known
            if library in nodes and project.level in levels
        }
    )


def find_adopted(listed: list[Listed]) -> StandardVersion | None:
    """Return the adopted version of these, if any."""
    return next((entry.version for entry in listed if entry.version.state == StandardState.ADOPTED), None)


def term(version: StandardVersion) -> str:
    """Return the term that names this version in a proposal."""
    return term_of(version)


# Methods and tools.


def list_entries(project: Project, family: str) -> QuerySet[LibraryEntry]:
    """Return the methods and tools that hold for a project, filtered by family."""
    rows = LibraryEntry.objects.that_hold_for(project).select_related("project", "document__document")
    rows = rows.defer("document__content")
    return rows.filter(family=family) if family in Family.values else rows
