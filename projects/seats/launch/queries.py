"""Draft projects that wait for a step of their launch: roles to fill by the owner, then proposals to write.

After the launch, the mandatory roles that became vacant.
"""

from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from core.acts import act_time
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from projects.enums import ProjectState
from projects.project.models import Project
from projects.seats.launch.checklist import REQUIRED
from projects.seats.mandates.models import Mandate
from roles.enums import DecisionKind

#: Roles that must be held and are not; a gate for the provider stands for its role.
TO_FILL = f"""$.roles[*] ? ({REQUIRED} && !(@.code == $held[*]) && !(@.authority == "delivers" && $gate != ""))"""

#: The role with this code, if it must be held after the launch.
TO_HOLD = f"""$.roles[*] ? (@.code == $code && {REQUIRED})"""

#: Powers of a role that the reader holds, to propose decisions of a kind.
TO_PROPOSE = """$.keyvalue() ? (@.key == $held[*]).value.propose[*] ? (@ == $kind)"""


def list_projects_to_fill(user: Reader, at: Instant | None = None) -> QuerySet[Project]:
    """Filter the draft projects that `user` accepted to own and that lack the holder of a mandatory role."""
    accepted = Mandate.objects.active(at).deciding().filter(holder=user.pk, accepted_at__isnull=False)
    owned = accepted.values("project")
    return Project.objects.filter(_lacks_holder(at), in_array("pk", owned), state=ProjectState.DRAFT)


def list_projects_to_propose_on(user: Reader, at: Instant | None = None) -> QuerySet[Project]:
    """Filter the draft projects whose roles are filled and where `user` may write the next proposal.

    `next_kind` is its kind: the approval of the roles, then gate G0.
    """
    seats = Mandate.objects.active(at).filter(holder=user.pk)
    kind = Case(
        When(matrix_approved=True, then=Value(DecisionKind.GATE.value)),
        default=Value(DecisionKind.APPOINTMENT.value),
        output_field=TextField(),
    )
    may_propose = _finds("matrix__powers", TO_PROPOSE, held=_list_roles(seats), kind=Cast(kind, TextField()))
    held = in_array("pk", seats.values("project"))
    drafts = Project.objects.filter(held, state=ProjectState.DRAFT, archived=False)
    return drafts.filter(~Q(_lacks_holder(at)), may_propose).annotate(next_kind=kind)


def list_vacated_mandates(at: Instant | None = None) -> QuerySet[Mandate]:
    """Filter the last mandate of each mandatory role that nobody holds, or will hold, on a launched project."""
    of_role = Mandate.objects.filter(project=OuterRef("project"), role__code=OuterRef("role__code"))
    held = of_role.not_over(at or act_time()).filter(holder__is_active=True)
    later = of_role.filter(taken_back=False, pk__gt=OuterRef("pk"))
    is_required = _finds("project__matrix__content", TO_HOLD, code=F("role__code"), level=F("project__level"))
    # PostgreSQL would open the matrix for each mandate, which takes longer than all the rest.
    is_missing = Case(When(~Exists(held) & ~Exists(later), then=is_required), default=Value(False))
    return Mandate.objects.filter(is_missing, taken_back=False).exclude(project__state=ProjectState.DRAFT)


def _lacks_holder(at: Instant | None) -> Func:
    """Return the condition that nobody holds a mandatory role."""
    held = _list_roles(Mandate.objects.active(at))
    return _finds("matrix__content", TO_FILL, held=held, level=F("level"), gate=F("provider_gate"))


def _list_roles(seats: QuerySet[Mandate]) -> Coalesce:
    """Return the codes of the roles of these mandates on a project, as a JSON array."""
    of_project = seats.filter(project=OuterRef("pk")).order_by().values("project")
    codes = of_project.annotate(codes=JSONBAgg("role__code")).values("codes")
    return Coalesce(Subquery(codes), Value([], output_field=JSONField()))


def _finds(column: str, path: str, **variables: Any) -> Func:
    """Return the condition that a JSON path finds something in a column, given its variables."""
    pairs = [part for name, value in variables.items() for part in (Cast(Value(name), TextField()), value)]
    known = Func(*pairs, function="jsonb_build_object", output_field=JSONField())
    return Func(F(column), Value(path), known, function="jsonb_path_exists", output_field=BooleanField())
