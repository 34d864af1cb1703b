"""Views of the two hands: propose, second, accept, confirm anew, withdraw."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import can
from core.pages.form_views import ActFormView, Facts, ReviewedFormView, Text
from core.pages.refusals.views import Conflict
from core.templatetags.ui import day
from projects.form_views import get_row_or_404
from projects.people.accounts.departures import owns_projects
from projects.people.accounts.views import describe_conflict, describe_holdings, get_person_or_404, person_url
from projects.people.opening.views import InvitingView
from projects.people.replacements import services
from projects.people.replacements.forms import BecauseForm, ClosingForm, SuccessorForm
from projects.people.replacements.models import Replacement
from projects.people.replacements.predicates import find_last_owner
from projects.people.replacements.views import RELATED
from projects.project.models import Project
from roles.models import User

BOTH: Sequence[Text] = (
    _("Everybody concerned is notified now: the former owner, all roles, the owners above and all administrators."),
    _("A second person must agree in their own words: the owner above, an advising role or another administrator."),
    _("The former owner can object by a link in the email, without signing in, until 30 days after."),
)


class ClosingProposeView(ReviewedFormView):
    """Propose to close the account of an owner, at once or after a last day."""

    template_name = "projects/people/replacements/closing_form.html"
    review_template_name = "projects/people/replacements/closing_review.html"
    permission = "projects.propose_replacement"
    form_class = ClosingForm
    title = _("Close the account of a project owner")
    lede = _("This person owns a project: two people close the account, and nothing is decided until an owner follows.")
    button = _("Propose to close the account")
    done = _("The proposal is recorded. A second person must agree.")
    consequences = BOTH
    conflicts = (services.NoLongerPossible,)
    shows_result = True
    error_field = "because"

    object: User

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> User:
        """Return the person. Raises Http404 for a person who owns nothing: that account is closed by one person."""
        person = get_person_or_404(self.kwargs["person_id"])
        if not person.is_active or not owns_projects(person):
            raise Http404
        return person

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context with all that the person holds; of open work only its kinds and numbers."""
        return super().get_context_data(form) | describe_holdings(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Suggest the last day that is set."""
        return super().get_form_kwargs() | {"initial": {"last_day": self.object.last_day}}

    def get_facts(self, data: dict[str, Any]) -> Facts:
        last_day = day(data["last_day"]) if data["last_day"] else _("when a second person agrees")
        return [(_("Person"), str(self.object)), (_("Last day"), last_day), (_("Reason"), data["because"])]

    def get_back_url(self) -> str:
        """Return the address of the page of the person."""
        return person_url(self.object)

    def act(self, data: dict[str, Any]) -> Replacement:
        return services.propose_closing(actor=self.actor, person=self.object, **data)

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return describe_conflict(error, self.object)


class OwnerProposeView(InvitingView):
    """Propose an owner in place of the last one; an administrator does not see the project otherwise."""

    template_name = "projects/people/opening/owner_form.html"
    review_template_name = "projects/people/opening/owner_review.html"
    permission = "projects.propose_replacement"
    form_class: Any = SuccessorForm
    title = _("Propose a project owner")
    button = _("Propose the owner")
    done = _("The proposal is recorded. A second person must agree.")
    consequences = (*BOTH, _("The new owner then accepts. Until then, no decision can be made."))
    conflicts = (services.NoLongerPossible,)
    shows_result = True
    error_field = "email"

    object: Project

    @property
    def project(self) -> Project:
        return self.object

    def get_object(self) -> Project:
        """Return the project. Raises Http404 while it has an owner, and unless the reader can propose one."""
        project = get_object_or_404(Project, code=self.kwargs["code"])
        if not can(self.actor, "projects.propose_replacement", project):
            raise Http404
        return project

    def get_lede(self) -> Text:
        last = find_last_owner(self.object)
        return _("The project has no owner in office. The last one was %(who)s.") % {"who": last}

    def get_facts(self, data: dict[str, Any]) -> Facts:
        last = str(find_last_owner(self.object))
        return [
            (_("New project owner"), str(data["email"])),
            (_("In place of"), last),
            (_("Reason"), data["because"]),
        ]

    def name(self, person: User, data: dict[str, Any]) -> Replacement:
        return services.propose_owner(actor=self.actor, project=self.project, successor=person, **data)

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        """Return the context without the project, whose pages the reader may not open."""
        return super().get_context_data(form) | {"project": None}

    def get_back_url(self) -> str:
        return reverse("projects:opening:project_seats")

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return _conflict(error, self.get_back_url())


class ReplacementActView(ActFormView):
    """An act on a replacement, whose state stands above the form."""

    template_name = "projects/people/replacements/act_form.html"
    form_class: type[forms.Form] = BecauseForm
    conflicts = (services.NoLongerPossible,)

    object: Replacement

    @property
    def project(self) -> None:
        """Return None: who seconds may not open the project."""
        return

    def get_object(self) -> Replacement:
        return get_row_or_404(self.request, Replacement, self.kwargs["replacement_id"], *RELATED)

    def get_back_url(self) -> str:
        return self.object.get_absolute_url()

    def get_conflict(self, error: Exception) -> Conflict:
        """Explain that it went on meanwhile."""
        return _conflict(error, self.object.get_absolute_url())


class SecondView(ReplacementActView):
    """Second a replacement, in words of one's own."""

    permission = "projects.second_replacement"
    title = _("Agree to replace the project owner")
    lede = _("Speak with the people concerned first. Your name and your words stay in the record.")
    button = _("Agree in my name")
    done = _("Your agreement is recorded. Everybody concerned is notified.")

    def get_title(self) -> Text:
        return self.title if self.object.is_of_owner else _("Agree to close the account")

    def act(self, data: dict[str, Any]) -> Replacement:
        return services.second(actor=self.actor, replacement=self.object, **data)


class TakeSeatView(ReplacementActView):
    """Accept to own the project in place of the last owner."""

    permission = "projects.take_replacement"
    form_class = forms.Form
    title = button = _("Accept to own the project")
    lede = _("You decide on this project from now on. For 30 days each decision shows how you became its owner.")
    done = _("You are the project owner.")

    def act(self, data: dict[str, Any]) -> Any:
        return services.take_seat(actor=self.actor, replacement=self.object)

    def get_success_url(self, result: Any) -> str:
        return reverse("projects:mandates:mandate_list", args=[result.project.code])


class ConfirmView(ReplacementActView):
    """Confirm what the former owner objects to, in words."""

    permission = "projects.confirm_replacement"
    title = _("Confirm despite the objection")
    lede = _("The former owner objects. The replacement counts again once both people have confirmed it.")
    button = _("Confirm in my name")
    done = _("Your confirmation is recorded. Everybody concerned is notified.")

    def act(self, data: dict[str, Any]) -> Replacement:
        return services.confirm_anew(actor=self.actor, replacement=self.object, **data)


class WithdrawView(ReplacementActView):
    """Withdraw a replacement that is not done."""

    permission = "projects.end_replacement"
    form_class = forms.Form
    title = button = _("Withdraw the proposal")
    lede = _("The account and the role of the owner stay as they are. Everybody concerned is notified.")
    done = _("The proposal is withdrawn.")

    def act(self, data: dict[str, Any]) -> Replacement:
        return services.withdraw(actor=self.actor, replacement=self.object)


def _conflict(error: Exception, link: str) -> Conflict:
    text = " ".join(error.messages) if isinstance(error, ValidationError) else ""
    return Conflict(_("The proposal changed while you were reading"), text, link, _("Read it as it is now"))
