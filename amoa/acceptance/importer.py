"""Import of acceptance tests, each of a requirement, of one of its criteria, or of the whole."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amoa.acceptance.codes import iterate_codes
from amoa.acceptance.forms import ImportedTestForm
from amoa.acceptance.register import TESTS
from amoa.requirements.models import AcceptanceTest
from core.acts import cached
from projects.imports.registry import Batch, Importer, register
from projects.models import Project
from projects.project.rows import save_fields


@register
class AcceptanceTestImporter(Importer[AcceptanceTest]):
    """Tests, matched by their code, else by their title and requirement."""

    name = TESTS.importer
    title = _("Import tests")
    back_label = pgettext_lazy("navigation", "Acceptance")
    back_url_name = TESTS.list_url
    permission = TESTS.permission
    keys = (("code",), ("title", "requirement"))
    note = "steps"
    columns = TESTS.list_file_columns()

    def build_form(self, project: Project) -> ImportedTestForm:
        return ImportedTestForm(project=project)

    def list_rows(self, project: Project) -> Iterable[AcceptanceTest]:
        return project.tests.select_related("requirement").order_by("code")

    def get_value(self, row: AcceptanceTest, name: str) -> Any:
        if name == "requirement":
            return row.requirement.code if row.requirement else ""
        return getattr(row, name)

    def create(self, batch: Batch, fields: dict[str, Any]) -> AcceptanceTest:
        """Build a test; `store` gives it a code."""
        return AcceptanceTest(project=batch.project, **_name_requirement(batch.project, fields))

    def change(self, batch: Batch, row: AcceptanceTest, fields: dict[str, Any]) -> None:
        save_fields(row, _name_requirement(batch.project, fields))

    def store(self, batch: Batch, created: list[AcceptanceTest]) -> None:
        """Give the next codes to the tests without one, after those of the file, and write them."""
        codes = iterate_codes(batch.project, [test.code for test in created if test.code])
        for test in created:
            test.code = test.code or next(codes)
            test.save()


def _name_requirement(project: Project, fields: dict[str, Any]) -> dict[str, Any]:
    """Replace the code of the requirement by its key."""
    if "requirement" not in fields:
        return fields
    keys = cached(("requirements by code", project.pk), lambda: dict(project.requirements.values_list("code", "pk")))
    return {name: value for name, value in fields.items() if name != "requirement"} | {
        "requirement_id": keys.get(fields["requirement"])
    }
