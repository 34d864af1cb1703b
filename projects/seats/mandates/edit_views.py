"""Views that give and end mandates and delegations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import can
from core.acts import act_time
from core.pages.form_views import ActFormView, Facts, ReviewedFormView, Text
from core.pages.refusals.views import Conflict
from core.record.erasure import display_text
from core.templatetags.ui import ends, euros, starts
from projects.form_views import ProjectFormView
from projects.project.models import Project
from projects.seats.mandates import services
from projects.seats.mandates.forms import CompetenceForm, DeclineForm, DelegateForm, EndForm, NameOwnerForm
from projects.seats.mandates.holders import owners
from projects.seats.mandates.models import Competence, Delegation, Mandate
from projects.seats.mandates.views import get_mandate_or_404
from projects.seats.matrix.offers import Difference, differences
from roles.enums import DecisionKind
from roles.role_templates.content import Role, role_of

#: Fields of the services by those of the forms: instants there, days here.
RENAMED = {"starts_at": "starts_on", "ends_at": "ends_on"}


class OwnerNameView(ReviewedFormView, ProjectFormView):
    """Name the next owner."""

    template_name = "projects/seats/mandates/mandate_form.html"
    review_template_name = "projects/seats/mandates/mandate_review.html"
    permission = "projects.name_owner"
    form_class: type[forms.Form] = NameOwnerForm
    title = _("Name the next owner")
    lede = _("Your own mandate ends when the next one begins: a project has one owner at a time.")
    button = _("Name the owner")
    done = _("The next owner is named.")
    consequences: Sequence[Text] = (
        _("From then on this person decides, and you no longer do."),
        _("Your delegations of signature end with your mandate. The next owner delegates again."),
        _("An earlier appointment that has not begun is cancelled."),
    )
    back_url_name = "projects:mandates:mandate_list"
    renamed = RENAMED
    error_field = "email"

    def get_facts(self, data: dict[str, Any]) -> Facts:
        ending = [(_("Mandate that ends"), str(seat.holder)) for seat in owners(self.project)]
        return [(_("Next owner"), str(data["email"])), (_("From"), _format_start(data["starts_on"])), *ending]

    def act(self, data: dict[str, Any]) -> Mandate:
        return services.name_owner(
            actor=self.actor, project=self.project, holder=data["email"], starts_at=data["starts_on"]
        )


class MandateEndView(ReviewedFormView):
    """End a mandate, now or on a day, with a reason."""

    template_name = "projects/seats/mandates/mandate_form.html"
    review_template_name = "projects/seats/mandates/mandate_review.html"
    permission = "projects.end_mandate"
    form_class = EndForm
    lede = _("An ended mandate cannot be resumed, but the role can be given again.")
    button = _("End the mandate")
    done = _("The end of the mandate is recorded.")
    renamed = RENAMED

    object: Mandate

    def get_object(self) -> Mandate:
        return get_mandate_or_404(self.request, self.kwargs["mandate_id"])

    def get_title(self) -> Text:
        about = {"who": self.object.holder, "role": self.object.role.code}
        return _("End the mandate of %(who)s, %(role)s") % about

    def get_facts(self, data: dict[str, Any]) -> Facts:
        return [
            (_("Holder"), f"{self.object.holder}, {self.object.role.name}"),
            (_("Ends"), ends(data["ends_on"]) if data["ends_on"] else _("at once")),
            (_("Reason"), data["because"]),
        ]

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        """Return the consequences, which differ for an owner and for another role."""
        has_begun = self.object.starts_at <= act_time()
        never_counted = [] if has_begun else [_("A mandate that has not begun is cancelled.")]
        if self.object.decides:
            return [
                _("The project then has no owner: nothing is decided until one is named."),
                _("Delegations of signature under this mandate end with it."),
                *never_counted,
            ]
        return [
            _("This person can then no longer act in this role. Their past acts stay in the record."),
            *never_counted,
        ]

    def get_back_url(self) -> str:
        return reverse("projects:mandates:mandate_list", args=[self.project.code])

    def act(self, data: dict[str, Any]) -> Mandate:
        return services.end_mandate(
            actor=self.actor, mandate=self.object, ends_at=data["ends_on"], because=data["because"]
        )


class MandateAcceptView(ActFormView):
    """Show what the role answers for on the project, then accept a mandate of the reader."""

    template_name = "projects/seats/mandates/mandate_accept.html"
    permission = "projects.accept"
    title = _("Accept the mandate")
    lede = _("Read your responsibilities on this project before you accept.")
    button = _("Accept the mandate")
    done = _("You have accepted the mandate.")
    conflicts = (ValidationError,)

    object: Mandate

    def get_object(self) -> Mandate:
        return get_mandate_or_404(self.request, self.kwargs["mandate_id"])

    def check(self) -> None:
        """Raise ValidationError when the mandate is accepted already or has ended."""
        services.ensure_acceptable(self.object)

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        """Return the mandate and its role with the responsibilities in force, and what changed in them."""
        return super().get_context_data(form) | {
            "mandate": self.object,
            "role": self.get_role(),
            "changes": self.list_changes(),
            "may_decline": not self.object.accepted_at and can(self.request.user, "projects.decline", self.object),
        }

    def list_changes(self) -> list[Difference]:
        """List what has changed in the responsibilities since the mandate was accepted."""
        before = services.accepted_role(self.object)
        return differences(before, self.get_role()) if before else []

    def get_role(self) -> Role:
        """Return the role in force on the project, or its template when a later version left it out."""
        matrix = self.project.matrix
        return (matrix.read().role(self.object.role.code) if matrix else None) or role_of(self.object.role)

    def get_back_url(self) -> str:
        return reverse("projects:mandates:mandate_list", args=[self.project.code])

    def act(self, data: dict[str, Any]) -> Mandate:
        return services.accept(actor=self.actor, mandate=self.object)

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return _conflict(self.project, error)


class MandateDeclineView(ReviewedFormView):
    """Decline a mandate of the reader that was never accepted, with a reason."""

    template_name = "projects/seats/mandates/mandate_form.html"
    review_template_name = "projects/seats/mandates/mandate_review.html"
    permission = "projects.decline"
    form_class = DeclineForm
    title = _("Decline the mandate")
    button = _("Decline the mandate")
    done = _("You have declined the mandate.")
    conflicts = (ValidationError,)

    object: Mandate

    def get_object(self) -> Mandate:
        return get_mandate_or_404(self.request, self.kwargs["mandate_id"])

    def check(self) -> None:
        """Raise ValidationError when the mandate was accepted or has ended."""
        services.ensure_declinable(self.object)

    def get_lede(self) -> Text:
        about = {"who": self.object.appointed_by, "role": self.object.role.name}
        return _("%(who)s appointed you to the role %(role)s.") % about

    def get_facts(self, data: dict[str, Any]) -> Facts:
        role = self.object.role
        return [
            (_("Role"), f"{role.name} ({role.code})"),
            (_("Project"), self.project.title),
            (_("Reason"), data["because"]),
        ]

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        """Return the consequences, which differ for an owner and for another role."""
        if not self.object.decides:
            return [
                _("Your mandate ends at once. The role is vacant until the project owner appoints a person."),
                _("The project owner is notified and reads your reason."),
            ]
        has_begun = self.object.starts_at <= act_time()
        return [
            _("The project then has no owner: nothing is decided until one is named.")
            if has_begun
            else _("You do not become the owner of the project."),
            _("The advising roles, the owners above and the administrators are notified and read your reason."),
        ]

    def get_back_url(self) -> str:
        return reverse("projects:mandates:mandate_list", args=[self.project.code])

    def act(self, data: dict[str, Any]) -> Mandate:
        return services.decline(actor=self.actor, mandate=self.object, because=data["because"])

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return _conflict(self.project, error)


class CompetenceNewView(ActFormView):
    """State the reader's competence for a mandate of theirs."""

    template_name = "projects/seats/mandates/mandate_form.html"
    permission = "projects.state_competence"
    form_class = CompetenceForm
    title = _("State your competence")
    lede = _("It is shown with your role to all readers.")
    button = _("State your competence")
    done = _("The competence is recorded.")
    error_field = "text"

    object: Mandate

    def get_object(self) -> Mandate:
        return get_mandate_or_404(self.request, self.kwargs["mandate_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def get_back_url(self) -> str:
        return reverse("projects:mandates:mandate_list", args=[self.project.code])

    def act(self, data: dict[str, Any]) -> Competence:
        return services.state_competence(actor=self.actor, mandate=self.object, **data)


class DelegationNewView(ReviewedFormView, ProjectFormView):
    """Delegate the signature for some kinds of decision, up to a cap, over a period."""

    template_name = "projects/seats/mandates/mandate_form.html"
    review_template_name = "projects/seats/mandates/mandate_review.html"
    permission = "projects.delegate"
    form_class = DelegateForm
    title = _("Delegate your signature")
    lede = _("The delegate signs in your name within these bounds. You still answer for what is signed.")
    button = _("Delegate the signature")
    done = _("The signature is delegated.")
    consequences: Sequence[Text] = (
        _("In that period this person signs such decisions in your name, and you still can."),
        _("A delegation ends on its last day, with your mandate, or when you end it."),
        _("The delegate cannot delegate in turn."),
    )
    back_url_name = "projects:mandates:mandate_list"
    renamed = RENAMED
    error_field = "email"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the arguments of the form; the query string may preset person, by key, kinds and period."""
        asked: dict[str, Any] = {
            name: self.request.GET[name] for name in ("email", "starts_on", "ends_on") if name in self.request.GET
        }
        return super().get_form_kwargs() | {"initial": asked | {"kinds": self.request.GET.getlist("kinds")}}

    def get_facts(self, data: dict[str, Any]) -> Facts:
        """Return the delegate, the kinds, the cap, the period and the written act."""
        labels = [str(DecisionKind(kind).label) for kind in sorted(data["kinds"])]
        return [
            (_("Delegate"), str(data["email"])),
            (_("Kinds of decision"), ", ".join(labels)),
            (_("Cap (€)"), _("no cap") if data["cap"] is None else euros(data["cap"])),
            (_("From"), _format_start(data["starts_on"])),
            (_("End that is set"), ends(data["ends_on"])),
            (_("Act document"), data["document"]),
        ]

    def act(self, data: dict[str, Any]) -> Delegation:
        return services.delegate(
            actor=self.actor,
            project=self.project,
            to=data["email"],
            kinds=sorted(data["kinds"]),
            cap=data["cap"],
            document=data["document"],
            starts_at=data["starts_on"],
            ends_at=data["ends_on"],
        )


class DelegationRevokeView(ActFormView):
    """Show the consequences, then end a delegation now."""

    template_name = "projects/seats/mandates/mandate_review.html"
    permission = "projects.revoke"
    lede = _("It ends at once. What was signed under it stays signed.")
    button = _("End the delegation")
    done = _("The delegation has ended.")
    consequences = (
        _("This person can no longer sign in the name of the owner."),
        _("An ended delegation cannot be resumed. You can delegate again."),
    )
    conflicts = (ValidationError,)

    object: Delegation

    @property
    def project(self) -> Project:
        return self.object.mandate.project

    def get_object(self) -> Delegation:
        given = Delegation.objects.filter(mandate__project__in=Project.objects.visible_to(self.request.user))
        given = given.select_related("mandate__project", "mandate__role", "mandate__holder", "delegate")
        return get_object_or_404(given, pk=self.kwargs["delegation_id"])

    def get_title(self) -> Text:
        return _("End the delegation to %(who)s") % {"who": self.object.delegate}

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        facts = [
            (_("Delegate"), str(self.object.delegate)),
            (_("Kinds of decision"), ", ".join(self.object.kind_labels)),
            (_("End that was set"), ends(self.object.ends_at)),
            (_("Act document"), display_text(self.object.document)),
        ]
        return super().get_context_data(form) | {"facts": facts, "consequences": self.consequences}

    def get_back_url(self) -> str:
        return reverse("projects:mandates:mandate_list", args=[self.project.code])

    def act(self, data: dict[str, Any]) -> Delegation:
        return services.revoke(actor=self.actor, delegation=self.object)

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return _conflict(self.project, error)


def _format_start(at: datetime | None) -> Text:
    return starts(at) if at else _("at once")


def _conflict(project: Project, error: Exception) -> Conflict:
    title = _("The mandates changed while you were reading")
    text = " ".join(error.messages) if isinstance(error, ValidationError) else ""
    link = reverse("projects:mandates:mandate_list", args=[project.code])
    return Conflict(title, text, link, _("Read the mandates as they are now"))
