"""Pages of administrators on organisations and the links between them."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import ensure
from core.pages.form_views import ActFormView
from core.pages.pagination import page_after
from projects.seats.organisations import services
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.forms import LinkEndForm, LinkForm, OrganisationForm
from projects.seats.organisations.models import OrganisationLink
from projects.seats.organisations.queries import list_organisations
from roles.models import Organisation

SIZE = 50


@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """List organisations by words of their name, with their links."""
    ensure(request.user, "projects.keep_organisation")
    words = request.GET.get("q", "")[:100]
    page = page_after(request, list_organisations(words), "pk", SIZE)
    context = {"rows": page.rows, "next_key": page.next_key, "words": words}
    return render(request, "projects/seats/organisations/organisation_list.html", context)


class OrganisationView(ActFormView):
    """A form below the list of organisations."""

    template_name = "projects/seats/organisations/organisation_form.html"
    permission = "projects.keep_organisation"
    form_class: type[Form] = OrganisationForm
    error_field = "name"

    @property
    def project(self) -> None:
        return

    def get_object(self) -> Any:
        """Return None: the permission concerns no row."""
        return

    def get_back_url(self) -> str:
        return reverse("projects:organisations:organisation_list")


class OrganisationAddView(OrganisationView):
    """Add an organisation."""

    title = _("Add an organisation")
    lede = _("You can then invite people into it, and link it to the organisations it depends on.")
    button = _("Add the organisation")
    done = _("The organisation is added.")

    def act(self, data: dict[str, Any]) -> Organisation:
        return services.add_organisation(actor=self.actor, **data)


class OrganisationRenameView(OrganisationView):
    """Rename an organisation."""

    title = _("Rename an organisation")
    lede = _("Existing records keep the old name.")
    button = _("Rename the organisation")
    done = _("The organisation is renamed.")

    object: Organisation

    def get_object(self) -> Organisation:
        """Return the organisation. Raises Http404."""
        return get_object_or_404(Organisation, pk=self.kwargs["organisation_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start with the name of now."""
        return super().get_form_kwargs() | {"initial": {"name": self.object.name}}

    def act(self, data: dict[str, Any]) -> Organisation:
        return services.rename_organisation(actor=self.actor, organisation=self.object, **data)


class OrganisationsLinkView(OrganisationView):
    """Record a link between two organisations."""

    permission = "projects.link_organisations"
    form_class = LinkForm
    error_field = "other"
    title = _("Link two organisations")
    lede = _("You cannot edit a link. End it and record another one.")
    button = _("Link the organisations")
    done = _("The link is recorded.")

    def act(self, data: dict[str, Any]) -> OrganisationLink:
        return services.link_organisations(actor=self.actor, **data | {"kind": LinkKind(data["kind"])})


class LinkEndView(OrganisationView):
    """Record the last day of a link."""

    permission = "projects.end_link"
    form_class = LinkEndForm
    error_field = "ends_on"
    title = _("End the link")
    lede = _("You cannot change the last day afterwards.")
    button = _("End the link")
    done = _("The last day is recorded.")

    object: OrganisationLink

    def get_object(self) -> OrganisationLink:
        """Return the link. Raises Http404."""
        return get_object_or_404(
            OrganisationLink.objects.select_related("organisation", "other"), pk=self.kwargs["organisation_link_id"]
        )

    def act(self, data: dict[str, Any]) -> OrganisationLink:
        return services.end_link(actor=self.actor, link=self.object, **data)
