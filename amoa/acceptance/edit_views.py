"""Views of acceptance that write."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from amoa.acceptance import queries, services
from amoa.acceptance.enums import Result
from amoa.acceptance.forms import AcceptanceTestForm, CampaignForm, CorrectionForm, DefectForm, DeliverableForm, RunForm
from amoa.acceptance.models import AcceptanceCampaign, Defect, Deliverable, list_campaign_tests
from amoa.acceptance.views import build_campaign_context, get_campaign_or_404, get_defect_or_404, get_permissions
from amoa.requirements.models import AcceptanceTest
from core.access import ensure, reader
from core.forms import SeenForm, add_errors
from core.pages.form_views import UNPROCESSABLE, Text
from core.pages.refusals.exceptions import MovedOn
from core.pages.refusals.views import Conflict, wrong_state
from projects.form_views import RowActView, RowFormView
from projects.shortcuts import get_object_or_404


class DeliverableFormView(RowFormView):
    """Add or change a deliverable, or record its delivery."""

    model = Deliverable
    pk_url_kwarg = "deliverable_id"
    permission = "amoa.plan_acceptance"
    form_class = DeliverableForm
    service = services.write_deliverable
    new_title = _("Add a deliverable")
    lede = _("Describe what the provider hands over, in which lot and when. A campaign can check it.")
    button = _("Save the deliverable")
    done = _("The deliverable is saved.")
    back_label = _("Acceptance")
    back_url_name = "amoa:acceptance:acceptance"

    def get_title(self) -> Text:
        return _("Edit deliverable %(code)s") % {"code": self.row.code} if self.row else self.new_title


class AcceptanceTestFormView(RowFormView):
    """Write, change or retire a test; the address may name `requirement` and `criterion` of a new one."""

    model = AcceptanceTest
    select_related = ("requirement",)
    pk_url_kwarg = "test_id"
    permission = "amoa.plan_acceptance"
    form_class = AcceptanceTestForm
    service = services.write_test
    new_title = _("Write a test")
    lede = _("How to check that a requirement, or one of its criteria, is met.")
    button = _("Save the test")
    done = _("The test is saved.")
    back_label = _("Acceptance")
    back_url_name = "amoa:acceptance:acceptance"

    def get_title(self) -> Text:
        return _("Edit test %(code)s") % {"code": self.row.code} if self.row else self.new_title

    def get_form_kwargs(self) -> dict[str, Any]:
        """Prefill a new test from the query string."""
        named = () if self.row else ("requirement", "criterion")
        return super().get_form_kwargs() | {name: self.request.GET[name] for name in named if name in self.request.GET}

    def get_back_label(self) -> Text:
        """Return the code of the test, or the name of the overview for a new one."""
        return self.row.code if self.row else self.back_label

    def get_back_url(self) -> str:
        """Return the address of the test, or of the overview for a new one."""
        return self.row.get_absolute_url() if self.row else super().get_back_url()


class CampaignFormView(RowFormView):
    """Open a campaign, or change one that is open."""

    pk_url_kwarg = "campaign_id"
    permission = "amoa.plan_acceptance"
    form_class = CampaignForm
    service = services.open_campaign
    new_title = _("Open a campaign")
    title = _("Edit the campaign")
    lede = _("A campaign runs the tests in use. Its results are frozen when it is closed.")
    button = _("Save the campaign")
    done = _("The campaign is saved.")
    shows_result = True
    back_label = _("Acceptance")
    back_url_name = "amoa:acceptance:acceptance"

    def get_row(self, number: int) -> AcceptanceCampaign:
        return get_campaign_or_404(self.request, number)

    def check(self) -> None:
        if self.row and self.row.is_closed:
            raise MovedOn(self.row)

    def get_back_label(self) -> Text:
        """Return the title of the campaign, or the name of the overview for a new one."""
        return self.row.title if self.row else self.back_label

    def get_back_url(self) -> str:
        """Return the address of the campaign, or of the overview for a new one."""
        return self.row.get_absolute_url() if self.row else super().get_back_url()


@require_POST
def campaign_run(request: HttpRequest, campaign_id: int, test_id: int) -> HttpResponse:
    """Record the result of one run; return the row of the grid to htmx, else redirect to it."""
    campaign = get_campaign_or_404(request, campaign_id)
    ensure(request.user, "amoa.run_test", campaign)
    test = get_object_or_404(campaign.project.tests.select_related("requirement"), pk=test_id)
    form = RunForm(request.POST)
    status = 200
    try:
        if form.is_valid():
            services.run_test(
                actor=reader(request),
                campaign=campaign,
                test=test,
                result=Result(form.cleaned_data["result"]),
                note=form.cleaned_data["note"],
            )
        else:
            status = UNPROCESSABLE
    except MovedOn as error:
        return wrong_state(request, error, [(str(form["note"].label), str(form["note"].value() or ""))])
    except ValidationError as error:
        add_errors(form, error, elsewhere="note")
        status = UNPROCESSABLE
    if request.htmx:  # type: ignore[attr-defined]
        return _render_row(request, campaign, test, form, status)
    if status == UNPROCESSABLE:
        context = build_campaign_context(request, campaign) | {"refused": test.pk, "run_form": form}
        return render(request, "amoa/acceptance/campaign.html", context, status=status)
    return redirect(f"{campaign.get_absolute_url()}#test-{test.pk}")


def _render_row(
    request: HttpRequest, campaign: AcceptanceCampaign, test: AcceptanceTest, form: RunForm, status: int
) -> HttpResponse:
    """Render one row of the grid, with the progress of the campaign when a result was recorded."""
    tests = queries.annotate_last_run(list_campaign_tests(campaign), campaign)
    shown = tests.select_related("requirement").get(pk=test.pk)
    may = get_permissions(request, campaign.project)
    context = {
        "project": campaign.project,
        "campaign": campaign,
        "test": shown,
        "may": may,
        "defective": queries.DEFECTIVE,
        "refused": test.pk if status == UNPROCESSABLE else None,
        "run_form": form,
        "progress": queries.count_progress(tests) if status != UNPROCESSABLE else None,
    }
    return render(request, "amoa/acceptance/_campaign_run.html", context, status=status)


class CampaignActView(RowActView):
    """Base view of an act on an open campaign."""

    pk_url_kwarg = "campaign_id"

    def get_row(self, number: int) -> AcceptanceCampaign:
        return get_campaign_or_404(self.request, number)

    def check(self) -> None:
        if self.row.is_closed:
            raise MovedOn(self.row)

    def get_back_label(self) -> Text:
        title: str = self.row.title
        return title


class CampaignCloseView(CampaignActView):
    """Show what closing a campaign would freeze and what is missing, then close it."""

    permission = "amoa.close_campaign"
    form_class = SeenForm
    preview_template = "amoa/acceptance/_campaign_closing.html"
    title = button = _("Close the campaign")
    lede = _(
        "Its results and unsettled defects are frozen with a fingerprint. No result can be added afterwards, but "
        "another campaign can follow."
    )
    done = _("The campaign is closed. Write the proposal for acceptance.")
    conflicts = (services.NothingTested, ValidationError)

    def get_preview(self) -> queries.Closing:
        """Return the figures and the gaps of the campaign."""
        return self.closing

    @cached_property
    def closing(self) -> queries.Closing:
        """What closing would freeze."""
        return queries.build_closing(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Carry the hash of the report that is shown."""
        return super().get_form_kwargs() | {"initial": {"seen": self.closing.seen}}

    def act(self, data: dict[str, Any]) -> AcceptanceCampaign:
        return services.close_campaign(actor=self.actor, campaign=self.row, seen=data["seen"])

    def get_conflict(self, error: Exception) -> Conflict:
        untested = _("No test was run in this campaign. There is nothing to report.")
        text = error.messages[0] if isinstance(error, ValidationError) else untested
        return Conflict(_("The campaign cannot be closed yet"), text, self.get_back_url(), _("Read the campaign"))


