"""The acts on roles: each a form, a review where it cannot be undone, and one call of a service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates import services
from governance.refusals.views import Conflict, conflict
from governance.seats.forms import AppointForm, DelegateForm, EndForm, NameOwnerForm
from governance.seats.views import UNPROCESSABLE, visible_seat
from governance.visible import visible_project
from projects.models import Delegation, Project
from projects.rules import owners
from roles.access import ensure, reader
from roles.erasure import written
from roles.forms import add_errors, forget_errors
from roles.templatetags.ui import when

Facts = list[tuple[str, str]]
#: The services date to the instant, the forms to the day.
RENAMED = {"starts_at": "starts_on", "ends_at": "ends_on"}


@dataclass(frozen=True)
class Words:
    """What the pages of one act say: its title and lede, its button, what is said once it is done.

    `ends` acts take something away; `consequences` are read before an act that cannot be undone.
    """

    title: str
    lede: str
    button: str
    done: str
    ends: bool = False
    consequences: tuple[str, ...] = ()


@require_http_methods(["GET", "POST"])
def mandate_appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Give a role that does not decide."""
    project = visible_project(request, code)
    ensure(request.user, "governance.appoint", project)
    form = AppointForm(_posted(request), project=project)
    words = Words(
        _("Give a role"),
        _("The person holds the role from the first day on, and accepts it on the page of the mandates."),
        _("Give the role"), _("The role is given."),
    )  # fmt: skip

    def run() -> object:
        typed = form.cleaned_data
        return services.appoint(
            actor=reader(request), project=project, role=services.role_on(project, typed["role"]),
            holder=typed["email"], group=typed["group"], champion=typed["champion"],
            starts_at=typed["starts_on"], ends_at=typed["ends_on"],
        )  # fmt: skip

    return _act(request, project, form, words, run)


@require_http_methods(["GET", "POST"])
def mandate_name_owner(request: HttpRequest, code: str) -> HttpResponse:
    """Name who follows as the owner; read once more before it is recorded."""
    project = visible_project(request, code)
    ensure(request.user, "governance.name_owner", project)
    form = NameOwnerForm(_posted(request))
    words = Words(
        _("Name who follows as the owner"),
        _("Your own mandate ends when the next one begins: a project has one owner at a time."),
        _("Name the owner"), _("The next owner is named."), ends=True,
        consequences=(
            _("From then on this person decides, and you no longer do."),
            _("Every signature you have lent ends with your mandate; the next owner lends their own."),
            _("An owner named before who is not in office yet is taken back."),
        ),
    )  # fmt: skip

    def facts() -> Facts:
        typed = form.cleaned_data
        ending = [(_("Mandate that ends"), str(seat.holder)) for seat in owners(project)]
        return [(_("Next owner"), str(typed["email"])), (_("From"), _moment(typed["starts_on"])), *ending]

    def run() -> object:
        typed = form.cleaned_data
        return services.name_owner(
            actor=reader(request), project=project, holder=typed["email"], starts_at=typed["starts_on"]
        )

    return _act(request, project, form, words, run, facts)


