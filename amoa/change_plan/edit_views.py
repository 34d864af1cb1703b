"""Views of the change plan that write."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from amoa.change_plan import services
from amoa.change_plan.forms import (
    AnswerForm,
    CommunicationForm,
    FeedbackForm,
    ImpactForm,
    IndicatorForm,
    ReadingForm,
    TrainingForm,
)
from amoa.change_plan.models import (
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    FeedbackItem,
    TrainingSession,
)
from amoa.change_plan.preview import PlanPreview, build_plan_preview
from core.forms import SeenForm
from core.pages.form_views import Text
from core.pages.refusals.views import Conflict
from projects.form_views import ProjectFormView, RowActView, RowFormView


class ImpactFormView(ProjectFormView):
    """Describe the impact on the `group` of the address in one `aspect`; prefilled when it exists."""

    permission = "amoa.plan_change"
    form_class = ImpactForm
    title = _("Describe an impact")
    lede = _("Describe one aspect that changes for a group, and what is done about it.")
    button = _("Save the impact")
    done = _("The impact is saved.")
    back_label = _("Change plan")
    back_url_name = "amoa:change_plan:change_plan"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Prefill the known impact, or the group and aspect of the query string."""
        query = self.request.GET
        known = self.known_impact(query.get("group", ""), query.get("aspect", ""))
        named = {name: query[name] for name in ("group", "aspect") if name in query and known is None}
        return super().get_form_kwargs() | {"project": self.project, "row": known} | named

    def known_impact(self, group: str, aspect: str) -> ChangeImpact | None:
        """Return the impact on the group in this aspect, if any."""
        number = int(group) if group.isascii() and group.isdecimal() and len(group) < 10 else 0
        return self.project.impacts.filter(group=number, aspect=aspect).select_related("group").first()

    def act(self, data: dict[str, Any]) -> ChangeImpact:
        group, aspect, seen = data.pop("group"), data.pop("aspect"), data.pop("seen")
        return services.write_impact(
            actor=self.actor, project=self.project, group=group, aspect=aspect, fields=data, seen=seen
        )


class CommunicationFormView(RowFormView):
    """Plan or change a message, or record that it was sent."""

    model = CommunicationAction
    pk_url_kwarg = "communication_id"
    permission = "amoa.plan_change"
    form_class = CommunicationForm
    service = services.write_communication
    new_title = _("Plan a communication")
    title = _("Edit the communication")
    lede = _("Enter a day, or the proposal whose decision it follows. After sending, enter how many people it reached.")
    button = _("Save the communication")
    done = _("The communication is saved.")
    back_label = _("Communications")
    back_url_name = "amoa:change_plan:change_communications"


class TrainingFormView(RowFormView):
    """Plan or change a session, or record its attendance."""

    model = TrainingSession
    pk_url_kwarg = "training_id"
    permission = "amoa.plan_change"
    form_class = TrainingForm
    service = services.write_training
    new_title = _("Plan a training session")
    title = _("Edit the training session")
    lede = _("Enter how many people are expected and, afterwards, how many came.")
    button = _("Save the session")
    done = _("The session is saved.")
    back_label = _("Training")
    back_url_name = "amoa:change_plan:change_trainings"


class AdoptionIndicatorFormView(RowFormView):
    """Add or change an indicator of adoption."""

    model = AdoptionIndicator
    pk_url_kwarg = "indicator_id"
    permission = "amoa.plan_change"
    form_class = IndicatorForm
    service = services.write_indicator
    new_title = _("Add an indicator")
    title = _("Edit the indicator")
    lede = _("Choose a sign that the result is used: attendance, reading rate, active users, requests for help.")
    button = _("Save the indicator")
    done = _("The indicator is saved.")
    back_label = _("Adoption")
    back_url_name = "amoa:change_plan:change_adoption"


