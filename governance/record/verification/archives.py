"""The proof of a decision as a zip: the record as PDF, the proof as JSON, the verifier, and how to check them."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from governance.decide.decisions.models import Decision
from governance.record.records.facts import build_record
from governance.record.records.models import RecordFile
from governance.record.records.pdf import render_pdf
from governance.record.verification.bundles import build_proof
from projects.models import LedgerEvent
from tools import verify_ledger

VERIFIER = "verify_ledger.py"


def archive_name(decision: Decision) -> str:
    """Return the name of the file under which the zip is downloaded."""
    return f"{decision.project.code}-{decision.reference}-proof.zip"


def build_archive(decision: Decision, event: LedgerEvent) -> bytes:
    """Return the zip of the proof that `decision` stands as `event` recorded it.

    Names and dates in it are fixed, so that only what the proof says makes another file. Read `decision` as for
    `build_proof`.
    """
    bundle = build_proof(decision, event)
    proof = json.dumps(bundle, ensure_ascii=False, indent=1).encode()
    records = list(_records(decision))
    read_me = _read_me(decision, [name for name, _content in records], stamped=bool(bundle["timestamps"]))
    written = [("READ-ME.txt", read_me.encode()), *records, (verify_ledger.PROOF, proof)]
    written.append((VERIFIER, Path(verify_ledger.__file__).read_bytes()))
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in written:
            entry = zipfile.ZipInfo(name, event.acted_at.astimezone(UTC).timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return file.getvalue()


def _records(decision: Decision) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each stored PDF; of one made for this answer until the worker has stored them."""
    kept = RecordFile.objects.kept().defer(None).filter(decision=decision)
    # Of a disputed decision the record that tells it.
    stored = kept.order_by("language", "-tells_dispute").distinct("language")
    files = [(file.language, bytes(file.content)) for file in stored]
    if not files:
        language = decision.project.language
        record = build_record(Decision.objects.with_record().get(pk=decision.pk), language)
        files.append((language, render_pdf(record)))
    for language, content in files:
        yield f"record-{language}.pdf", content


def _read_me(decision: Decision, records: list[str], *, stamped: bool) -> str:
    """Return what is in the zip and how to check it, in each language, that of the project first."""
    context = {
        "decision": decision,
        "code": decision.project.code,
        "records": ", ".join(records),
        "stamped": stamped,
        "proof": verify_ledger.PROOF,
        "verifier": VERIFIER,
        "page": settings.BASE_URL + reverse("governance:verification:verify"),
        "commands": ["python3 -m pip install cryptography", f"python3 {VERIFIER} {archive_name(decision)}"],
    }
    texts = []
    for language in sorted(dict(settings.LANGUAGES), key=lambda code: (code != decision.project.language, code)):
        with translation.override(language):
            texts.append(render_to_string("governance/record/verification/read_me.txt", context).strip())
    return ("\n\n" + "=" * 72 + "\n\n").join(texts) + "\n"