@require_http_methods(["GET", "POST"])
def mandate_end(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """End a mandate, now or on a day, and say why; read once more before it is recorded."""
    mandate = visible_seat(request, mandate_id)
    ensure(request.user, "governance.end_mandate", mandate)
    form = EndForm(_posted(request))
    words = Words(
        _("End the mandate of %(who)s, %(role)s") % {"who": mandate.holder, "role": mandate.role.code},
        _("A mandate that has ended stays ended; the role can be given again."),
        _("End the mandate"), _("The end of the mandate is recorded."), ends=True,
        consequences=(
            *(
                (
                    _("The project then has no owner: nothing is decided until one is named."),
                    _("Every signature lent under this mandate ends with it."),
                )
                if mandate.decides
                else (_("From then on this person acts in this role no more; what they did stays in the record."),)
            ),
            _("A mandate that has not begun is taken back: it never counts."),
        ),
    )  # fmt: skip

    def facts() -> Facts:
        typed = form.cleaned_data
        return [
            (_("Holder"), f"{mandate.holder}, {mandate.role.name}"),
            (_("Ends"), _moment(typed["ends_on"])),
            (_("Reason"), typed["because"]),
        ]

    def run() -> object:
        typed = form.cleaned_data
        return services.end_mandate(
            actor=reader(request), mandate=mandate, ends_at=typed["ends_on"], because=typed["because"]
        )

    return _act(request, mandate.project, form, words, run, facts)


@require_POST
def mandate_accept(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Accept the mandate given to the reader."""
    mandate = visible_seat(request, mandate_id)
    try:
        services.accept(actor=reader(request), mandate=mandate)
    except ValidationError as error:
        return _too_late(request, mandate.project, error)
    messages.success(request, _("You have accepted the mandate."))
    return _back(mandate.project)


@require_http_methods(["GET", "POST"])
def delegation_new(request: HttpRequest, code: str) -> HttpResponse:
    """Lend the signature for some kinds of decision, up to a cap, over a period, by a written act."""
    project = visible_project(request, code)
    ensure(request.user, "governance.delegate", project)
    form = DelegateForm(_posted(request))
    words = Words(
        _("Delegate your signature"),
        _("The delegate signs in your name within these bounds. You still answer for what is signed (R4)."),
        _("Delegate the signature"), _("The signature is delegated."),
    )  # fmt: skip

    def run() -> object:
        typed = form.cleaned_data
        return services.delegate(
            actor=reader(request), project=project, to=typed["email"], kinds=sorted(typed["kinds"]), cap=typed["cap"],
            document=typed["document"], starts_at=typed["starts_on"], ends_at=typed["ends_on"],
        )  # fmt: skip

    return _act(request, project, form, words, run)


@require_http_methods(["GET", "POST"])
def delegation_revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation now: one page that says what it means, then the act."""
    given = Delegation.objects.filter(mandate__project__in=Project.objects.visible_to(request.user))
    given = given.select_related("mandate__project", "mandate__role", "mandate__holder", "delegate")
    delegation = get_object_or_404(given, pk=delegation_id)
    project = delegation.mandate.project
    ensure(request.user, "governance.revoke", delegation)
    if request.method == "POST":
        try:
            services.revoke(actor=reader(request), delegation=delegation)
        except ValidationError as error:
            return _too_late(request, project, error)
        messages.success(request, _("The delegation has ended."))
        return _back(project)
    words = Words(
        _("End the delegation to %(who)s") % {"who": delegation.delegate},
        _("It ends at once. What was signed under it stays signed."), _("End the delegation"), "", ends=True,
        consequences=(
            _("From now on this person signs nothing in the name of the owner."),
            _("A delegation that has ended stays ended; another one can be given."),
        ),
    )  # fmt: skip
    facts = [
        (_("Delegate"), str(delegation.delegate)),
        (_("Kinds of decision"), ", ".join(delegation.kind_labels)),
        (_("End that was set"), when(delegation.ends_at)),
        (_("Act document"), written(delegation.document)),
    ]
    return _review(request, project, forms.Form(), words, facts)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _moment(at: datetime | None) -> str:
    return when(at) if at else _("at once")


def _act(
    request: HttpRequest, project: Project, form: forms.Form, words: Words, run: Callable[[], object],
    facts: Callable[[], Facts] | None = None,
) -> HttpResponse:  # fmt: skip
    """Form, review of the `facts` when there are any, act; a refusal of the service comes back beside its field."""
    step = request.POST.get("step", "")
    if step == "change":
        forget_errors(form)
    if step == "change" or not form.is_valid():
        return _form(request, project, form, words, reviewed=facts is not None)
    if facts and step != "record":
        return _review(request, project, form, words, facts())
    try:
        run()
    except ValidationError as error:
        add_errors(form, error, renamed=RENAMED, elsewhere="email")
        return _form(request, project, form, words, reviewed=facts is not None)
    messages.success(request, words.done)
    return _back(project)


def _form(request: HttpRequest, project: Project, form: forms.Form, words: Words, *, reviewed: bool) -> HttpResponse:
    context = {"project": project, "form": form, "words": words, "reviewed": reviewed}
    return render(request, "governance/mandate_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _review(request: HttpRequest, project: Project, form: forms.Form, words: Words, facts: Facts) -> HttpResponse:
    context = {"project": project, "form": form, "words": words, "facts": facts}
    return render(request, "governance/mandate_review.html", context)


def _too_late(request: HttpRequest, project: Project, error: ValidationError) -> HttpResponse:
    link = _back(project).url
    title = _("The mandates changed while you were reading")
    return conflict(request, Conflict(title, " ".join(error.messages), link, _("Read the mandates as they are now")))


def _back(project: Project) -> HttpResponseRedirect:
    return redirect("governance:mandate_list", project.code)
