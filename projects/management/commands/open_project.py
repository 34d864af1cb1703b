"""`manage.py open_project FILE --by EMAIL`: open projects from a file, as the page “Open a project” does."""

import sys
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.access import can
from projects.enums import Workspace
from projects.people.opening.forms import OpenForm
from projects.people.opening.queries import list_parents
from projects.project.models import Project
from projects.seats.mandates.services import found_project
from roles.models import User

MOST_BYTES = 1_000_000
STANDARD_INPUT = Path("-")
#: What an entry may leave out, as the page suggests it.
FIRST: dict[str, Any] = {"level": "project", "pack": "fr", "workspaces": [Workspace.RISKS.value]}


class Command(BaseCommand):
    help = (
        "Opens the projects of a YAML file, a list of the fields of the page “Open a project” (docs/install.md): "
        "all of them, or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the file and the administrator who opens them."""
        parser.add_argument("file", type=Path, help="a YAML file, or - for the standard input")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the administrator who opens them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the projects in their order. Raises CommandError with every wrong field of the first wrong project."""
        actor = User.objects.filter(email__iexact=options["by"]).first()
        if actor is None or not can(actor, "projects.found"):
            raise CommandError(f"{options['by']} is not the address of an administrator.")
        with transaction.atomic():
            for number, entry in enumerate(read_entries(options["file"]), start=1):
                project = open_project(actor, entry, number)
                self.stdout.write(f"{project.code}: {project}")


def read_entries(path: Path) -> list[Any]:
    """Return the entries of the file. Raises CommandError when it cannot be read or holds something else."""
    try:
        with sys.stdin.buffer if path == STANDARD_INPUT else path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise CommandError(f"{path} is larger than {MOST_BYTES} bytes.")
        entries = yaml.safe_load(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise CommandError(f"{path} holds no list of projects.")
    return entries


def as_typed(value: Any) -> str | list[str]:
    """Return a value of the file as a form receives it."""
    return [str(part) for part in value] if isinstance(value, list) else str(value)


def open_project(actor: User, entry: Any, number: int) -> Project:
    """Open the project of one entry. Raises CommandError with what is wrong, field by field."""
    known = set(OpenForm.base_fields) - {"newcomer", "like"}
    if not isinstance(entry, dict) or not entry.keys() <= known:
        raise CommandError(f"Project {number}: the fields are {', '.join(sorted(known))}.")
    typed = {name: as_typed(value) for name, value in entry.items() if value is not None}
    form = OpenForm(FIRST | typed, parents=list_parents(actor), may_stand_alone=True, may_invite=False)
    if not form.is_valid():
        wrong = (f"{field}: {' '.join(map(str, errors))}" for field, errors in form.errors.items())
        raise CommandError(f"Project {number}: {'; '.join(wrong)}")
    fields = {name: value for name, value in form.cleaned_data.items() if name != "like"}
    try:
        return found_project(actor=actor, owner=fields.pop("owner"), fields=fields)
    except ValidationError as error:
        raise CommandError(f"Project {number}: {' '.join(error.messages)}") from error
