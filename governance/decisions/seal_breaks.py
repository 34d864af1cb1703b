"""Mark a decision whose sealed document has another version, inside the act that causes it (R6)."""

from core.acts import act_time
from governance.decisions.models import Decision, SealBreak
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.mandates.holders import owners, proposers
from projects.mandates.predicates import role_code_of
from projects.models import DocumentVersion
from projects.notices.models import Reason
from projects.notices.services import notify
from roles.models import User


def break_seal(actor: User, decision: Decision, version: DocumentVersion) -> None:
    """Record that `decision` sealed another version. Does nothing when it sealed these very bytes."""
    sealed = next(entry["hash"] for entry in decision.file if entry["item"] == version.document.item)
    if sealed == version.sha256:
        return
    change = SealBreak.objects.create(
        decision=decision, item=version.document.item, before=sealed, after=version.sha256, acted_at=act_time()
    )
    project, proposal = version.document.project, decision.proposal
    event = record(
        act=Act.BREAK_SEAL,
        actor=actor,
        role=role_code_of(actor, project),
        project=project,
        subject=change,
        proposal_id=proposal.pk,
        detail=f"{project.prefix}D-{decision.number:02d}",
        decision=decision.pk,
        document=version.document_id,
        version=version.number,
        before=sealed,
        after=version.sha256,
    )
    people = [mandate.holder for mandate in (*owners(project), *proposers(project))]
    notify(event=event, reason=Reason.NO_LONGER_CURRENT, about=proposal, people=people)


def break_seals_of(actor: User, decision: Decision) -> None:
    """Mark a decision just taken on documents whose newest version it did not seal."""
    sealed = {entry["item"]: entry["hash"] for entry in decision.file}
    outdated = [item for item, newest in decision.seen.items() if item in sealed and sealed[item] != newest]
    documents = [int(item.partition(":")[2]) for item in outdated if item.startswith("document:")]
    if not documents:
        return
    versions = DocumentVersion.objects.filter(document__in=documents).newest().select_related("document__project")
    for version in versions.order_by("document"):
        break_seal(actor, decision, version)
