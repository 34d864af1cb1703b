"""What a proposal asks of the requirements, read with the proposal or the decision itself: no query of its own.

The dossier and the record stay within the queries they are promised. Sets are compared in Python, in one pass; only
the texts of the first differences are read, and the whole is on the page of the baseline.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat, JSONObject

from governance.models import Decision, Effect, Proposal
from governance.requirements.baselines import Changed
from governance.requirements.wording import differences
from projects.models import BaselineEntry, Project, RecipientGroup, RequirementBaseline
from projects.requirements.comparing import Comparison, Standing, compare
from roles.prepared import expression

#: Requirements whose changes are told in full: each is one or two versions.
FIRST = 3
MOST_GROUPS = 100
#: The columns of `_with` that are read.
READ = (
    "asked_pk", "asked_before_pk", "asked_baselines", "asked_versions", "asked_versions_before", "asked_first",
    "asked_groups",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The baseline a proposal names, beside the one in force before it was answered; `before` is None when none was.

    `first` are the first differences with their texts; none when everything is new.
    """

    baseline: RequirementBaseline
    before: RequirementBaseline | None
    compared: Comparison
    first: list[Changed] = field(default_factory=list)


def of_proposals(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Proposals with what `asked` reads: by the revision before the owner, else by the working text.

    Beside the baseline in force, or the one that was when the revision was answered.
    """
    return rows.annotate(asked=_prepared(Proposal))


def of_decisions(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions with what `asked` reads, from rows that never change."""
    return rows.annotate(asked=_prepared(Decision))


@cache
def _prepared(model: type[Proposal] | type[Decision]) -> RawSQL:
    """What `asked` reads of a row of `model`, as one column; it is long, and every dossier asks it."""
    this = model._default_manager.filter(pk=OuterRef("pk"))
    told: QuerySet[Any] = _proposals(this) if model is Proposal else _decisions(this)
    return expression(model, Subquery(told.values(told=JSONObject(**{name: name for name in READ}))))


def _proposals(rows: QuerySet[Any]) -> QuerySet[Any]:
    submitted = When(current__isnull=False, then=_term("current__terms"))
    term = Case(submitted, default=_term("draft__terms"))
    answered = When(current__decision__isnull=False, then=_in_force_before("current__decision__recorded_at"))
    before = Case(answered, default=_number("project__baseline__number"))
    return _with(rows, term, before)


def _decisions(rows: QuerySet[Any]) -> QuerySet[Any]:
    return _with(rows, _term("revision__terms"), _in_force_before("recorded_at"))


def asked(row: Any) -> Asked | None:
    """What this proposal or decision asks of the requirements; None when it names no baseline of its project."""
    content = row.revision if isinstance(row, Decision) else row.current or row.draft
    if not content.terms.get("baseline"):
        return None
    read = getattr(row, "asked", None)
    if read is None:
        found: Any = (
            of_decisions(Decision.objects.all()) if isinstance(row, Decision) else of_proposals(Proposal.objects.all())
        )
        read = found.get(pk=row.pk).asked
    baselines = {one["pk"]: RequirementBaseline(project=row.project, **one) for one in read["asked_baselines"]}
    named, before = baselines.get(read["asked_pk"]), baselines.get(read["asked_before_pk"])
    if named is None:
        return None
    old, new = _standing(read["asked_versions_before"]), _standing(read["asked_versions"])
    compared = compare(old, new)
    return Asked(named, before, compared, _first(compared, read) if before else [])


def _with(rows: QuerySet[Any], term: Any, before: Any) -> QuerySet[Any]:
    of_project = RequirementBaseline.objects.filter(project=OuterRef("project"))
    written = Concat(_number("number"), Value(":"), "hash", output_field=TextField())
    named = of_project.alias(term=written).filter(term=OuterRef("asked_term"))
    earlier = of_project.alias(text=_number("number")).filter(text=OuterRef("asked_before"))
    rows = rows.annotate(asked_term=Cast(term, TextField()), asked_before=Cast(before, TextField()))
    rows = rows.annotate(asked_pk=Subquery(named.values("pk")[:1]))
    rows = rows.annotate(
        asked_before_pk=Case(When(asked_pk__isnull=False, then=Subquery(earlier.values("pk")[:1]))),
        asked_on=Case(When(asked_pk__isnull=False, then=F("project_id"))),
    )
    both = Q(baseline=OuterRef("asked_pk")) | Q(baseline=OuterRef("asked_before_pk"))
    sets = RequirementBaseline.objects.filter(Q(pk=OuterRef("asked_pk")) | Q(pk=OuterRef("asked_before_pk")))
    groups = RecipientGroup.objects.filter(project=OuterRef("asked_on")).order_by("pk")[:MOST_GROUPS]
    found: QuerySet[Any] = rows.annotate(
        asked_baselines=ArraySubquery(sets.order_by().values(told=JSONObject(pk="pk", number="number", hash="hash"))),
        asked_versions=_versions("asked_pk"),
        asked_versions_before=_versions("asked_before_pk"),
        asked_first=ArraySubquery(_one_sided(both).values(told=TOLD)[: 2 * FIRST]),
        asked_groups=ArraySubquery(groups.values(told=JSONObject(pk="pk", name="name"))),
    )
    return found


TOLD = JSONObject(
    version="version", number="version__number", requirement="version__requirement", content="version__content"
)


def _one_sided(both: Q) -> QuerySet[BaselineEntry]:
    """The entries of one of the two sets whose version the other does not hold, by code."""
    twin = Q(baseline=OuterRef(OuterRef("asked_pk"))) | Q(baseline=OuterRef(OuterRef("asked_before_pk")))
    other = BaselineEntry.objects.filter(twin, version=OuterRef("version")).exclude(baseline=OuterRef("baseline"))
    entries = BaselineEntry.objects.filter(both).filter(~Exists(other))
    return entries.order_by("version__requirement__code", "version__number")


def _versions(baseline: str) -> ArraySubquery:
    """The entries of a set as texts: the code of the requirement, a space, the key of its version."""
    line = Concat("version__requirement__code", Value(" "), Cast("version", CharField()), output_field=TextField())
    return ArraySubquery(BaselineEntry.objects.filter(baseline=OuterRef(baseline)).order_by().values(line=line))


def _in_force_before(recorded: str) -> Subquery:
    """Number of the baseline that was in force at `recorded`: by effects noted before, which never change."""
    noted = Effect.objects.filter(
        subject=Project._meta.label_lower, subject_id=OuterRef("project"), field="baseline",
        recorded_at__lt=OuterRef(recorded),
    )  # fmt: skip
    return Subquery(noted.order_by("-pk").values("after")[:1], output_field=TextField())


def _term(terms: str) -> KeyTextTransform:
    return KeyTextTransform("baseline", terms)


def _number(name: str) -> Cast:
    return Cast(name, TextField())


def _standing(lines: list[str]) -> Standing:
    return {code: int(version) for code, _space, version in (line.rpartition(" ") for line in lines)}


def _first(compared: Comparison, read: dict[str, Any]) -> list[Changed]:
    """The first differences, with their texts."""
    texts = {one["version"]: one for one in read["asked_first"]}
    groups = {str(group["pk"]): group["name"] for group in read["asked_groups"]}
    return [_changed(code, texts.get(old), texts.get(new), groups) for code, old, new in compared.rows[:FIRST]]


def _changed(code: str, old: dict[str, Any] | None, new: dict[str, Any] | None, groups: dict[str, str]) -> Changed:
    stands = new or old
    assert stands is not None  # noqa: S101 — a row names one version at least
    kind: Literal["added", "changed", "dropped"] = "changed" if old and new else "added" if new else "dropped"
    return Changed(
        code=code, kind=kind, requirement=stands["requirement"], before=old["number"] if old else 0,
        after=new["number"] if new else 0, content=stands["content"],
        fields=differences(old["content"], new["content"], groups) if old and new else [],
    )  # fmt: skip
