"""The models of every slice of this app."""

import governance.evidence.models  # noqa: F401  (registers its triggers)
from governance.checkpoints.models import Checkpoint
from governance.communicated.models import Acknowledgement
from governance.conformity_checks.models import ConformityCheck
from governance.decisions.models import Condition, Decision, Effect, SealBreak
from governance.erasures.models import Erasure
from governance.granted_waivers.models import Waiver, WaiverEnd
from governance.import_jobs.models import ImportJob
from governance.ledger.models import LedgerEvent
from governance.notices.models import Notification
from governance.opinions.models import BindingOpinion, Opinion
from governance.proofs.models import Verification
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision
from governance.reviews.models import Review
from governance.snapshots.models import Snapshot
from governance.standards.models import LibraryEntry, Standard, StandardCheckpoint, StandardVersion

__all__ = [
    "Acknowledgement",
    "BindingOpinion",
    "Checkpoint",
    "Condition",
    "ConformityCheck",
    "Decision",
    "Effect",
    "Erasure",
    "ImportJob",
    "LedgerEvent",
    "LibraryEntry",
    "Notification",
    "Opinion",
    "Proposal",
    "ProposalDraft",
    "ProposalRevision",
    "Review",
    "SealBreak",
    "Snapshot",
    "Standard",
    "StandardCheckpoint",
    "StandardVersion",
    "Verification",
    "Waiver",
    "WaiverEnd",
]
