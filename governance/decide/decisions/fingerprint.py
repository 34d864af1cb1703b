"""Fingerprint of the whole file before the signatory: a decision answers the file as it was read.

A file is a map of parts: `revision`, `opinion:PMO` and `binding` with their seals, `awaited:AMOA` without a value, and
`document:12` with the hash of the newest version of a document attached, `rival:7` with the revision and the number of
opinions of an open file on the same question. The trigger `was_read_as_it_is` builds the
same map in SQL.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from core.record.erasure import display_text
from governance.decide.decisions.models import RIVAL
from governance.decide.proposals.models import Proposal, ProposalRevision
from projects.models import Document, DocumentVersion

type Parts = Mapping[str, str]

DOCUMENT, OPINION, AWAITED = "document:", "opinion:", "awaited:"


def read_parts(proposal: Proposal) -> dict[str, str]:
    """Read the parts of the file as they are now; empty before the first submission. Four queries at most."""
    revision = proposal.current
    if revision is None:
        return {}
    parts = {"revision": revision.hash}
    parts |= {f"{OPINION}{opinion.role}": opinion.seal() for opinion in proposal.current_opinions()}
    parts |= dict.fromkeys((f"{AWAITED}{role}" for role in proposal.awaited_roles), "")
    if revision.binding_authority and (binding := revision.noted_opinion):
        parts["binding"] = binding.seal()
    parts |= {f"{RIVAL}{rival.pk}": _read_rival(rival) for rival in proposal.open_rivals()}
    attached = [int(file["document"]) for file in revision.attachments]
    if attached:
        newest = DocumentVersion.objects.filter(document__in=attached).order_by("document", "-number")
        rows = newest.distinct("document").values_list("document", "sha256")
        parts |= {f"{DOCUMENT}{document}": sha256 for document, sha256 in rows}
    return parts


def _read_rival(rival: Proposal) -> str:
    """Return what tells whether another file on the question changed: its revision, and its number of opinions."""
    return f"{rival.current.hash}:{len(rival.current_opinions())}" if rival.current else ""


def build_file(revision: ProposalRevision, parts: Parts) -> list[dict[str, str]]:
    """List the items that a decision on `revision` seals, each with its fingerprint: documents as they are attached."""
    sealed = {item: digest for item, digest in parts.items() if not item.startswith((AWAITED, DOCUMENT, RIVAL))}
    sealed |= {f"{DOCUMENT}{file['document']}": file["sha256"] for file in revision.attachments}
    return [{"item": item, "hash": sealed[item]} for item in sorted(sealed)]


def describe_changes(seen: Parts, now: Parts) -> list[str]:
    """Describe in sentences how the file changed since it was read as `seen`."""
    found = []
    if seen.get("revision") != now.get("revision"):
        found.append(_("A new revision was submitted."))
    for role in _changed(OPINION, seen, now):
        found.append(_("The %(role)s gave its opinion.") % {"role": role})
    if seen.get("binding") != now.get("binding"):
        found.append(_("The binding opinion is recorded."))
    if _only(RIVAL, seen) != _only(RIVAL, now):
        found.append(_("Another proposal on the same question changed."))
    replaced = Document.objects.filter(pk__in=[int(pk) for pk in _changed(DOCUMENT, seen, now) if pk.isdecimal()])
    for name in replaced.order_by("name").values_list("name", flat=True):
        found.append(_("The document “%(name)s” was replaced.") % {"name": display_text(name)})
    return found or [_("The opinions due have changed.")]


def _only(prefix: str, parts: Parts) -> dict[str, str]:
    """Return the parts that begin with `prefix`."""
    return {key: value for key, value in parts.items() if key.startswith(prefix)}


def _changed(prefix: str, seen: Parts, now: Parts) -> list[str]:
    """List what follows `prefix` in the parts of `now` that differ from `seen`."""
    return sorted(key.removeprefix(prefix) for key in now if key.startswith(prefix) and seen.get(key) != now[key])
