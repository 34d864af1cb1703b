"""Pages of administrators on people: the directory, an invitation, the end of an account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.access import ensure, reader
from core.form_views import ActFormView, Facts, ReviewedFormView, Text
from core.pagination import page_after
from core.refusals.views import Conflict, conflict
from projects.mandates.holders import owners
from projects.mandates.models import Mandate
from projects.people import services
from projects.people.departures import list_delegations, list_seats
from projects.people.exports import write_people
from projects.people.forms import CloseForm, InviteForm
from projects.people.invitations import try_to_send
from projects.people.queries import STATES, list_people, state_of
from projects.people.registry import count_open_work
from roles.models import INSTALLATION, User

SIZE = 50


def _back() -> str:
    return reverse("projects:people:person_list")


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """List people by state and words of their name, address or organisation."""
    ensure(request.user, "projects.invite")
    words, state = request.GET.get("q", "")[:100], request.GET.get("state", "")
    page = page_after(request, list_people(timezone.now(), words, state), "pk", SIZE)
    rows = [{"person": person, "state": state_of(person)} for person in page.rows]
    context = {"rows": rows, "next_key": page.next_key, "words": words, "state": state, "states": STATES}
    return render(request, "projects/people/person_list.html", context)


@require_GET
def people_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer the people that the page lists with this query, as CSV or XLSX."""
    ensure(request.user, "projects.invite")
    if kind not in {"csv", "xlsx"}:
        raise Http404
    words, state = request.GET.get("q", "")[:100], request.GET.get("state", "")
    content, content_type = write_people(kind, list_people(timezone.now(), words, state).order_by("name", "pk"))
    name = f"people-{timezone.localdate():%Y-%m-%d}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=disposition)


class InviteView(ActFormView):
    """Open an account and send its link."""

    template_name = "projects/people/person_form.html"
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
        """Invite."""
        person = services.invite(actor=self.actor, **data)
        self.sent = try_to_send(person, self.actor)
        return person

    def get_done(self, result: User) -> Text:
        """Return whether the email left."""
        return self.sent


class AccountCloseView(ReviewedFormView):
    """Close an account, after reading all that its person holds, and propose who follows on each seat."""

    template_name = review_template_name = "projects/people/close_review.html"
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
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> User:
        """Return the person. Raises Http404."""
        return get_object_or_404(User.objects.exclude(email=INSTALLATION), pk=self.kwargs["person_id"])

    @cached_property
    def seats(self) -> list[Mandate]:
        """The seats that become vacant."""
        return list(list_seats(self.object, timezone.now()))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask who follows on each seat but an owner's, which is named in an act of its own once it is vacant."""
        asked = [seat for seat in self.seats if not seat.decides]
        return super().get_form_kwargs() | {"person": self.object, "seats": asked}

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context with all that the person holds; of open work only its kinds and numbers."""
        return super().get_context_data(form) | {
            "seats": self.seats,
            "delegations": list_delegations(self.object, timezone.now()),
            "open_work": count_open_work(self.object),
        }

    def get_facts(self, data: dict[str, Any]) -> Facts:
        """Return nothing: the template shows the person."""
        return []

    def get_back_url(self) -> str:
        """Return the address of the directory."""
        return _back()

    def act(self, data: dict[str, Any]) -> User:
        """Close the account, and propose to each owner who follows."""
        followers = CloseForm.read_followers(data)
        return services.close_account(actor=self.actor, person=self.object, followers=followers)

    def get_success_url(self, result: User) -> str:
        """Return the list of vacant roles while a project of the person has no owner, else the directory."""
        vacant = any(seat.decides and not owners(seat.project) for seat in self.seats)
        return reverse("projects:opening:project_seats") if vacant else _back()

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        text = " ".join(error.messages) if isinstance(error, ValidationError) else ""
        return Conflict(_("The account stays as it is"), text, _back(), _("Read the directory as it is now"))


@require_POST
def person_invite_again(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send another link to an invited person; the earlier one stops working."""
    ensure(request.user, "projects.invite")
    person = get_object_or_404(User.objects.exclude(email=INSTALLATION), pk=person_id)
    try:
        person = services.invite_again(actor=reader(request), person=person)
    except ValidationError as error:
        title = _("The invitation is not sent")
        return conflict(
            request, Conflict(title, " ".join(error.messages), _back(), _("Read the directory as it is now"))
        )
    messages.success(request, str(try_to_send(person, reader(request))))
    return redirect(_back())
