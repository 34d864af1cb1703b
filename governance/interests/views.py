"""Impartiality on a project: who bids, which ties are declared, and what the reader may do about them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.interests import services
from governance.interests.forms import BidderForm, DeclareForm, SettleForm
from governance.paging import page_before
from governance.refusals.views import Conflict, conflict
from governance.visible import visible_project
from projects.models import Interest, Project, Ruling
from projects.rules import blocking_ties
from roles.access import can, ensure, reader
from roles.forms import add_errors, forget_errors
from roles.models import Organisation

#: The most bidders, and the most ties that wait, of one page; settled ties go on at the next.
MOST = 100
UNPROCESSABLE = 422

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Words:
    """What the pages of one act say; `consequences` are read before the act, which cannot be undone."""

    title: str
    lede: str
    button: str
    done: str
    consequences: list[str] = field(default_factory=list)


@require_GET
def interests(request: HttpRequest, code: str) -> HttpResponse:
    """The bidders, the ties that wait for the owner, and those that are settled."""
    project = visible_project(request, code)
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
        "may": {act: can(request.user, f"governance.{act}", project) for act in ("note_bidder", "declare_interest")},
        "may_settle": {tie.pk for tie in waiting if can(request.user, "governance.settle_interest", tie)},
    }
    return render(request, "governance/interests.html", context)


@require_http_methods(["GET", "POST"])
def bidder_note(request: HttpRequest, code: str) -> HttpResponse:
    """Note that an organisation bids."""
    project = visible_project(request, code)
    ensure(request.user, "governance.note_bidder", project)
    form = BidderForm(_posted(request))
    words = Words(
        _("Note a bidder"),
        _("From now on, whoever has declared a tie with it does nothing in their role until the tie is settled."),
        _("Note the bidder"), _("The bidder is noted."),
        [_("A bidder that is noted stays noted.")],
    )  # fmt: skip

    def facts() -> Facts:
        return [(_("Bidder"), form.cleaned_data["organisation"])]

    def run() -> object:
        return services.note_bidder(actor=reader(request), project=project, **form.cleaned_data)

    return _act(request, project, form, words, facts, run)


@require_http_methods(["GET", "POST"])
def interest_declare(request: HttpRequest, code: str) -> HttpResponse:
    """Declare the reader's own tie with an organisation."""
    project = visible_project(request, code)
    ensure(request.user, "governance.declare_interest", project)
    form = DeclareForm(_posted(request))
    words = Words(
        _("Declare a tie"),
        _("What could make others doubt that you are impartial is said before it matters."),
        _("Declare the tie"), _("Your tie is declared."),
        [
            _("Everyone on the project reads it, and it stays in the record."),
            _("If the organisation bids, your role here waits until the project owner has settled the tie."),
            _("If it does not bid, nothing changes until it does."),
        ],
    )  # fmt: skip

    def facts() -> Facts:
        typed = form.cleaned_data
        return [(_("Organisation"), typed["organisation"]), (_("Tie"), typed["tie"])]

    def run() -> object:
        return services.declare_interest(actor=reader(request), project=project, **form.cleaned_data)

    return _act(request, project, form, words, facts, run)


@require_http_methods(["GET", "POST"])
def interest_settle(request: HttpRequest, interest_id: int) -> HttpResponse:
    """Settle a declared tie: the role goes on, or the mandate ends."""
    interest = _visible_interest(request, interest_id)
    ensure(request.user, "governance.settle_interest", interest)
    if interest.ruling:
        return _settled_already(request, interest.project)
    form = SettleForm(_posted(request))
    ruling = Ruling(form.cleaned_data["ruling"]) if form.is_valid() else None
    words = Words(
        _("Settle the tie of %(who)s") % {"who": interest.person},
        _("You alone say whether the role goes on; your reasons are read by everyone on the project."),
        _("Record the ruling"), _("The tie is settled."), _consequences(interest, ruling),
    )  # fmt: skip

    def facts() -> Facts:
        return [
            (_("Ruling"), str(Ruling(form.cleaned_data["ruling"]).label)),
            (_("Reasons"), form.cleaned_data["because"]),
        ]

    def run() -> object:
        typed = form.cleaned_data
        return services.settle_interest(
            actor=reader(request), interest=interest, ruling=Ruling(typed["ruling"]), because=typed["because"]
        )

    return _act(request, interest.project, form, words, facts, run, interest)


def _consequences(interest: Interest, ruling: Ruling | None) -> list[str]:
    who = {"who": interest.person, "organisation": interest.organisation}
    if ruling == Ruling.LEAVES:
        return [
            _("Every mandate and delegation of %(who)s on this project ends at once, with these reasons.") % who,
            _("What this person did stays in the record; a role can be given again."),
            _("A tie is settled once."),
        ]
    return [
        _("%(who)s acts in their role again at once, although %(organisation)s may bid.") % who,
        _("A tie is settled once; a new one can be declared."),
    ]


def _act(
    request: HttpRequest, project: Project, form: forms.Form, words: Words, facts: Callable[[], Facts],
    run: Callable[[], object], interest: Interest | None = None,
) -> HttpResponse:  # fmt: skip
    """Form, review, act; a refusal of the service comes back beside its field, or says what changed meanwhile."""
    step = request.POST.get("step", "")
    if step == "change":
        forget_errors(form)
    if step == "change" or not form.is_valid():
        return _form(request, project, form, words, interest)
    if step != "record":
        context = {"project": project, "form": form, "words": words, "interest": interest, "facts": facts()}
        return render(request, "governance/interest_review.html", context)
    try:
        run()
    except ValidationError as error:
        if not form.fields.keys() & error.update_error_dict({}).keys():
            return _settled_already(request, project)
        add_errors(form, error)
        return _form(request, project, form, words, interest)
    messages.success(request, words.done)
    return _back(project)


def _form(
    request: HttpRequest, project: Project, form: forms.Form, words: Words, interest: Interest | None
) -> HttpResponse:
    notes = {
        Ruling.STAYS: _("The tie does not weigh enough; the person acts again at once."),
        Ruling.LEAVES: _("The tie weighs too much; every seat of the person on this project ends at once."),
    }
    context = {
        "project": project, "form": form, "words": words, "interest": interest, "notes": notes,
        "names": [] if interest else _known(project),
    }  # fmt: skip
    return render(request, "governance/interest_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _known(project: Project) -> list[str]:
    """The names of the organisations that bid, that ties name, or that people of the project come from."""
    named = Q(pk__in=project.bidders.values("organisation")) | Q(pk__in=project.interests.values("organisation"))
    people = Q(pk__in=project.mandates.values("holder__organisation"))
    return list(Organisation.objects.filter(named | people).order_by("name").values_list("name", flat=True)[:MOST])


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _visible_interest(request: HttpRequest, interest_id: int) -> Interest:
    """The tie, or 404 when absent or on a project that is not for this reader."""
    ties = Interest.objects.filter(project__in=Project.objects.visible_to(request.user))
    return get_object_or_404(ties.select_related("project", "person", "organisation"), pk=interest_id)


def _settled_already(request: HttpRequest, project: Project) -> HttpResponse:
    title, text = _("The tie is settled already"), _("A tie is settled once; the ruling that was recorded stands.")
    return conflict(request, Conflict(title, text, _back(project).url, _("Read the ties as they are now")))


def _back(project: Project) -> HttpResponseRedirect:
    return redirect("governance:interests", project.code)
