"""Load the method packs of roles/catalogue/: role templates and their bilingual responsibilities."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand

from roles.acting import act
from roles.enums import PublicationState
from roles.models import Responsibility, RoleTemplate, User

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


class Command(BaseCommand):
    help = "Load or refresh the role templates of the catalogue. Running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load every pack and say what changed."""
        for file in sorted(CATALOGUE.glob("*.yaml")):
            pack = yaml.safe_load(file.read_text(encoding="utf-8"))
            roles, changed = load_pack(actor=User.objects.installation(), pack=pack)
            self.stdout.write(f"{file.stem}: {len(roles)} roles, {changed} rows changed")


@act
def load_pack(*, actor: User, pack: dict[str, Any]) -> tuple[list[RoleTemplate], int]:
    """Write one pack; returns its published role templates and the number of rows that had to change."""
    roles, changed = [], 0
    for position, entry in enumerate(pack["roles"], start=1):
        responsibilities = entry.pop("responsibilities")
        role, touched = _keep(
            RoleTemplate,
            {"pack": pack["pack"], "code": entry.pop("code"), "version": pack.get("version", 1)},
            {**entry, "position": position, "state": PublicationState.PUBLISHED},
        )
        changed += touched
        for place, fields in enumerate(responsibilities, start=1):
            key = {"role": role, "code": fields.pop("code")}
            changed += _keep(Responsibility, key, {**fields, "position": place})[1]
        roles.append(role)
    return roles, changed


def _keep(model: Any, key: dict[str, Any], fields: dict[str, Any]) -> tuple[Any, bool]:
    """Create the row or bring it to `fields`; a row that is already right is not written again."""
    row = model.objects.filter(**key).first() or model(**key)
    if row.pk and all(getattr(row, name) == value for name, value in fields.items()):
        return row, False
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row, True
