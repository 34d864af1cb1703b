"""Pages on vouches: ask for one, and vouch for somebody else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import reader
from core.pages.form_views import ActFormView, Text
from core.pages.refusals.views import Conflict, conflict
from projects.notices.subjects import Inbox
from projects.people.addresses.models import AddressChange
from projects.people.credentials.models import Credential
from projects.people.vouching import services
from projects.people.vouching.forms import VouchForm
from projects.people.vouching.models import Vouch, Waiting
from projects.people.vouching.queries import list_vouchers


@require_POST
def vouch_ask(request: HttpRequest) -> HttpResponse:
    """Ask somebody to vouch for the reader."""
    account = reverse("projects:people:account")
    try:
        asked = services.ask_vouch(actor=reader(request))
    except ValidationError as error:
        text = " ".join(error.messages)
        return conflict(request, Conflict(_("Nothing was asked"), text, account, _("Your account")))
    if any(list_vouchers(waiting).exists() for waiting in asked):
        messages.success(request, _("The owner above, or the administrators, have been notified."))
    else:
        messages.warning(request, _("Nobody can vouch for you now. What happens next is said below."))
    return redirect(account)


class VouchedAlready(Exception):
    """The reader has vouched for this already."""


class VouchView(ActFormView):
    """Vouch for a person whose credential does not count yet."""

    template_name = "projects/people/vouching/vouch_form.html"
    permission = "projects.vouch"
    form_class = VouchForm
    title = _("Vouch for a person")
    button = _("Vouch for this person")
    done = _("You have vouched. The person is notified.")
    conflicts = (VouchedAlready,)

    object: Waiting
    is_address = False

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> Waiting:
        """Return what somebody asked to vouch for. Raises Http404, and VouchedAlready."""
        found = self.get_waiting()
        if found.vouches.filter(voucher=self.actor).exists():
            raise VouchedAlready
        return found

    def get_waiting(self) -> Waiting:
        """Return the credential. Raises Http404."""
        asked = Credential.objects.filter(asked_at__isnull=False).select_related("person").with_standing()
        credential: Credential = get_object_or_404(asked, pk=self.kwargs["credential_id"])
        return credential

    def get_lede(self) -> Text:
        return _("It counts once two people have vouched, the owner above first. Your name and words are kept with it.")

    def get_back_url(self) -> str:
        return Inbox().get_absolute_url()

    def act(self, data: dict[str, Any]) -> Vouch:
        return services.vouch(actor=self.actor, waiting=self.object, words=data["words"])

    def get_conflict(self, error: Exception) -> Conflict:
        text = _("Once is enough. Nothing more was recorded.")
        return Conflict(_("You have vouched for this person already"), text, self.get_back_url(), _("My tasks"))


class VouchAddressView(VouchView):
    """Vouch for a person whose new address is not applied yet."""

    is_address = True

    def get_waiting(self) -> Waiting:
        asked = AddressChange.objects.filter(vouch_asked_at__isnull=False).select_related("person", "asked_by")
        change: AddressChange = get_object_or_404(asked, pk=self.kwargs["change_id"])
        return change
