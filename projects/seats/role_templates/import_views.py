"""Import of a method pack: compare the file, confirm the comparison, install."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.access import ensure, reader
from core.history import Outdated
from core.pages.refusals.views import Conflict, conflict
from projects.seats.role_templates.forms import ImportForm
from projects.seats.role_templates.installation import (
    Installed,
    RulesBroken,
    get_installed_pack,
    merged_gaps,
    plan_versions,
    state_of,
)
from projects.seats.role_templates.queries import Part, parts
from projects.seats.role_templates.services import install_pack
from roles.enums import PublicationState
from roles.models import RoleTemplate
from roles.role_templates.catalogue import Pack, read_pack
from roles.role_templates.content import Line, Matrix, Role, role_of
from roles.role_templates.lint import Finding

UNPROCESSABLE = 422
#: Lifetime of a comparison, in seconds.
VALID = 3_600


@dataclass(frozen=True)
class RoleChange:
    """A role whose next version would be published.

    - `before`, `after`: version numbers; `before` is 0 for a new role.
    - `parts`: differences; empty when only the position in the pack changes.
    - `draft`: number of the draft that would be given up, or 0.
    """

    role: Role
    before: int
    after: int
    parts: list[Part]
    draft: int


@dataclass(frozen=True)
class Preview:
    """Effect of installing a file on the current pack, whose fingerprint is `state`.

    `kept` are published roles missing in the file; `gaps` prevent the installation.
    """

    pack: Pack
    state: str
    is_new: bool
    head_changed: bool
    changed: list[RoleChange]
    same: list[Role]
    kept: list[Role]
    lines_added: list[Line]
    lines_changed: list[Line]
    dimensions: int
    gaps: list[Finding]


def preview(pack: Pack) -> Preview:
    """Compare a pack with the installed one, without writing. Eight queries."""
    there = get_installed_pack(pack.code)
    matrix = there.matrix if there else Matrix((), ())
    lines = {line.code: line for line in matrix.lines}
    changed = _role_changes(pack)
    codes = {change.role.code for change in changed}
    return Preview(
        pack=pack,
        state=state_of(there),
        is_new=there is None,
        head_changed=there is not None and _header_fields(there) != _header_fields(pack),
        changed=changed,
        same=[role for role in pack.matrix.roles if role.code not in codes],
        kept=[role for role in matrix.roles if pack.matrix.role(role.code) is None],
        lines_added=[line for line in pack.matrix.lines if line.code not in lines],
        lines_changed=[line for line in pack.matrix.lines if lines.get(line.code, line) != line],
        dimensions=sum(there is None or dimension not in there.dimensions for dimension in pack.dimensions),
        gaps=merged_gaps(pack, matrix),
    )


def _header_fields(pack: Pack) -> tuple[str, str, str]:
    return pack.name_fr, pack.name_en, pack.attribution


def _role_changes(pack: Pack) -> list[RoleChange]:
    numbers, drafts = _version_numbers(pack.code)
    return [
        RoleChange(
            role=planned.role,
            before=planned.current.version if planned.current else 0,
            after=numbers.get(planned.role.code, 0) + 1,
            parts=parts(role_of(planned.current) if planned.current else None, planned.role, pack.matrix),
            draft=drafts.get(planned.role.code, 0),
        )
        for planned in plan_versions(pack.code, pack.matrix.roles)
    ]


def _version_numbers(pack: str) -> tuple[dict[str, int], dict[str, int]]:
    """Map role codes to the last version number, and to the number of the draft."""
    versions = RoleTemplate.objects.filter(pack__code=pack).order_by("version")
    states = list(versions.values_list("code", "version", "state"))
    return (
        {code: number for code, number, _state in states},
        {code: number for code, number, state in states if state == PublicationState.DRAFT},
    )


# — the confirmation carries the compared file, signed —


def sign_comparison(request: HttpRequest, text: str, state: str) -> str:
    """Sign the text of the file and the state it was compared with, for this reader."""
    return signing.dumps({"text": text, "read": state}, salt=_salt(request), compress=True)


def load_comparison(request: HttpRequest) -> dict[str, Any]:
    """Load the signed comparison of the POST. Raises BadSignature when it is forged, expired or of another reader."""
    data: dict[str, Any] = signing.loads(request.POST.get("sealed", ""), salt=_salt(request), max_age=VALID)
    return data


def _salt(request: HttpRequest) -> str:
    return f"governance.referential.import.{reader(request).key}"


@require_http_methods(["GET", "POST"])
def referential_import(request: HttpRequest) -> HttpResponse:
    """Upload a file, review its changes, confirm."""
    ensure(request.user, "projects.install_pack")
    if request.POST.get("step") == "install":
        return _install(request)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if not form.is_valid():
        context = {"form": form}
        return render(
            request,
            "projects/seats/role_templates/referential_import.html",
            context,
            status=UNPROCESSABLE if form.is_bound else 200,
        )
    text, pack = form.cleaned_data["file"]
    return _render_comparison(request, text, pack)


def _render_comparison(request: HttpRequest, text: str, pack: Pack) -> HttpResponse:
    planned = preview(pack)
    context = {"preview": planned, "sealed": "" if planned.gaps else sign_comparison(request, text, planned.state)}
    status = UNPROCESSABLE if planned.gaps else 200
    return render(request, "projects/seats/role_templates/referential_comparison.html", context, status=status)


def _install(request: HttpRequest) -> HttpResponse:
    try:
        shown = load_comparison(request)
        pack = read_pack(shown["text"])
        done = install_pack(actor=reader(request), pack=pack, read=shown["read"])
    except signing.BadSignature:
        return _import_conflict(
            request, _("What you confirmed is not what was compared, or it was compared too long ago.")
        )
    except (RulesBroken, Outdated):
        return _import_conflict(request, _("The role templates were changed since the file was compared."))
    messages.success(request, _success_message(pack, done))
    return redirect("projects:role_templates:referential")


def _import_conflict(request: HttpRequest, why: str) -> HttpResponse:
    link = redirect("projects:role_templates:referential_import").url
    return conflict(request, Conflict(_("Nothing was installed"), why, link, _("Choose the file again")))


def _success_message(pack: Pack, done: Installed) -> str:
    if not done.published and not done.changed:
        return _("“%(pack)s” is already there and identical. Nothing was saved.") % {"pack": pack.code}
    count = len(done.published)
    message = ngettext(
        "“%(pack)s” is installed: %(count)s role published.",
        "“%(pack)s” is installed: %(count)s roles published.",
        count,
    )
    return message % {"pack": pack.code, "count": count}
