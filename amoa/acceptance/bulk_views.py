"""Views that write many tests: those that are missing, a page of tests as cells, copies of another project's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.acceptance import services
from amoa.acceptance.codes import STEM
from amoa.acceptance.coverage import filter_drafts, list_untested
from amoa.acceptance.forms import MissingTestsForm, TestCellsForm
from amoa.acceptance.queries import list_copy_sources, list_tests_to_copy
from amoa.acceptance.register import TESTS, WITHOUT
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.register import REQUIREMENTS
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.grid.views import prefix_of
from core.pages.lists.filters import Asked
from core.pages.lists.order import read_key
from core.pages.lists.pages import Listing
from core.pages.lists.undo import BulkResult
from projects.copy_views import CopyRowsView
from projects.form_views import ProjectFormView, ProjectGridView
from projects.models import Project


class MissingTestsView(ProjectFormView):
    """Write the missing tests: of the requirements that the query string filters, as the list of requirements does.

    `of` names requirements by their primary keys, separated by commas.
    """

    template_name = "amoa/acceptance/missing_tests.html"
    permission = "amoa.plan_acceptance"
    form_class = MissingTestsForm
    title = _("Write the missing tests")
    lede = _("Each selected criterion gets a test with its text as the title. Then write the steps in one sheet.")
    button = _("Write the tests")
    back_label = _("Acceptance")
    back_url_name = "amoa:acceptance:acceptance"

    def prepare(self) -> None:
        """Load what has no test."""
        super().prepare()
        listing, asked = REQUIREMENTS.build(self.project, self.request.GET)
        requirements, named = listing.rows, self.request.GET.get("of", "")
        if named:
            keys = map(read_key, named.split(",")[: services.MOST_TESTS])
            requirements = requirements.filter(pk__in=[key for key in keys if key])
        self.is_narrow = bool(named) or asked.is_narrow
        self.gaps = list_untested(requirements)
        self.drafts = filter_drafts(requirements).count()
        self.shown = self.gaps[: services.MOST_TESTS]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tick what no test of the whole covers."""
        ticked = [gap.value for gap in self.shown if not gap.whole]
        return super().get_form_kwargs() | {"initial": {"chosen": ticked, "stem": STEM}}

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Add the criteria, by requirement, with whether each is ticked."""
        ticked = set(form["chosen"].value() or [])
        rows = [(gap, gap.value in ticked) for gap in self.shown]
        return super().get_context_data(form) | {
            "rows": rows,
            "left": len(self.gaps) - len(self.shown),
            "drafts": self.drafts,
            "is_narrow": self.is_narrow,
        }

    def act(self, data: dict[str, Any]) -> list[AcceptanceTest]:
        return services.write_missing_tests(actor=self.actor, project=self.project, **data)

    def get_done(self, result: list[AcceptanceTest]) -> str:
        """Say how many tests were written."""
        words = ngettext(
            "%(n)s test is written. Add its steps.", "%(n)s tests are written. Add their steps.", len(result)
        )
        return words % {"n": len(result)}

    def get_success_url(self, result: Any) -> str:
        """Return the address of the tests without steps as cells."""
        return reverse(TESTS.grid_url, args=[self.project.code], query={"steps": WITHOUT})


class TestGridView(ProjectGridView):
    """Edit a page of tests at once."""

    __test__ = False  # keeps pytest from collecting it

    register = TESTS
    form_class = TestCellsForm
    title = _("Edit the tests")
    lede = _("Only the rows that you change are saved.")
    button = _("Save the tests")
    caption = _("Each test as a row of fields")
    filter_label = _("Filter tests")
    empty = _("No test is written yet. Each acceptance criterion gets one.")
    back_label = _("Acceptance")
    own = ("title",)

    def get_rows(self) -> QuerySet[AcceptanceTest]:
        return self.project.tests.all()

    def get_listing(self, query: QueryDict) -> tuple[Listing, Asked]:
        return TESTS.build(self.project, query)

    def load(self, rows: Any) -> Any:
        return rows.select_related("requirement")

    def get_form_kwargs(self, data: QueryDict | None, rows: Sequence[AcceptanceTest]) -> dict[str, Any]:
        """Map the codes of requirements that are typed, in lower case, to the requirements. One query."""
        if data is None:
            return {"project": self.project}
        typed = {data.get(f"{prefix_of(row)}-requirement", "").replace("\0", "").strip().lower() for row in rows} - {""}
        found = self.project.requirements.annotate(folded=Lower("code")).filter(folded__in=typed)
        known: dict[str, Requirement] = {row.code.lower(): row for row in found.only("project", "code", "criteria")}
        return {"project": self.project, "known": known}

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[AcceptanceTest]:
        return services.write_tests(actor=self.actor, project=self.project, changes=changes)

    def undo(self, seq: int) -> BulkResult:
        return services.undo_tests(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s test is saved.", "%(n)s tests are saved.", count) % {"n": count}


class TestsCopyView(CopyRowsView):
    """Write tests of another project, or of a campaign of it, here."""

    __test__ = False  # keeps pytest from collecting it

    permission = "amoa.plan_acceptance"
    cells_template = "amoa/acceptance/_test_to_copy.html"
    title = _("Copy tests")
    lede = _("The copies are new tests with their steps. Results and requirements stay behind.")
    button = _("Copy the tests")
    rows_label = _("Tests to copy")
    row_label = _("Test")
    heads = (_("Steps"), _("Expected result"))
    show_label = _("Show its tests")
    no_source = _("You can read no other project with tests.")
    no_row = _("No test to copy here.")
    missing = _("Select at least one test.")
    back_label = _("Acceptance")
    back_url_name = "amoa:acceptance:acceptance"

    def list_sources(self) -> list[tuple[str, str]]:
        """List the other projects with tests, each followed by its campaigns."""
        return list_copy_sources(self.project, self.request.user)

    def list_rows(self, source: Project, part: str) -> list[AcceptanceTest]:
        """List the tests in use of a project, or those that a campaign has run."""
        return list_tests_to_copy(source, part, services.MOST_TESTS)

    def list_known(self) -> set[str]:
        return set(self.project.tests.values_list("title", flat=True))

    def copy(self, rows: list[AcceptanceTest]) -> list[AcceptanceTest]:
        return services.copy_tests(actor=self.actor, project=self.project, tests=rows)

    def get_done(self, result: list[AcceptanceTest]) -> str:
        """Say how many tests were written."""
        return ngettext("%(n)s test is copied.", "%(n)s tests are copied.", len(result)) % {"n": len(result)}
