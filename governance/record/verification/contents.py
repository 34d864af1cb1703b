"""Contents sealed by the ledger, read from the rows, as a verifier needs them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from core.record.sealing import SealedModel
from governance.decide.decisions.models import Condition, Decision
from governance.decide.opinions.models import BindingOpinion, Opinion
from governance.decide.proposals.models import FIRST_FORMAT, Proposal, ProposalRevision
from governance.record.records.models import RecordFile
from governance.record.verification import registry
from projects.models import DocumentVersion, Interest, LedgerEvent
from tools.verify_ledger import ALTERED, SEALED_BY, SETTLING, Place, Report

#: Models whose text an event seals on every project → lookup of their project.
SEALED: dict[type[SealedModel], str] = {
    ProposalRevision: "proposal__project",
    Opinion: "revision__proposal__project",
    BindingOpinion: "revision__proposal__project",
    Decision: "project",
    RecordFile: "decision__project",
    DocumentVersion: "document__project",
    Condition: "decision__project",
    Interest: "project",
}


def sealed_models() -> dict[type[SealedModel], str]:
    """Return the models whose text an event seals, with the lookup of their project, workspaces included."""
    return SEALED | registry.SEALED


def sealed_model(subject: str) -> type[SealedModel]:
    """Return the model of a sealed subject."""
    return next(model for model in sealed_models() if model._meta.label_lower == subject)


def with_what_is_sealed(model: type[SealedModel]) -> models.QuerySet[Any]:
    """Load rows of `model` with everything their content needs, in a fixed number of queries."""
    if model is ProposalRevision:
        return ProposalRevision.objects.select_related("proposal")
    if model is Decision:
        decisions = Decision.objects.prefetch_related("conditions", "effects", "revision__opinions")
        return decisions.select_related("revision__proposal", "revision__binding_opinion", "mandate", "delegation")
    if model is DocumentVersion:
        return DocumentVersion.objects.select_related("document")  # type: ignore[no-any-return]
    if model is Condition:
        return Condition.objects.select_related("decision")
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.select_related("revision") if model in {Opinion, BindingOpinion} else rows


def _with_contents(model: type[SealedModel]) -> models.QuerySet[Any]:
    """Load rows of `model` with what their content needs, and no more: a verification reads every row."""
    rows: models.QuerySet[Any] = model._default_manager.defer(*_list_files(model))
    if model is ProposalRevision:
        return rows.select_related("proposal").defer(*_list_others("proposal", Proposal, "kind", "replaces"))
    if model is Decision:
        return rows.prefetch_related("conditions")
    if model is DocumentVersion:
        return rows.select_related("document")
    if model in {Opinion, BindingOpinion}:
        return rows.select_related("revision").defer(*_list_others("revision", ProposalRevision, "hash"))
    return rows


def _list_files(model: type[SealedModel]) -> list[str]:
    """List the fields of `model` that hold the bytes of a file: its content has their hash."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, models.BinaryField)]


def _list_others(lookup: str, model: type[models.Model], *names: str) -> list[str]:
    """List the fields of `model` at `lookup` other than its key and these."""
    others = (field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in names)
    return [f"{lookup}__{name}" for name in others]


def content_of(row: SealedModel) -> dict[str, Any]:
    """Return the sealed content with its salt; in the ledger's first format without a salt."""
    if row.salt:
        return {"salt": row.salt, **row.sealed_content()}
    return _first_format(row)


def _first_format(row: SealedModel) -> dict[str, Any]:
    if isinstance(row, ProposalRevision):
        plain = row.plain_content()
        return {"kind": row.proposal.kind, **{name: plain[name] for name in FIRST_FORMAT}}
    if isinstance(row, Opinion):
        return {"position": str(row.position), "reasons": row.reasons}
    if isinstance(row, Decision):
        conditions = sorted(row.conditions.all(), key=lambda condition: condition.number)
        return {
            "reasons": row.reasons,
            "return_on": str(row.return_on or ""),
            "conditions": [[c.text, c.role, str(c.due_on)] for c in conditions],
        }
    if isinstance(row, Condition):
        return {"proof": row.proof}
    raise TypeError(f"{type(row).__name__} was not sealed in the first format")


def read_content(row: SealedModel) -> dict[str, Any]:
    """Return the sealed content of a row as `content_of`; nothing of a row that was altered so that it has none."""
    try:
        return content_of(row)
    except (TypeError, ValueError, AttributeError, KeyError):
        return {}


def entry(row: SealedModel) -> dict[str, Any]:
    """Return one content as a bundle entry."""
    content: dict[str, Any] = {"subject": row._meta.label_lower, "id": str(row.pk), "content": read_content(row)}
    if isinstance(row, Condition):
        content["decision"] = str(row.decision_id)
    elif isinstance(row, Decision):
        content["effects"] = effects_of(row)
    return content


def effects_of(decision: Decision) -> list[list[str]]:
    """Return the effects of the decision as its events hash them."""
    effects = sorted(decision.effects.all(), key=lambda effect: effect.pk)
    return [[e.subject, str(e.subject_id), e.field, e.before, e.after] for e in effects]


def entries(rows: Iterable[SealedModel]) -> list[dict[str, Any]]:
    """Return the bundle entries of many rows."""
    return [entry(row) for row in rows]


def load_contents(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the contents that these events seal once and for all, by subject and key."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event["act"] in SEALED_BY.get(event["subject"], ()):
            wanted.setdefault(event["subject"], set()).add(event["subject_id"])
    return {key: content for subject, numbers in wanted.items() for key, content in read_contents(subject, numbers)}


def read_contents(subject: str, numbers: Iterable[int]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Yield the contents of these rows of a subject by subject and key."""
    for row in _with_contents(sealed_model(subject)).filter(pk__in=numbers):
        yield (subject, str(row.pk)), read_content(row)


def verify_events(
    report: Report, model: type[SealedModel], chains: Sequence[int] | None, codes: dict[int, str]
) -> None:
    """Find rows of `model` that no event seals. A condition that is not settled yet is sealed by its decision."""
    if model is Condition:
        return
    label, project = model._meta.label_lower, f"{sealed_models()[model]}_id"
    sealing = LedgerEvent.objects.filter(
        subject=label, subject_id=OuterRef("pk"), act__in=[*SEALED_BY.get(label, ()), *SETTLING.get(label, ())]
    )
    rows = model._default_manager.filter(~Exists(sealing))
    if chains is not None:
        rows = rows.filter(**{f"{project}__in": chains})
    for number, chain in rows.order_by("pk").values_list("pk", project):
        code = codes.get(chain, "")
        report.add(ALTERED, Place(f"project {code}", code), f"{label} {number}: no event seals it")
