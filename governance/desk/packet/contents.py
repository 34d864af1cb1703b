"""The papers of a session as one reader may read them: of each item its file, its evidence, or its stored document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.files.binding import keep_pages
from core.files.papers.content import Line, Paper, Part, Table, say_printed
from core.files.papers.pdf_file import write as write_pdf
from core.files.prepared import Tell
from core.record.erasure import display_text
from core.templatetags.ui import day
from governance.decide.evidence.attachments import list_attached, load_versions
from governance.decide.proposals.models import Proposal
from governance.desk.dossier.dossier import build_dossier
from governance.desk.dossier.paper import build_paper
from governance.sessions.agenda.sources import PROPOSALS, SOURCES
from governance.sessions.sittings.models import Session
from governance.sessions.sittings.queries import Entry, read_agenda
from projects.models import DocumentVersion
from roles.models import User

#: Bytes of all evidence at most. What comes after is named, and read on its own page.
MOST_BYTES = 50 * 1024 * 1024
#: What no name of a file holds on any system, and how long it is at most.
UNSAFE, LONGEST = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+'), 80
PDF = "application/pdf"


@dataclass(frozen=True)
class Sheet:
    """A paper: its title, the name of its file, and its bytes; `pages` are those of a PDF that can be bound."""

    title: str
    name: str
    content: bytes
    pages: bytes | None


@dataclass
class Section:
    """The papers of an item of the agenda, and the titles of those that the packet has no room for."""

    entry: Entry
    place: int
    sheets: list[Sheet] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return its number with its words."""
        return f"{self.place}. {self.entry.text}"

    @property
    def folder(self) -> str:
        """Return the name of its folder."""
        return f"{self.place:02d} {safe_name(self.entry.text)}"


def safe_name(text: str) -> str:
    """Return a text as the name of a file on any system."""
    return UNSAFE.sub("-", text)[:LONGEST].strip(". ") or "-"


def gather(session: Session, reader: User, at: datetime, tell: Tell) -> list[Section]:
    """Gather the papers of each item that `reader` may read; tell after each how many are done."""
    sections, room = [], MOST_BYTES
    for done, entry in enumerate(read_agenda(session, reader), 1):
        section = Section(entry, entry.item.place if entry.item else done)
        room -= _fill(section, reader, at, room)
        sections.append(section)
        tell(done)
    return sections


def _fill(section: Section, reader: User, at: datetime, room: int) -> int:
    """Add the papers of an item; return the bytes of its evidence."""
    entry = section.entry
    if entry.source == PROPOSALS:
        return _add_file(section, reader, at, room)
    source = SOURCES.get(entry.source)
    if source and source.paper and entry.subject_id:
        row = source.read([entry.subject_id], reader).get(entry.subject_id)
        if content := source.paper(row) if row else b"":
            section.sheets.append(Sheet(entry.text, f"{safe_name(entry.text)}.pdf", content, content))
    return 0


def _add_file(section: Section, reader: User, at: datetime, room: int) -> int:
    """Add the file of a proposal and its evidence, as far as there is room for it."""
    files = Proposal.objects.visible_to(reader).with_rivals_known()
    related = ("project", "author", "current", "draft", "replaces__project", "counter_to__project")
    proposal = files.select_related(*related).filter(pk=section.entry.subject_id or 0).first()
    if proposal is None or proposal.current is None:
        return 0
    content = write_pdf(build_paper(build_dossier(reader, proposal), reader, at), at)
    section.sheets.append(Sheet(section.entry.text, f"{proposal.reference}.pdf", content, content))
    taken = 0
    for number, version in enumerate(list_attached(proposal.current, load_versions(proposal.current)), 1):
        title = display_text(version.document.name)
        if version.size > room - taken:
            section.missing.append(title)
        elif held := _read_bytes(version):
            taken += len(held)
            pages = keep_pages(held) if version.media_type == PDF else None
            section.sheets.append(Sheet(title, f"{number} {safe_name(version.file_name)}", held, pages))
    return taken


def _read_bytes(version: DocumentVersion) -> bytes:
    """Return the bytes of a version; none of an erased one."""
    return bytes(DocumentVersion.objects.values_list("content", flat=True).get(pk=version.pk))


def write_agenda(session: Session, sections: list[Section], reader: User, at: datetime) -> bytes:
    """Write the page on which a packet begins: the session, its agenda, and what stands elsewhere."""
    rows = [[str(part.place), part.entry.text, str(part.entry.label), str(part.entry.minutes)] for part in sections]
    heads = [_("Line"), _("Item"), _("Why"), _("Minutes")]
    held = f"{day(session.day)}, {session.begins:%H:%M}"
    facts = [
        Line(_("Day"), held),
        Line(_("Place or link"), display_text(session.place)),
        Line(_("Fingerprint of the agenda"), session.agenda_hash),
    ]
    paper = Paper(
        heading=_("Papers of the session"),
        title=session.reference,
        code=session.project.code,
        language=session.project.language,
        state=capfirst(session.get_state_display()),
        printed=say_printed(at, reader),
        parts=[
            part
            for part in (
                Part("", facts),
                Part(_("Agenda"), table=Table(heads, rows, [0.4, 3.5, 1.4, 0.7])),
                Part(_("In the ZIP alone, being no PDF that can be bound"), list(_list_unbound(sections))),
                Part(_("Too large for the papers, to be read in the file"), list(_list_missing(sections))),
            )
            if part.lines or part.table
        ],
    )
    return write_pdf(paper, at)


def _list_unbound(sections: list[Section]) -> Iterator[Line]:
    for section in sections:
        yield from (Line(section.title, sheet.title) for sheet in section.sheets if sheet.pages is None)


def _list_missing(sections: list[Section]) -> Iterator[Line]:
    for section in sections:
        yield from (Line(section.title, title) for title in section.missing)
