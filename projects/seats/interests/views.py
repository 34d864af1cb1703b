"""Pages of bidders and declared ties of a project."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import ActFormView, Facts, ReviewedFormView, Text
from core.pages.pagination import page_before
from core.pages.refusals.views import Conflict
from core.words.dates import long_day
from projects.form_views import ProjectFormView
from projects.impartiality.models import Bidder, Interest, Ruling
from projects.project.models import Project
from projects.seats.interests import services
from projects.seats.interests.forms import BidderForm, DeclareForm, SettleForm
from projects.seats.interests.queries import blocking_ties
from projects.shortcuts import get_project_or_404
from roles.models import Organisation

#: Maximum of bidders and of open ties on a page; settled ties are paginated.
MOST = 100


@require_GET
def interests(request: HttpRequest, code: str) -> HttpResponse:
    """Show bidders, open ties and settled ties."""
    project = get_project_or_404(request, code)
    bidders = list(project.bidders.select_related("organisation", "noted_by").order_by("organisation__name")[:MOST])
    ties = project.interests.select_related("project", "person", "organisation", "ruled_by")
    settled = page_before(request, ties.exclude(ruling=""), "pk")
    waiting = list(ties.filter(ruling="").order_by("pk")[:MOST])
    context = {
        "project": project,
        "bidders": bidders,
        "bids": {bidder.organisation_id for bidder in bidders},
        "waiting": waiting,
        "settled": settled,
        "ties": blocking_ties(request.user, project),
        "may": {act: can(request.user, f"projects.{act}", project) for act in ("note_bidder", "declare_interest")},
        "may_settle": {tie.pk for tie in waiting if can(request.user, "projects.settle_interest", tie)},
    }
    return render(request, "projects/seats/interests/interests.html", context)


class InterestFormView(ReviewedFormView, ProjectFormView):
    """An act on bidders and ties; reviewed first, because it cannot be undone."""

    template_name = "projects/seats/interests/interest_form.html"
    review_template_name = "projects/seats/interests/interest_review.html"
    back_url_name = "projects:interests:interests"

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        offered: dict[str, Any] = {"interest": None, "notes": {}, "names": _known_organisations(self.project)}
        return super().get_context_data(form) | offered


class BidderNoteView(InterestFormView):
    """Note that an organisation bids."""

    permission = "projects.note_bidder"
    form_class = BidderForm
    title = _("Add a bidder")
    lede = _("People who declared an interest in it cannot act in their role until the owner rules on it.")
    button = _("Add the bidder")
    done = _("The bidder is added.")
    consequences = (_("You cannot remove a bidder later."),)

    def get_facts(self, data: dict[str, Any]) -> Facts:
        return [(_("Bidder"), data["organisation"])]

    def act(self, data: dict[str, Any]) -> Bidder:
        return services.note_bidder(actor=self.actor, project=self.project, organisation=data["organisation"])


class InterestDeclareView(InterestFormView):
    """Declare the reader's own tie with an organisation."""

    permission = "projects.declare_interest"
    form_class = DeclareForm
    title = _("Declare an interest")
    lede = _("Declare anything that could make others doubt your impartiality.")
    button = _("Declare the interest")
    done = _("Your interest is declared.")
    consequences = (
        _("All project members can read it, and it stays in the record."),
        _("If the organisation bids, your role here is blocked until the project owner rules on it."),
        _("If it does not bid, nothing changes until it does."),
    )

    def get_facts(self, data: dict[str, Any]) -> Facts:
        since = [(_("Since"), long_day(data["starts_on"]))] if data["starts_on"] else []
        return [(_("Organisation"), data["organisation"]), (_("Declared interest"), data["tie"]), *since]

    def act(self, data: dict[str, Any]) -> Interest:
        return services.declare_interest(actor=self.actor, project=self.project, **data)


class InterestSettleView(InterestFormView):
    """Settle a declared tie: the role goes on, or the mandate ends."""

    permission = "projects.settle_interest"
    form_class = SettleForm
    lede = _("Only you rule on whether the role continues. Project members can read your reasons.")
    button = _("Rule on the interest")
    done = _("The ruling is recorded.")
    conflicts = (services.SettledAlready,)

    object: Interest

    def get_object(self) -> Interest:
        """Return the tie. Raises Http404."""
        ties = Interest.objects.filter(project__in=Project.objects.visible_to(self.request.user))
        ties = ties.select_related("project", "person", "organisation")
        return get_object_or_404(ties, pk=self.kwargs["interest_id"])

    def check(self) -> None:
        if self.object.ruling:
            raise services.SettledAlready

    def get_title(self) -> Text:
        return _("Rule on the interest of %(who)s") % {"who": self.object.person}

    def get_facts(self, data: dict[str, Any]) -> Facts:
        return [(_("Ruling"), str(Ruling(data["ruling"]).label)), (_("Reasons"), data["because"])]

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        who = {"who": self.object.person, "organisation": self.object.organisation}
        if data["ruling"] == Ruling.LEAVES:
            return [
                _("Every mandate and delegation of %(who)s on this project ends at once, with these reasons.") % who,
                _("What this person did stays in the record. A role can be given again."),
                _("The owner rules on a declared interest once."),
            ]
        return [
            _("%(who)s acts in their role again immediately, although %(organisation)s can bid.") % who,
            _("The owner rules on a declared interest once. A new one can be declared."),
        ]

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        """Return the context, with the tie and a note on each ruling."""
        notes = {
            Ruling.STAYS: _("The interest is compatible with the role. The person can act again immediately."),
            Ruling.LEAVES: _(
                "The interest is incompatible with the role. All mandates and delegations of the person "
                "on this project end immediately."
            ),
        }
        read = {"interest": self.object, "notes": notes, "names": []}
        return ActFormView.get_context_data(self, form) | read

    def act(self, data: dict[str, Any]) -> Interest:
        return services.settle_interest(
            actor=self.actor, interest=self.object, ruling=Ruling(data["ruling"]), because=data["because"]
        )

    def get_conflict(self, error: Exception) -> Conflict:
        title, text = (
            _("The owner has already ruled on this interest"),
            _("The owner rules on a declared interest once. The recorded ruling is unchanged."),
        )
        return Conflict(title, text, self.get_back_url(), _("Read the declared interests as they are now"))


def _known_organisations(project: Project) -> list[str]:
    """List the names of organisations of bidders, ties and mandate holders of the project."""
    named = Q(pk__in=project.bidders.values("organisation")) | Q(pk__in=project.interests.values("organisation"))
    people = Q(pk__in=project.mandates.values("holder__organisation"))
    return list(Organisation.objects.filter(named | people).order_by("name").values_list("name", flat=True)[:MOST])
