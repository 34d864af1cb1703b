"""Install the bundled method packs, and apply their roles to projects that have none yet."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.acts import open_act
from projects.enums import Level
from projects.project.models import Project
from projects.seats.matrix.versions import apply_roles
from projects.seats.role_templates.installation import write_pack
from projects.seats.role_templates.preparation import prepare_versions
from roles.models import User
from roles.role_templates.catalogue import read_pack
from roles.role_templates.levels import PROJECT, level_of

CATALOGUE = Path(__file__).resolve().parents[3] / "roles" / "role_templates" / "packs"


class Command(BaseCommand):
    help = (
        "Install or refresh the method packs of the catalogue. Running it twice changes nothing. "
        "Prepares the next version of the roles of each project that has older ones; none comes into force."
    )
    requires_system_checks = ()  # they load every page; migrate runs them

    def handle(self, *args: Any, **options: Any) -> None:
        """Install every pack and print the changes."""
        actor = User.objects.installation()
        for file in sorted(CATALOGUE.glob("*.yaml"), key=lambda file: (level_of(file.stem) != PROJECT, file.stem)):
            done = write_pack(actor=actor, pack=read_pack(file.read_bytes()))
            self.stdout.write(f"{file.stem}: {len(done.published)} roles published, {done.changed} rows changed")
        bare = Project.objects.filter(matrix=None).exclude(level=Level.ORGANISATION)
        for project in bare.order_by("pk"):
            _apply(actor=actor, project=project)
            self.stdout.write(f"{project.code}: roles applied")
        for project, count, prepared in prepare_versions(actor):
            said = f"version {prepared.number} is prepared" if prepared else "to be proposed to its owner"
            self.stdout.write(f"{project.code}: {count} roles have a newer version, {said}")


@open_act
def _apply(*, actor: User, project: Project) -> None:
    apply_roles(actor=actor, project=Project.objects.locked(project.pk))
