"""Draft projects whose owner has roles to fill before the launch."""

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import BooleanField, F, Func, JSONField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce

from core.compiled_sql import Instant, Reader
from projects.enums import ProjectState
from projects.mandates.models import Mandate
from projects.project.models import Project

#: Roles that must be held (`is_required`) and are not; a gate for the provider stands for its role.
TO_FILL = """$.roles[*] ? (@.mandatory == "true" && @.authority != "decides" && !(@.code == $held[*])
  && (@.authority == "advises" || $level == "project") && !(@.authority == "delivers" && $gate != ""))"""


def list_projects_to_fill(user: Reader, at: Instant | None = None) -> QuerySet[Project]:
    """Filter the draft projects that `user` owns and that lack the holder of a mandatory role."""
    seats = Mandate.objects.active(at)
    owned = seats.deciding().filter(holder=user.pk).values("project")
    held = seats.filter(project=OuterRef("pk")).order_by().values("project")
    codes = held.annotate(codes=JSONBAgg("role__code")).values("codes")
    known = Func(
        Cast(Value("held"), TextField()),
        Coalesce(Subquery(codes), Value([], output_field=JSONField())),
        Cast(Value("level"), TextField()),
        F("level"),
        Cast(Value("gate"), TextField()),
        F("provider_gate"),
        function="jsonb_build_object",
        output_field=JSONField(),
    )
    lacking = Func(
        F("matrix__content"), Value(TO_FILL), known, function="jsonb_path_exists", output_field=BooleanField()
    )
    return Project.objects.filter(lacking, pk__in=owned, state=ProjectState.DRAFT)
