"""Permission to bring in a list from a file."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person, all_permissions, can
from projects.imports.models import ListImport
from projects.imports.registry import all_importers, find_importer
from projects.project.models import Project


class ListWriter(Authority[ListImport | Project]):
    """Authority of those who write the rows of the list; on a project, of any list."""

    def holds(self, user: Person, on: ListImport | Project | None) -> bool:
        if on is None:
            return False
        project = on if isinstance(on, Project) else on.project
        return any(can(user, name, project) for name in self._list_permissions(on))

    def holders(self, on: ListImport | Project) -> Iterable[Holder]:
        project = on if isinstance(on, Project) else on.project
        authorities = [all_permissions()[name].who for name in self._list_permissions(on)]
        found = [holder for authority in authorities for holder in authority.holders(project)]
        return list(dict.fromkeys(found))

    def _list_permissions(self, on: ListImport | Project) -> list[str]:
        """List the permissions that the lists concerned ask for: those of a project, or of the organisation."""
        project = on if isinstance(on, Project) else on.project
        importers = all_importers() if isinstance(on, Project) else [find_importer(on.list_name)]
        concerned = [importer for importer in importers if importer and importer.belongs_to(project)]
        return list(dict.fromkeys(importer.permission for importer in concerned))


PERMISSIONS = (
    Permission(
        "projects.import_list",
        _("import a list from a file"),
        "R2",
        _("A file adds or changes only what its author can write row by row. It decides nothing."),
        ListWriter(_("a holder of a role that writes the rows of the list")),
    ),
)
