"""Scenario acts on a standards library: the catalogue, standards and their versions, methods and tools.

A standard is named by its code and its library, a document template by the key of its document.
"""

from collections.abc import Callable
from typing import Any

from core.history import version_of
from demo.scenarios.world import World
from pmo.models import Standard, StandardVersion
from pmo.standards.standards.content import CHECKPOINT, TEXTS, with_content
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.services import install_standards, new_standard, next_version, write_entry, write_version
from projects.models import Project
from roles.models import User

FIELDS = (*TEXTS, "mandatory", "levels", "from_gate", "template")


def _checkpoint(row: dict[str, Any]) -> dict[str, Any]:
    return {"computed": "", "waivable": True} | row


def _fields(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in entry["fields"].items()}
    for name in {"template", "document"} & set(fields):
        fields[name] = world.documents[fields[name]].versions.latest("number")
    return fields


def _install(world: World, by: User, entry: dict[str, Any]) -> None:
    install_standards(actor=by, project=world.projects[entry["project"]])


def _new(world: World, by: User, entry: dict[str, Any]) -> None:
    new_standard(
        actor=by,
        project=world.projects[entry["project"]],
        code=entry["standard"],
        family=entry["family"],
        fields=_fields(world, entry),
        checkpoints=[_checkpoint(row) for row in entry["checkpoints"]],
    )


def _standard(world: World, entry: dict[str, Any]) -> Standard:
    return Standard.objects.select_related("project").get(
        project=world.projects[entry["project"]], code=entry["standard"]
    )


def _next(world: World, by: User, entry: dict[str, Any]) -> None:
    next_version(actor=by, standard=_standard(world, entry))


def _edit(world: World, by: User, entry: dict[str, Any]) -> None:
    """Change the draft: the given fields, and the checkpoints when they are given."""
    newest = _standard(world, entry).versions.latest("number")
    draft = with_content(StandardVersion.objects.all()).get(pk=newest.pk)
    known = [{name: getattr(row, name) for name in CHECKPOINT} for row in draft.checkpoints.all()]
    fields = {name: getattr(draft, name) for name in FIELDS} | _fields(world, {"fields": {}} | entry)
    rows = [_checkpoint(row) for row in entry["checkpoints"]] if "checkpoints" in entry else known
    write_version(actor=by, version=draft, fields=fields, checkpoints=rows, seen=version_of(draft))


def _entry(world: World, by: User, entry: dict[str, Any]) -> None:
    fields = _fields(world, entry)
    write_entry(actor=by, project=world.projects[entry["project"]], fields=fields)


def term(project: Project, named: Any) -> str:
    """Return the term that names these versions: a list such as STD-RISK.2, or `all` the drafts."""
    rows = with_content(StandardVersion.objects.filter(standard__project=project)).order_by("standard__code", "number")
    wanted = (
        [version for version in rows if version.is_draft]
        if named == "all"
        else [version for version in rows if f"{version.standard.code}.{version.number}" in named]
    )
    return ",".join(map(term_of, wanted))


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "install_standards": _install,
    "new_standard": _new,
    "next_version": _next,
    "edit_standard": _edit,
    "write_entry": _entry,
}
