"""Pages on who may do what on a project, computed on each request by the permissions themselves."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from core.access import reader
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import ProposalDraft
from governance.desk.permissions.forms import SuppositionForm
from governance.desk.permissions.rights import RightsReader
from governance.desk.permissions.simulation import Column, Supposition, build_columns, list_proposing_roles
from projects.models import Delegation, Project
from projects.seats.mandates.seats import seats_on
from projects.shortcuts import get_project_or_404
from roles.enums import decision_kinds
from roles.models import User

UNPROCESSABLE = 422


@require_GET
def permissions(request: HttpRequest, code: str) -> HttpResponse:
    """Render acts × roles, for the kind and the state in the query string."""
    project = get_project_or_404(request, code)
    people = build_columns(project)
    form = _build_form(request, project, people)
    kind, author, state = form.supposed
    proof = Supposition(project, people, kind, author)
    context = {
        "project": project,
        "form": form,
        "proof": proof,
        "groups": proof.rows(state),
        "not_launched": kind_of(kind).gaps(ProposalDraft(), project).get("kind", ""),
        "query": {"kind": kind, "author": author},
    }
    return render(
        request, "governance/desk/permissions/permissions.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_GET
def permissions_json(request: HttpRequest, code: str) -> JsonResponse:
    """Return the answers in every state as JSON; `proposing` lists the other kinds and authors to query."""
    project = get_project_or_404(request, code)
    people = build_columns(project)
    form = _build_form(request, project, people)
    kind, author, _state = form.supposed
    if form.errors:
        return JsonResponse({"errors": form.errors}, status=UNPROCESSABLE)
    simulation = Supposition(project, people, kind, author).plain()
    return JsonResponse(
        {**simulation, "language": get_language(), "proposing": form.authors},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Cache-Control": "private, no-store"},
    )


def _build_form(request: HttpRequest, project: Project, people: list[Column]) -> SuppositionForm:
    authors = {code: list_proposing_roles(project, people, code) for code, _label in decision_kinds()}
    return SuppositionForm(request.GET.dict(), authors)


@require_GET
def permissions_mine(request: HttpRequest, code: str) -> HttpResponse:
    """Render the rights of the reader, or of another seat holder (`?person=` and their key)."""
    project = get_project_or_404(request, code)
    seats = seats_on(project.pk)
    people = list(User.objects.filter(pk__in=seats).order_by("name", "pk"))
    person = _get_person(request, people)
    held = seats.get(person.pk, [])
    delegations = Delegation.objects.active().filter(delegate=person, mandate__project=project)
    context = {
        "project": project,
        "person": person,
        "people": people,
        "seats": held,
        "is_tied": any(seat.is_tied for seat in held),
        "delegations": delegations.select_related("mandate__holder", "mandate__role").order_by("pk"),
        "groups": RightsReader(project, build_columns(project), people, seats).rights(person),
    }
    return render(request, "governance/desk/permissions/permissions_mine.html", context)


def _get_person(request: HttpRequest, people: list[User]) -> User:
    """Return the person asked about; 404 without a seat on the project, to hide whether the account exists."""
    key = request.GET.get("person", "")
    if not key:
        user: User = reader(request)
        return user
    person = next((member for member in people if str(member.key) == key), None)
    if person is None:
        raise Http404
    return person
