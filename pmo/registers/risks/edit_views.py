"""Pages that change the risk register."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.pages.form_views import Text
from core.pages.refusals.exceptions import MovedOn
from core.pages.refusals.views import Conflict
from pmo.registers.risks import services
from pmo.registers.risks.enums import FOLLOWS, ISSUE_FOLLOWS, IssueState, RiskStatus
from pmo.registers.risks.forms import (
    ActionForm,
    AssessForm,
    IssueForm,
    NewRiskForm,
    ReviewForm,
    RiskTextForm,
    ScaleForm,
    SettleForm,
    SettleIssueForm,
)
from pmo.registers.risks.models import Issue, Risk, RiskAction, RiskReview, RiskScale, grades_in_force
from pmo.registers.risks.views import visible_issue, visible_risk
from projects.form_views import ProjectFormView, RowActView
from projects.shortcuts import get_object_or_404

#: Status that the keeper of the register may set → title and button, and success message.
SETTLED: dict[str, tuple[Text, Text]] = {
    RiskStatus.CLOSED: (_("Close the risk"), _("The risk is closed.")),
    RiskStatus.REJECTED: (_("Reject the risk"), _("The risk is rejected.")),
    RiskStatus.ACCEPTED: (_("Accept the green risk"), _("The risk is accepted.")),
    RiskStatus.ASSESSED: (_("Reopen the risk"), _("The risk is reopened.")),
}


class RiskNewView(ProjectFormView):
    """Raise a risk; open to every role holder."""

    permission = "pmo.raise_risk"
    form_class = NewRiskForm
    title = _("Raise a risk")
    lede = _("Cause, event, effect: three sentences are enough. The role that keeps the register takes over.")
    button = _("Raise the risk")
    done = _("The risk is in the register.")
    shows_result = True
    back_label = _("Risks")
    back_url_name = "pmo:risks:risk_list"

    def get_form_kwargs(self) -> dict[str, Any]:
        grades = grades_in_force(RiskScale.objects.in_force_for(self.project))
        return super().get_form_kwargs() | {"project": self.project, "grades": grades}

    def act(self, data: dict[str, Any]) -> Risk:
        return services.raise_risk(actor=self.actor, project=self.project, fields=data)


class RiskActView(RowActView):
    """Base of the views that act on a risk."""

    pk_url_kwarg = "risk_id"

    def get_row(self, number: int) -> Risk:
        return visible_risk(self.request, number)

    def get_quote(self) -> Text:
        title: str = self.row.title
        return title

    def get_back_label(self) -> Text:
        code: str = self.row.code
        return code


class RiskEditView(RiskActView):
    """Change the text of a risk."""

    permission = "pmo.edit_risk"
    form_class = RiskTextForm
    lede = _("Edit its description. Ratings are entered separately.")
    button = _("Save the risk")
    done = _("The risk is saved.")

    def get_title(self) -> Text:
        return _("Edit risk %(code)s") % {"code": self.row.code}

    def get_quote(self) -> Text:
        """Return nothing: the form holds the title."""
        return ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project, "row": self.row}

    def act(self, data: dict[str, Any]) -> Risk:
        """Change the risk, unless it changed since it was read."""
        seen = data.pop("seen")
        return services.edit_risk(actor=self.actor, risk=self.row, fields=data, seen=seen)


class RiskAssessView(RiskActView):
    """Rate a risk and choose its response."""

    permission = "pmo.assess_risk"
    form_class = AssessForm
    lede = _("Each rating is kept. A level above the one accepted reopens the risk and notifies the owner.")
    button = _("Save the assessment")
    done = _("The assessment is saved.")

    def check(self) -> None:
        if not self.row.is_open:
            raise MovedOn(self.row)

    def get_title(self) -> Text:
        return _("Assess risk %(code)s") % {"code": self.row.code}

    def get_form_kwargs(self) -> dict[str, Any]:
        grades = grades_in_force(RiskScale.objects.in_force_for(self.project))
        return super().get_form_kwargs() | {"risk": self.row, "grades": grades}

    def act(self, data: dict[str, Any]) -> Risk:
        """Assess the risk, unless it changed since it was read."""
        seen = data.pop("seen")
        return services.assess_risk(actor=self.actor, risk=self.row, fields=data, seen=seen)


class RiskSettleView(RiskActView):
    """Close, reject, accept (green only) or reopen a risk, by the `status` in the URL."""

    permission = "pmo.assess_risk"
    form_class = SettleForm
    lede = _("The reasons are kept as a review of the risk.")
    conflicts = (services.OwnerAccepts,)

    def get_row(self, number: int) -> Risk:
        """Return the risk. Raise Http404, also on a status that no keeper sets."""
        risk = super().get_row(number)
        if self.kwargs["status"] not in SETTLED:
            raise Http404
        return risk

    def check(self) -> None:
        """Raise MovedOn or OwnerAccepts when the transition is not allowed."""
        services.ensure_transition(self.row, RiskStatus(self.kwargs["status"]))

    def get_title(self) -> Text:
        title, _done = SETTLED[self.kwargs["status"]]
        return title

    def get_button(self) -> Text:
        """Return the label for the new status."""
        return self.get_title()

    def get_done(self, result: Risk) -> Text:
        """Return the success message for the new status."""
        _title, done = SETTLED[self.kwargs["status"]]
        return done

    def act(self, data: dict[str, Any]) -> Risk:
        status = RiskStatus(self.kwargs["status"])
        return services.settle_risk(actor=self.actor, risk=self.row, status=status, because=data["because"])

    def get_conflict(self, error: Exception) -> Conflict:
        title = _("Only the owner accepts this risk")
        text = _("Its level is amber or red: write a proposal to accept it, with an end and what is watched meanwhile.")
        return Conflict(title, text, self.get_back_url(), _("Read the risk as it is now"))


class RiskActionFormView(RiskActView):
    """Add an action on a risk, change it or mark it done."""

    permission = "pmo.treat_risk"
    form_class = ActionForm
    lede = _("An action treats the risk. It has a responsible role and a due date.")
    button = _("Save the action")
    done = _("The action is saved.")

    action: RiskAction | None = None

    def get_versioned_row(self) -> RiskAction | None:
        return self.action

    def get_object(self) -> Risk:
        if "action_id" in self.kwargs:
            actions = RiskAction.objects.visible_to(self.request.user).select_related("risk__project__matrix")
            self.action = get_object_or_404(actions, pk=self.kwargs["action_id"])
        self.row = self.action.risk if self.action else self.get_row(self.kwargs["risk_id"])
        risk: Risk = self.row
        return risk

    def get_title(self) -> Text:
        """Return the title for a new or an existing action."""
        return _("Edit an action") if self.action else _("Add an action")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project, "row": self.action}

    def act(self, data: dict[str, Any]) -> RiskAction:
        """Write the action, unless it changed since it was read."""
        seen = data.pop("seen")
        return services.write_action(actor=self.actor, risk=self.row, fields=data, row=self.action, seen=seen)


class RiskReviewView(RiskActView):
    """Record a review of one risk."""

    permission = "pmo.review_risks"
    form_class = ReviewForm
    lede = _("The reviewer, the date and the finding are kept.")
    button = _("Review the risk")
    done = _("The review is recorded.")

    def get_title(self) -> Text:
        return _("Review risk %(code)s") % {"code": self.row.code}

    def act(self, data: dict[str, Any]) -> list[RiskReview]:
        return services.review_risks(actor=self.actor, project=self.project, risk=self.row, **data)


class RisksReviewView(ProjectFormView):
    """Record the monthly review of every open risk."""

    permission = "pmo.review_risks"
    form_class = ReviewForm
    title = button = _("Review the register")
    done = _("The review is recorded.")
    back_label = _("Risks")
    back_url_name = "pmo:risks:risk_list"

    def get_lede(self) -> Text:
        number = self.project.risks.open().count()
        lede = ngettext("You are reviewing %(n)s open risk.", "You are reviewing %(n)s open risks.", number)
        return lede % {"n": number}

    def act(self, data: dict[str, Any]) -> list[RiskReview]:
        """Record a review of every open risk."""
        return services.review_risks(actor=self.actor, project=self.project, **data)


class RiskMaterialiseView(RiskActView):
    """Turn a risk that happened into an issue."""

    permission = "pmo.materialise_risk"
    form_class = IssueForm
    lede = _("It becomes an issue. The owner is notified.")
    button = _("Turn the risk into an issue")
    done = _("The risk has become an issue.")
    shows_result = True

    def check(self) -> None:
        """Raise MovedOn when the risk can no longer materialise."""
        if RiskStatus.MATERIALISED not in FOLLOWS[RiskStatus(self.row.status)]:
            raise MovedOn(self.row)

    def get_title(self) -> Text:
        return _("Turn risk %(code)s into an issue") % {"code": self.row.code}

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"title": self.row.title, "owner_role": self.row.owner_role}
        return super().get_form_kwargs() | {"project": self.project} | known

    def act(self, data: dict[str, Any]) -> Issue:
        return services.materialise_risk(actor=self.actor, risk=self.row, fields=data)


class IssueNewView(ProjectFormView):
    """Raise an issue that was not a risk of the register."""

    permission = "pmo.raise_issue"
    form_class = IssueForm
    title = _("Raise an issue")
    lede = _("An event that was not in the risk register.")
    button = _("Raise the issue")
    done = _("The issue is saved.")
    shows_result = True
    back_label = _("Issues")
    back_url_name = "pmo:risks:issue_list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> Issue:
        return services.raise_issue(actor=self.actor, project=self.project, fields=data)


class IssueSettleView(RowActView):
    """Change the state of an issue."""

    pk_url_kwarg = "issue_id"
    permission = "pmo.settle_issue"
    form_class = SettleIssueForm
    lede = _("Postponed, resolved, closed or reopened. Describe how a settled issue was resolved.")
    button = _("Save the follow-up")
    done = _("The issue is saved.")

    def get_row(self, number: int) -> Issue:
        return visible_issue(self.request, number)

    def check(self) -> None:
        if not ISSUE_FOLLOWS[IssueState(self.row.state)]:
            raise MovedOn(self.row)

    def get_title(self) -> Text:
        return _("Follow issue %(reference)s") % {"reference": self.row.reference}

    def get_quote(self) -> Text:
        title: str = self.row.title
        return title

    def get_back_label(self) -> Text:
        reference: str = self.row.reference
        return reference

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the states that may follow."""
        return super().get_form_kwargs() | {"issue": self.row}

    def act(self, data: dict[str, Any]) -> Issue:
        """Settle the issue, unless it changed since it was read."""
        state, seen = IssueState(data.pop("state")), data.pop("seen")
        return services.settle_issue(actor=self.actor, issue=self.row, state=state, fields=data, seen=seen)


class RiskScaleFormView(ProjectFormView):
    """Set the risk scale, as the owner; `?preset=` starts from the 4 × 4 or the 5 × 5 scale."""

    permission = "pmo.set_risk_scale"
    form_class = ScaleForm
    title = _("Set the risk scale")
    lede = _("It applies to new ratings, here and below. Existing ratings keep their scale.")
    button = _("Set the scale")
    done = _("The scale is set.")
    back_label = _("Risk scale")
    back_url_name = "pmo:risks:risk_scale"

    def get_form_kwargs(self) -> dict[str, Any]:
        grades = grades_in_force(RiskScale.objects.in_force_for(self.project))
        return super().get_form_kwargs() | {"grades": grades, "preset": self.request.GET.get("preset", "")}

    def act(self, data: dict[str, Any]) -> RiskScale:
        return services.set_risk_scale(actor=self.actor, project=self.project, fields=data)
