"""Pages of administrators on people: the directory, an invitation, the end of an account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.access import ensure, reader
from core.pages.form_views import ActFormView, Facts, ReviewedFormView, Text
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict, conflict
from core.pages.sessions.sign_ins import list_sign_ins
from projects.independence.queries import list_employments
from projects.organisation_settings.mails import describe_failure
from projects.organisation_settings.queries import organisation, today
from projects.people.accounts import services
from projects.people.accounts.departures import list_delegations, list_former_seats, list_seats, owns_projects
from projects.people.accounts.exports import NOT_INVITED, STATE_LABELS, write_people
from projects.people.accounts.forms import CloseForm, InviteForm
from projects.people.accounts.invitations import find_failed, try_to_send
from projects.people.accounts.listing import build_people_listing
from projects.people.accounts.queries import has_entered, list_uninvited, state_of
from projects.people.accounts.registry import count_open_work
from projects.people.credentials.queries import list_credentials
from projects.people.second_factors.queries import list_credentials_of_factors
from projects.seats.mandates.models import Mandate
from roles.models import INSTALLATION, User


def _back() -> str:
    return reverse("projects:people:person_list")


def _url_of(person_id: int) -> str:
    return reverse("projects:people:person", args=[person_id])


def person_url(person: User) -> str:
    """Return the address of the page of a person."""
    return _url_of(person.pk)


def get_person_or_404(person_id: int) -> User:
    """Return the person. Raises Http404 for nobody, and for the account of the installation."""
    people = User.objects.exclude(email=INSTALLATION).select_related("organisation", "stand_in")
    return get_object_or_404(people, pk=person_id)


def describe_conflict(error: Exception, person: User) -> Conflict:
    """Return the conflict page with the reason why the account stays as it is."""
    text = " ".join(error.messages) if isinstance(error, ValidationError) else ""
    return Conflict(_("The account stays as it is"), text, person_url(person), _("Read the account as it is now"))


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """List people by state, roles, organisation and words of their name, address or organisation."""
    ensure(request.user, "projects.invite")
    shared = {"csrf_token": get_token(request), "user": request.user}

    def render_acts(person: User) -> str:
        return render_to_string(
            "projects/people/accounts/_person_acts.html", shared | {"person": person, "state": state_of(person)}
        )

    listing, asked = build_people_listing(request.GET, timezone.now(), render_acts)
    if is_export(listing):
        return export(listing, title=gettext("People"), of=organisation().name)
    context = {"asked": asked, "page": build_page(listing), "uninvited": list_uninvited().count()}
    return render(request, "projects/people/accounts/person_list.html", context)


@require_GET
def people_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer the people that the page lists with this query, as CSV or XLSX."""
    ensure(request.user, "projects.invite")
    if kind not in {"csv", "xlsx"}:
        raise Http404
    listing, _asked = build_people_listing(request.GET, timezone.now())
    content, content_type = write_people(kind, listing.rows.order_by("name", "pk"))
    name = f"people-{timezone.localdate():%Y-%m-%d}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=disposition)


class InviteView(ActFormView):
    """Open an account and send its link."""

    template_name = "projects/people/accounts/person_form.html"
    permission = "projects.invite"
    form_class = InviteForm
    title = _("Invite a person")
    lede = _("The link in the email works for 7 days. You never see the password.")
    button = _("Send the invitation")
    error_field = "email"

    #: Whether the email left.
    sent: Text = ""

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> None:
        """Return None: the permission concerns no row."""
        return

    def get_back_url(self) -> str:
        """Return the address of the directory."""
        return _back()

    def act(self, data: dict[str, Any]) -> User:
        person = services.invite(actor=self.actor, **data)
        self.sent = try_to_send(person)
        return person

    def get_done(self, result: User) -> Text:
        """Return whether the email left."""
        return self.sent


def describe_holdings(person: User) -> dict[str, Any]:
    """Return what a person holds: seats, delegations, and the kinds and numbers of their open work."""
    now = timezone.now()
    return {
        "seats": list_seats(person, now),
        "delegations": list_delegations(person, now),
        "open_work": count_open_work(person),
    }


