"""Triggers on tables of other capabilities that tie documents to decisions. No table of its own."""

import pgtrigger

from governance.decide.evidence.guards import ATTACHES_WHAT_EXISTS, TELLS_WHOSE_SEAL_IT_BREAKS
from governance.decide.proposals.models import ProposalRevision
from projects.event_guards import leaves_an_event
from projects.models import DocumentVersion

pgtrigger.register(ATTACHES_WHAT_EXISTS)(ProposalRevision)
pgtrigger.register(TELLS_WHOSE_SEAL_IT_BREAKS, leaves_an_event())(DocumentVersion)