class AdoptionReadingFormView(RowActView):
    """Record a reading of an indicator."""

    model = AdoptionIndicator
    pk_url_kwarg = "indicator_id"
    permission = "amoa.plan_change"
    form_class = ReadingForm
    title = _("Add a reading")
    button = _("Add the reading")
    done = _("The reading is added.")
    back_label = _("Adoption")
    back_url_name = "amoa:change_plan:change_adoption"

    def get_lede(self) -> Text:
        name: str = self.row.name
        return name

    def act(self, data: dict[str, Any]) -> AdoptionReading:
        return services.add_reading(actor=self.actor, indicator=self.row, **data)


class ChangePlanFreezeView(ProjectFormView):
    """Show what a version of the plan would freeze and what is missing, then freeze it for the owner."""

    permission = "amoa.freeze_plan"
    form_class = SeenForm
    preview_template = "amoa/change_plan/_plan_preview.html"
    title = _("Freeze the change plan")
    lede = _(
        "Impacts, communications, training and targets are frozen as the next version. You then write its "
        "proposal. You can still edit the plan."
    )
    button = _("Freeze the plan")
    conflicts = (services.NothingToFreeze,)
    back_label = _("Change plan")
    back_url_name = "amoa:change_plan:change_plan"

    @cached_property
    def preview(self) -> PlanPreview:
        """What a version would freeze."""
        return build_plan_preview(self.project)

    def get_preview(self) -> PlanPreview:
        """Return the parts of the plan, and the impacts that are not assessed."""
        return self.preview

    def get_form_kwargs(self) -> dict[str, Any]:
        """Carry the hash of the content that is shown."""
        return super().get_form_kwargs() | {"initial": {"seen": self.preview.seen}}

    def act(self, data: dict[str, Any]) -> ChangePlan:
        return services.freeze_plan(actor=self.actor, project=self.project, seen=data["seen"])

    def get_done(self, result: ChangePlan) -> Text:
        return _("Version %(number)s is frozen. Write its proposal.") % {"number": result.number}

    def get_success_url(self, result: ChangePlan) -> str:
        return reverse("amoa:change_plan:change_plan_version", args=[self.project.code, result.number])

    def get_conflict(self, error: Exception) -> Conflict:
        text = _("The plan is empty, or its newest version says the same.")
        return Conflict(_("There is nothing to freeze"), text, self.get_back_url(), _("Read the change plan"))


class FeedbackFormView(ProjectFormView):
    """Record feedback from a recipient group."""

    permission = "amoa.give_feedback"
    form_class = FeedbackForm
    title = _("Add feedback from recipients")
    lede = _("In their words, for their group. The role that prepares the change answers.")
    button = _("Add the feedback")
    done = _("The feedback is added.")
    back_label = _("Feedback")
    back_url_name = "amoa:change_plan:change_feedback"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the groups and the requirements of the project."""
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> FeedbackItem:
        return services.give_feedback(actor=self.actor, project=self.project, **data)


class FeedbackAnswerView(RowActView):
    """Answer a feedback item, once."""

    model = FeedbackItem
    pk_url_kwarg = "feedback_id"
    permission = "amoa.answer_feedback"
    form_class = AnswerForm
    title = _("Answer the recipients")
    lede = _("The answer is shown next to the feedback.")
    button = _("Answer the recipients")
    done = _("The answer is recorded.")
    conflicts = (services.AnsweredAlready,)
    back_label = _("Feedback")
    back_url_name = "amoa:change_plan:change_feedback"

    def check(self) -> None:
        if self.row.answer:
            raise services.AnsweredAlready

    def get_quote(self) -> Text:
        text: str = self.row.text
        return text

    def get_form_kwargs(self) -> dict[str, Any]:
        item = self.row
        about = {"requirement": item.requirement.code if item.requirement else "", "risk": item.risk}
        return super().get_form_kwargs() | {"project": self.project, "initial": about}

    def act(self, data: dict[str, Any]) -> FeedbackItem:
        return services.answer_feedback(actor=self.actor, item=self.row, **data)

    def get_conflict(self, error: Exception) -> Conflict:
        text = _("An answer is given once. The recorded answer is unchanged.")
        return Conflict(_("This feedback already has an answer"), text, self.get_back_url(), _("Read the feedback"))