class DefectNewView(CampaignActView):
    """Report a defect; the address may name the `test` that showed it."""

    permission = "amoa.report_defect"
    form_class = DefectForm
    title = _("Report a defect")
    lede = _("The provider describes the correction. A tester then closes or reopens the defect.")
    button = _("Report the defect")
    done = _("The defect is reported.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Prefill the test that the query string names, with what its last run saw."""
        initial = queries.describe_failure(self.row, self.request.GET.get("test", ""))
        return super().get_form_kwargs() | {"project": self.project, "initial": initial}

    def get_success_url(self, result: Any) -> str:
        """Return the address of the campaign, at the test that showed the defect."""
        return f"{self.get_back_url()}#test-{result.test_id}" if result.test_id else self.get_back_url()

    def act(self, data: dict[str, Any]) -> Defect:
        return services.report_defect(actor=self.actor, campaign=self.row, **data)


class DefectActView(RowActView):
    """Base view of an act on a defect that is in one of `states`."""

    pk_url_kwarg = "defect_id"
    preview_template = "amoa/acceptance/_defect_facts.html"
    states: tuple[str, ...]

    def get_row(self, number: int) -> Defect:
        return get_defect_or_404(self.request, number)

    def check(self) -> None:
        """Raise MovedOn when the act does not follow from the state of the defect."""
        if self.row.state not in self.states:
            raise MovedOn(self.row)

    def get_button(self) -> Text:
        return self.title

    def get_preview(self) -> Defect:
        defect: Defect = self.row
        return defect

    def get_back_label(self) -> Text:
        reference: str = self.row.reference
        return reference


class DefectCorrectView(DefectActView):
    """Record the provider's correction."""

    permission = "amoa.correct_defect"
    form_class = CorrectionForm
    states = services.CORRECTABLE
    title = _("Report the correction")
    lede = _("A tester reruns the test, then closes or reopens the defect.")
    done = _("The correction is reported.")

    def act(self, data: dict[str, Any]) -> Defect:
        return services.correct_defect(actor=self.actor, defect=self.row, correction=data["correction"])


class DefectCloseView(DefectActView):
    """Close a defect."""

    permission = "amoa.close_defect"
    states = services.CLOSABLE
    title = _("Close the defect")
    lede = _("Close it once it is corrected, or if it is not a defect. A closed defect cannot be reopened.")
    done = _("The defect is closed.")

    def act(self, data: dict[str, Any]) -> Defect:
        return services.close_defect(actor=self.actor, defect=self.row)


class DefectReopenView(DefectActView):
    """Reopen a corrected defect that still occurs."""

    permission = "amoa.close_defect"
    states = services.REOPENABLE
    title = _("Reopen the defect")
    lede = _("The defect is still there. The provider must correct it again.")
    done = _("The defect is open again.")

    def act(self, data: dict[str, Any]) -> Defect:
        return services.reopen_defect(actor=self.actor, defect=self.row)
