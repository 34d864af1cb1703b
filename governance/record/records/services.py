"""Store the PDF of a decision record, as the installation. No reader of a page does."""

import hashlib

from core.acts import act_time, open_act
from governance.decide.decisions.models import Decision
from governance.decide.disputes.models import Dispute
from governance.record.records.facts import Record, build_record
from governance.record.records.models import RecordFile, squeeze
from governance.record.records.pdf import render_pdf
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Project
from roles.models import User


@open_act
def store_record(
    *, actor: User, decision: Decision, language: str, dispute: Dispute | None = None
) -> RecordFile | None:
    """Store the PDF of `decision` in `language`, one that tells `dispute` if given; None when it is stored already.

    The PDF is made before the project is locked, and made again if a text was erased in between.
    """
    before = _read_facts(decision, language, dispute)
    content = render_pdf(before)
    project = Project.objects.locked(decision.project_id)
    stored = RecordFile.objects.kept().filter(decision=decision, language=language)
    if stored.filter(tells_dispute=dispute is not None).exists():
        return None
    facts = _read_facts(decision, language, dispute)
    if facts != before:
        content = render_pdf(facts)
    file: RecordFile = RecordFile.objects.create(
        decision=decision,
        tells_dispute=dispute is not None,
        language=language,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        letters=squeeze("\n".join(facts.texts())),
        acted_at=act_time(),
    )
    record(
        Act.STORE_RECORD, file, project=project, detail=language, about=(Decision._meta.label_lower, str(decision.pk))
    )
    return file


def _read_facts(decision: Decision, language: str, dispute: Dispute | None) -> Record:
    return build_record(Decision.objects.with_record().get(pk=decision.pk), language, dispute)