class AccountCloseView(ReviewedFormView):
    """Close an account, at once or after a last day, after reading all that its person holds; propose who follows."""

    template_name = review_template_name = "projects/people/accounts/close_review.html"
    permission = "projects.close_account"
    form_class = CloseForm
    title = _("Close the account")
    lede = _("The person can no longer sign in. What they did stays in the records.")
    button = _("Close the account")
    done = _("The account is closed.")
    conflicts = (ValidationError,)

    object: User

    @property
    def project(self) -> None:
        return

    def get_object(self) -> User:
        return get_person_or_404(self.kwargs["person_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the page of two hands for the account of an owner."""
        if request.method == "GET" and owns_projects(get_person_or_404(kwargs["person_id"])):
            return redirect("projects:replacements:closing_propose", kwargs["person_id"])
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def seats(self) -> list[Mandate]:
        """The seats that become vacant."""
        return list(list_seats(self.object, timezone.now()))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask who follows on each seat."""
        initial = {"last_day": self.object.last_day}
        return super().get_form_kwargs() | {"person": self.object, "seats": self.seats, "initial": initial}

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context with all that the person holds; of open work only its kinds and numbers."""
        return super().get_context_data(form) | describe_holdings(self.object)

    def get_facts(self, data: dict[str, Any]) -> Facts:
        """Return nothing: the template shows the person."""
        return []

    def get_back_url(self) -> str:
        """Return the address of the page of the person."""
        return person_url(self.object)

    def act(self, data: dict[str, Any]) -> User:
        """Close the account, or set its last day, and propose to each owner who follows."""
        about: dict[str, Any] = {
            "actor": self.actor,
            "person": self.object,
            "followers": CloseForm.read_followers(data),
        }
        if data["last_day"]:
            return services.plan_departure(**about, last_day=data["last_day"])
        return services.close_account(**about)

    def get_done(self, result: User) -> Text:
        return _("The last day is recorded.") if result.is_active else self.done

    def get_success_url(self, result: User) -> str:
        return person_url(result)

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return describe_conflict(error, self.object)


@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show the account of a person: where they are signed in, the roles they hold and held, their last day."""
    ensure(request.user, "projects.invite")
    found, now = get_person_or_404(person_id), timezone.now()
    me, ending = reader(request), found.rights_endings.open().select_related("asked_by").first()
    failed = find_failed(found)
    context = {
        "person": found,
        "ending": ending,
        "may_second": ending is not None and ending.may_be_seconded_by(me),
        "may_keep": ending is not None and ending.may_be_kept_by(me),
        "state": NOT_INVITED if list_uninvited().filter(pk=found.pk).exists() else STATE_LABELS[state_of(found)],
        "has_entered": has_entered(found),
        "failed": failed,
        "failure": describe_failure(failed.failure, found.email) if failed else "",
        "overdue": found.last_day is not None and found.last_day < today(),
        "sign_ins": list_sign_ins(found, None),
        "has_factors": bool(list_credentials_of_factors(found)),
        "credentials": list_credentials(found),
        "address_change": found.address_changes.open().select_related("asked_by").first(),
        "closing": found.replaced.filter(ended_at=None, successor=None).first(),
        "today": today(),
        "employments": list_employments(found),
        "seats": list_seats(found, now),
        "former": list_former_seats(found, now),
        "neighbours": find_neighbours(
            request, lambda query: build_people_listing(query, now)[0], found.pk, _back(), _url_of
        ),
    }
    return render(request, "projects/people/accounts/person.html", context)


@require_POST
def departure_take_back(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take back the last day of a person."""
    ensure(request.user, "projects.plan_departure")
    found = get_person_or_404(person_id)
    try:
        services.take_back_departure(actor=reader(request), person=found)
    except ValidationError as error:
        return conflict(request, describe_conflict(error, found))
    messages.success(request, _("The last day is taken back."))
    return redirect(person_url(found))


@require_POST
def person_reset(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send a person a link to choose a new password; their second factors stay."""
    ensure(request.user, "projects.send_reset")
    found = get_person_or_404(person_id)
    try:
        services.send_reset(actor=reader(request), person=found)
    except ValidationError as error:
        return conflict(request, describe_conflict(error, found))
    messages.success(request, _("The link is on its way to the address on file."))
    return redirect(person_url(found))


@require_POST
def people_invite(request: HttpRequest) -> HttpResponse:
    """Invite all whose account was opened for a later invitation."""
    ensure(request.user, "projects.invite")
    number = len(services.invite_waiting(actor=reader(request)))
    text = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", number)
    messages.success(request, text % {"n": number})
    return redirect(_back())


@require_POST
def person_invite_again(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send another link to an invited person; the earlier one stops working."""
    ensure(request.user, "projects.invite")
    person = get_person_or_404(person_id)
    try:
        person = services.invite_again(actor=reader(request), person=person)
    except ValidationError as error:
        title = _("The invitation is not sent")
        return conflict(
            request, Conflict(title, " ".join(error.messages), _back(), _("Read the directory as it is now"))
        )
    messages.success(request, str(try_to_send(person)))
    return redirect(_back())
