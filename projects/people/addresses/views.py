"""Pages on the address of an account: ask for another, propose one, and answer by the mailed links."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import reader
from core.forms import add_errors
from core.pages.form_views import ActFormView, post_data, render_form
from core.pages.refusals.views import Conflict, conflict
from projects.people.addresses import services
from projects.people.addresses.enums import HOURS, Side
from projects.people.addresses.forms import AddressForm
from projects.people.addresses.links import find_to_answer
from projects.people.addresses.models import AddressChange
from projects.people.credentials.hands import is_decider
from roles.models import INSTALLATION, User
from roles.reauthentication.proofs import ensure_proved

REFUSED = "projects/people/addresses/link_refused.html"


@never_cache
@require_http_methods(["GET", "POST"])
def address_ask(request: HttpRequest) -> HttpResponse:
    """Ask for another address of the reader, who has just proved who they are."""
    form = AddressForm(post_data(request))
    if form.is_valid():
        ensure_proved("projects.ask_address")
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="manage_email", user=request.user)
        if limited:
            return limited
        try:
            services.ask_address(actor=reader(request), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Both addresses get an email. Confirm it from the new one."))
            return redirect("projects:people:account")
    return render_form(
        request,
        "projects/people/addresses/address_form.html",
        form,
        hours=HOURS,
        needs_consent=is_decider(reader(request).pk),
    )


@require_POST
def address_take_back(request: HttpRequest) -> HttpResponse:
    """Take back the change of the reader's address."""
    try:
        services.take_back_address(actor=reader(request))
    except services.NoLongerOpen:
        url = reverse("projects:people:account")
        title, text = _("No change of address is pending"), _("Nothing was recorded.")
        return conflict(request, Conflict(title, text, url, _("Your account")))
    messages.success(request, _("Your address stays as it is."))
    return redirect("projects:people:account")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def address_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the change of a mailed link; confirm it or object on POST. Nobody needs to be signed in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if limited:
        return limited
    found = find_to_answer(token)
    if found is None:
        return render(request, REFUSED)
    change, side = found
    answer = request.POST.get("answer", "")
    is_known = answer == "confirm" or (answer == "object" and side == Side.OLD)
    if request.method == "GET" or not is_known:
        context = {"change": change, "is_old": side == Side.OLD, "hours": HOURS}
        return render(request, "projects/people/addresses/address_answer.html", context)
    try:
        if answer == "object":
            change = services.object_to_address(actor=change.person, change=change)
        else:
            change = services.confirm_address(actor=change.person, change=change, side=side)
    except services.NoLongerOpen:
        return render(request, REFUSED)
    return render(request, "projects/people/addresses/address_answered.html", {"change": change})


class AddressProposeView(ActFormView):
    """Propose another address for the account of somebody else."""

    template_name = "projects/people/addresses/address_propose.html"
    permission = "projects.propose_address"
    form_class = AddressForm
    title = _("Propose another address")
    lede = _(
        "Both mailboxes get a link. If the person decides or administers, both confirm or two people vouch. For others,"
        " the present one can object for 72 hours."
    )
    button = _("Propose the address")
    done = _("Both mailboxes get a link.")
    error_field = "email"

    object: User

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> User:
        return get_object_or_404(User.objects.exclude(email=INSTALLATION), pk=self.kwargs["person_id"])

    def get_back_url(self) -> str:
        return reverse("projects:people:person", args=[self.object.pk])

    def act(self, data: dict[str, Any]) -> AddressChange:
        return services.propose_address(actor=self.actor, person=self.object, **data)
