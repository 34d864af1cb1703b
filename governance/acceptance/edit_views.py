"""The acts of acceptance: each a form and one call of a service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from governance.acceptance import reading, services
from governance.acceptance.forms import (
    AcceptanceTestForm,
    CampaignForm,
    CorrectionForm,
    DefectForm,
    DeliverableForm,
    PlannedForm,
    RunForm,
)
from governance.acceptance.views import campaign_context, may, visible_campaign, visible_defect
from governance.one_form import Words, one_form, posted
from governance.refusals.views import Conflict, conflict
from governance.visible import visible_project
from projects.acceptance.enums import Result
from projects.acceptance.models import not_run_in, tests_of
from projects.models import AcceptanceCampaign, AcceptanceTest, Defect, Deliverable, Project
from roles.access import ensure, reader
from roles.forms import add_errors

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def deliverable_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add what the provider is to hand over."""
    return _deliverable(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def deliverable_edit(request: HttpRequest, deliverable_id: int) -> HttpResponse:
    """Change a deliverable, or note that it was delivered."""
    rows = Deliverable.objects.visible_to(request.user).select_related("project")
    row = get_object_or_404(rows, pk=deliverable_id)
    return _deliverable(request, row.project, row)


def _deliverable(request: HttpRequest, project: Project, row: Deliverable | None) -> HttpResponse:
    words = Words(
        _("Change deliverable %(code)s") % {"code": row.code} if row else _("Add a deliverable"),
        _("What the provider hands over, in which lot and when; a campaign may check it."),
        _("Record the deliverable"), _("The deliverable is recorded."), *_overview(project),
    )  # fmt: skip
    return _planned(request, project, DeliverableForm, row, words, services.write_deliverable)


@require_http_methods(["GET", "POST"])
def acceptance_test_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write a test; the address may name its `requirement` and `criterion`."""
    return _test(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def acceptance_test_edit(request: HttpRequest, test_id: int) -> HttpResponse:
    """Change a test, or retire it."""
    rows = AcceptanceTest.objects.visible_to(request.user).select_related("project", "requirement")
    row = get_object_or_404(rows, pk=test_id)
    return _test(request, row.project, row)


def _test(request: HttpRequest, project: Project, row: AcceptanceTest | None) -> HttpResponse:
    place = (row.code, row.get_absolute_url()) if row else _overview(project)
    words = Words(
        _("Change test %(code)s") % {"code": row.code} if row else _("Write a test"),
        _("How one sees that a requirement, or one of its criteria, is met."),
        _("Record the test"), _("The test is recorded."), *place,
    )  # fmt: skip
    given = {} if row else {name: request.GET[name] for name in ("requirement", "criterion") if name in request.GET}
    return _planned(request, project, AcceptanceTestForm, row, words, services.write_test, **given)


@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest, code: str) -> HttpResponse:
    """Open a campaign."""
    return _campaign(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Change a campaign that is open."""
    row = visible_campaign(request, campaign_id)
    return _campaign(request, row.project, row)


def _campaign(request: HttpRequest, project: Project, row: AcceptanceCampaign | None) -> HttpResponse:
    place = (row.title, row.get_absolute_url()) if row else _overview(project)
    words = Words(
        _("Change the campaign") if row else _("Open a campaign"),
        _("A series of runs of the tests in use. Closing it freezes what it found, for the owner."),
        _("Record the campaign"), _("The campaign is recorded."), *place, shows_it=True,
    )  # fmt: skip
    ensure(request.user, "governance.plan_acceptance", project)
    if row and row.is_closed:
        return _closed_already(request, row)
    try:
        return _planned(request, project, CampaignForm, row, words, services.open_campaign)
    except services.CampaignClosed as error:
        return _closed_already(request, error.campaign)


@require_POST
def campaign_run(request: HttpRequest, campaign_id: int, test_id: int) -> HttpResponse:
    """Record the result of one run: a row of the grid comes back, or the page of the campaign at that row."""
    on = visible_campaign(request, campaign_id)
    ensure(request.user, "governance.run_test", on)
    test = get_object_or_404(on.project.tests.select_related("requirement"), pk=test_id)
    form = RunForm(request.POST)
    status = 200
    try:
        if form.is_valid():
            services.run_test(
                actor=reader(request), campaign=on, test=test, result=Result(form.cleaned_data["result"]),
                note=form.cleaned_data["note"],
            )  # fmt: skip
        else:
            status = UNPROCESSABLE
    except services.CampaignClosed:
        return _closed_already(request, on, [(str(form["note"].label), str(form["note"].value() or ""))])
    except ValidationError as error:
        add_errors(form, error, elsewhere="note")
        status = UNPROCESSABLE
    if request.htmx:  # type: ignore[attr-defined]
        return _row(request, on, test, form, status)
    if status == UNPROCESSABLE:
        context = campaign_context(request, on) | {"refused": test.pk, "run_form": form}
        return render(request, "governance/campaign.html", context, status=status)
    return redirect(f"{on.get_absolute_url()}#test-{test.pk}")


def _row(
    request: HttpRequest, on: AcceptanceCampaign, test: AcceptanceTest, form: RunForm, status: int
) -> HttpResponse:
    """One row of the grid as it stands, with the progress of the campaign when a result was recorded."""
    tests = reading.with_last_run(tests_of(on), on)
    context = {
        "project": on.project,
        "campaign": on,
        "test": tests.select_related("requirement").get(pk=test.pk),
        "may": may(request, on.project),
        "refused": test.pk if status == UNPROCESSABLE else None,
        "run_form": form,
        "progress": reading.progress(tests) if status != UNPROCESSABLE else None,
    }
    return render(request, "governance/_campaign_answer.html", context, status=status)


@require_http_methods(["GET", "POST"])
def campaign_close(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Close a campaign: one page that says what it means, then the act."""
    on = visible_campaign(request, campaign_id)
    ensure(request.user, "governance.close_campaign", on)
    if on.is_closed:
        return _closed_already(request, on)
    lede = _(
        "Its results and the defects that are not settled are frozen with a fingerprint. No result is added"
        " afterwards; another campaign can follow."
    )
    if left := not_run_in(on).count():
        lede += " " + ngettext(
            "%(n)s test has no result: the owner reads that it was not run.",
            "%(n)s tests have no result: the owner reads that they were not run.",
            left,
        ) % {"n": left}
    words = Words(
        _("Close the campaign"), lede, _("Close the campaign"),
        _("The campaign is closed. Put the acceptance to the owner."), on.title, on.get_absolute_url(),
    )  # fmt: skip
    if request.method == "GET":
        return one_form(request, on.project, forms.Form(), words, lambda typed: None)
    try:
        services.close_campaign(actor=reader(request), campaign=on)
    except services.CampaignClosed:
        return _closed_already(request, on)
    except services.NothingTested:
        return _cannot_close(request, words, _("No test was run in it: there is nothing to report."))
    except ValidationError as error:
        return _cannot_close(request, words, error.messages[0])
    messages.success(request, words.done)
    return redirect(on)


@require_http_methods(["GET", "POST"])
def defect_new(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Report something wrong; the address may name the `test` that showed it."""
    on = visible_campaign(request, campaign_id)
    ensure(request.user, "governance.report_defect", on)
    if on.is_closed:
        return _closed_already(request, on)
    words = Words(
        _("Report a defect"), _("The provider says how it was corrected; who tests closes it, or opens it again."),
        _("Report the defect"), _("The defect is reported."), on.title, on.get_absolute_url(),
    )  # fmt: skip
    form = DefectForm(posted(request), project=on.project, initial={"test": request.GET.get("test", "")})

    def run(typed: dict[str, Any]) -> Any:
        return services.report_defect(actor=reader(request), campaign=on, **typed)

    try:
        return one_form(request, on.project, form, words, run)
    except services.CampaignClosed:
        return _closed_already(request, on)


@require_http_methods(["GET", "POST"])
def defect_correct(request: HttpRequest, defect_id: int) -> HttpResponse:
    """The provider says how it was corrected."""
    return _settle(
        request, defect_id, "correct_defect", services.CORRECTABLE, services.correct_defect, CorrectionForm,
        _("Note the correction"), _("Who tests runs the test again, then closes the defect or opens it again."),
        _("The correction is noted."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def defect_close(request: HttpRequest, defect_id: int) -> HttpResponse:
    """Who tests notes that it is gone."""
    return _settle(
        request, defect_id, "close_defect", services.CLOSABLE, services.close_defect, forms.Form,
        _("Close the defect"), _("It was seen to be gone, or to be none. A closed defect is not opened again."),
        _("The defect is closed."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def defect_reopen(request: HttpRequest, defect_id: int) -> HttpResponse:
    """Who tests notes that it is still there."""
    return _settle(
        request, defect_id, "close_defect", services.REOPENABLE, services.reopen_defect, forms.Form,
        _("Open the defect again"), _("It is still there: the provider corrects it once more."),
        _("The defect is open again."),
    )  # fmt: skip


def _settle(
    request: HttpRequest, defect_id: int, permission: str, states: tuple[str, ...], service: Callable[..., Defect],
    form: type[forms.Form], title: str, lede: str, done: str,
) -> HttpResponse:  # fmt: skip
    """One act on a defect: one page, then the service; 409 when it does not follow from where the defect is."""
    one = visible_defect(request, defect_id)
    ensure(request.user, f"governance.{permission}", one)
    words = Words(title, lede, title, done, one.reference, one.get_absolute_url(), quote=one.title)

    def run(typed: dict[str, Any]) -> Any:
        return service(actor=reader(request), defect=one, **typed)

    try:
        if one.state not in states:
            raise services.DefectMovedOn(one)
        return one_form(request, one.project, form(posted(request)), words, run)
    except services.DefectMovedOn as error:
        text = _("It is “%(state)s” now.") % {"state": error.defect.get_state_display()}
        title = _("The defect has moved on")
        return conflict(request, Conflict(title, text, one.get_absolute_url(), _("Read the defect as it is now")))


def _planned(
    request: HttpRequest, project: Project, form: type[PlannedForm], row: Any, words: Words, service: Any, **given: Any
) -> HttpResponse:
    """The form of a row that is planned, new or known, and the service that writes it."""
    ensure(request.user, "governance.plan_acceptance", project)

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return service(actor=reader(request), project=project, fields=typed, row=row, seen=seen)

    return one_form(request, project, form(posted(request), project=project, row=row, **given), words, run)


def _closed_already(
    request: HttpRequest, on: AcceptanceCampaign, typed: list[tuple[str, str]] | None = None
) -> HttpResponse:
    title, text = _("The campaign is closed"), _("Nothing is added to a closed campaign; open another one.")
    return conflict(request, Conflict(title, text, on.get_absolute_url(), _("Read the campaign"), typed or []))


def _cannot_close(request: HttpRequest, words: Words, text: str) -> HttpResponse:
    title = _("The campaign cannot be closed yet")
    return conflict(request, Conflict(title, text, words.back, _("Read the campaign")))


def _overview(project: Project) -> tuple[str, str]:
    return _("Acceptance"), reverse("governance:acceptance", args=[project.code])
