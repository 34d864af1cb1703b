"""Views that write many tests: those that are missing, and a page of tests as a sheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from amoa.acceptance import services
from amoa.acceptance.codes import STEM
from amoa.acceptance.coverage import list_untested
from amoa.acceptance.forms import MissingTestsForm, TestRowForm
from amoa.acceptance.listing import WITHOUT, build_test_listing
from amoa.requirements.filters import Filter
from amoa.requirements.models import AcceptanceTest, Requirement
from core.access import ensure, reader
from core.acts import NotSent
from core.conflicts import find_change, find_version, merge_form, show_saved
from core.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.form_views import CONFLICT, UNPROCESSABLE
from core.forms import add_errors, forget_errors
from core.history import Outdated, annotate_versions, version_of
from core.lists.order import read_key
from core.lists.pages import SIZES, build_page
from core.pagination import LARGEST
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404

#: Rows of a sheet.
SIZE = SIZES[1]
ROW = re.compile(r"t(\d{1,10})-seen")


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
        chosen = Filter.from_query(self.request.GET)
        requirements, named = chosen.rows(self.project), self.request.GET.get("of", "")
        if named:
            keys = map(read_key, named.split(",")[: services.MOST_TESTS])
            requirements = requirements.filter(pk__in=[key for key in keys if key])
        self.is_narrow = bool(named) or chosen.is_narrow
        self.gaps = list_untested(requirements)
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
            "is_narrow": self.is_narrow,
        }

    def act(self, data: dict[str, Any]) -> list[AcceptanceTest]:
        """Write the tests."""
        return services.write_missing_tests(actor=self.actor, project=self.project, **data)

    def get_done(self, result: list[AcceptanceTest]) -> str:
        """Say how many tests were written."""
        words = ngettext(
            "%(n)s test is written. Add its steps.", "%(n)s tests are written. Add their steps.", len(result)
        )
        return words % {"n": len(result)}

    def get_success_url(self, result: Any) -> str:
        """Return the address of the sheet of the tests without steps."""
        return reverse("amoa:acceptance:test_sheet", args=[self.project.code], query={"steps": WITHOUT})


@dataclass
class Row:
    """A row of the sheet: the test and its form; `is_outdated` when somebody else saved it meanwhile."""

    test: AcceptanceTest
    form: TestRowForm
    is_outdated: bool = False


@dataclass
class Sheet:
    """What was posted of a sheet: its rows, and the changes that may be written."""

    rows: list[Row]
    changes: dict[int, services.TestChange] = field(default_factory=dict)


@require_http_methods(["GET", "POST"])
@drafted
def test_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a page of tests at once; the query string filters and sorts them as in the list of tests."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.plan_acceptance", project)
    if request.method == "GET":
        return _render(request, project, None, 200)
    sheet = _read(project, request.POST)
    forms = [row.form for row in sheet.rows]
    if is_saving(request):
        return save_draft(request, *forms)
    if is_about_draft(request):
        forget_errors(*forms)
        return _render(request, project, sheet.rows, 200)
    try:
        done = services.write_tests(actor=reader(request), project=project, changes=sheet.changes)
    except NotSent:
        forget_errors(*forms)
        return _render(request, project, sheet.rows, 200)
    return _answer(request, project, sheet, done)


def _answer(request: HttpRequest, project: Project, sheet: Sheet, done: services.TestsWritten) -> HttpResponse:
    """Redirect to the sheet when all is written; else show it with what was typed in the refused rows."""
    for row in sheet.rows:
        error = done.refused.get(row.test.pk)
        row.is_outdated |= isinstance(error, Outdated)
        if isinstance(error, ValidationError):
            add_errors(row.form, error)
    count = len(done.saved)
    words = ngettext("%(n)s test is saved.", "%(n)s tests are saved.", count) % {"n": count}
    outdated = [row for row in sheet.rows if row.is_outdated]
    refused = outdated or [row for row in sheet.rows if row.form.errors]
    if not refused:
        messages.success(request, words if count else _("Nothing has changed."))
        return redirect(request.get_full_path())
    saved = {test.pk for test in done.saved}
    fresh = {test.pk: test for test in _load(project.tests.filter(pk__in=[row.test.pk for row in sheet.rows]))}
    data, rows = request.POST.copy(), []
    for row in sheet.rows:
        test = fresh[row.test.pk]
        if row.is_outdated:
            rows.append(Row(test, _merge(project, data, test), is_outdated=True))
        elif test.pk in saved:
            rows.append(Row(test, TestRowForm(project=project, row=test)))
        else:
            rows.append(row)
    return _render(request, project, rows, CONFLICT if outdated else UNPROCESSABLE, saved=words if count else "")


def _merge(project: Project, data: QueryDict, test: AcceptanceTest) -> TestRowForm:
    """Return the form of a row with what was typed and what somebody else saved meanwhile."""
    opened = find_version(test, data.get(f"t{test.pk}-seen", ""))
    before = TestRowForm(project=project, row=opened) if opened else None
    saved = merge_form(data, before, TestRowForm(project=project, row=test))
    merged = TestRowForm(data, project=project, row=test)
    show_saved(merged, saved, find_change(test))
    return merged


def _render(
    request: HttpRequest, project: Project, rows: Sequence[Row] | None, status: int, *, saved: str = ""
) -> HttpResponse:
    """Render the sheet: the rows that were posted, or those that the query string asks for."""
    query = request.GET.copy()
    query.pop("size", None)
    listing, asked = build_test_listing(project, query)
    page = build_page(replace(listing, size=SIZE, load=_load))
    if rows is None:
        rows = [Row(test, TestRowForm(project=project, row=test)) for test in page.rows]
    forms = sorted((row.form for row in rows), key=lambda form: not form.is_bound)
    context = {
        "project": project,
        "page": page,
        "asked": asked,
        "rows": rows,
        "forms": forms,
        "saved": saved,
        "is_refused": any(form.errors for form in forms),
        "form_draft": read_draft(request, request.path, *forms) if forms else None,
        "back": reverse("amoa:acceptance:acceptance", args=[project.code]),
    }
    return render(request, "amoa/acceptance/test_sheet.html", context, status=status)


def _load(tests: QuerySet[AcceptanceTest]) -> QuerySet[AcceptanceTest]:
    loaded: QuerySet[AcceptanceTest] = annotate_versions(tests.select_related("requirement"))
    return loaded


def _read(project: Project, data: QueryDict) -> Sheet:
    """Read the posted rows; only those that the reader changed are validated and may be written."""
    numbers = [int(match[1]) for name in data if (match := ROW.fullmatch(name))]
    wanted = [number for number in dict.fromkeys(numbers) if number <= LARGEST][: max(SIZES)]
    tests = {test.pk: test for test in _load(project.tests.filter(pk__in=wanted))}
    known = _map_requirements(project, data, list(tests))
    sheet = Sheet(
        [Row(tests[pk], TestRowForm(data, project=project, row=tests[pk], known=known)) for pk in wanted if pk in tests]
    )
    for row in sheet.rows:
        seen = data.get(f"t{row.test.pk}-seen", "")
        if seen != version_of(row.test):
            row.is_outdated = _is_typed(project, data, row.test, seen)
        elif row.form.changed_data and row.form.is_valid():
            fields = {name: value for name, value in row.form.cleaned_data.items() if name != "seen"}
            sheet.changes[row.test.pk] = services.TestChange(fields, seen)
    return sheet


def _is_typed(project: Project, data: QueryDict, test: AcceptanceTest, seen: str) -> bool:
    """Return whether the reader changed anything of a row that somebody else saved since it was `seen`."""
    opened = find_version(test, seen)
    return opened is None or bool(set(TestRowForm(data, project=project, row=opened).changed_data) - {"seen"})


def _map_requirements(project: Project, data: QueryDict, tests: Sequence[int]) -> dict[str, Requirement]:
    """Map the codes of requirements that are typed, in lower case, to the requirements. One query."""
    typed = {data.get(f"t{pk}-requirement", "").replace("\0", "").strip().lower() for pk in tests} - {""}
    rows = project.requirements.annotate(folded=Lower("code")).filter(folded__in=typed)
    return {row.code.lower(): row for row in rows.only("project", "code", "criteria")}
