"""The papers of a session as one file, which the worker writes for one reader (`core.files.prepared`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import ClassVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.files.binding import Leaf, bind
from core.files.prepared import Tell, Wanted, Work
from governance.desk.packet.contents import Section, gather, safe_name, write_agenda
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from roles.models import User


@dataclass(frozen=True, kw_only=True)
class PacketFile(Wanted):
    """The papers of the session of this key."""

    session: int

    name: ClassVar[str] = "packet"

    def open(self, person: User) -> Work | None:
        rows = Session.objects.visible_to(person).select_related("project", "body").filter(pk=self.session)
        session = rows.exclude(state__in=[SessionState.PREPARED, SessionState.CANCELLED]).first()
        if session is None:
            return None
        return Work(session.items.count(), partial(self._write, session, person))

    def describe(self, done: int, total: int) -> str:
        return _("%(done)s of %(total)s items") % {"done": done, "total": total}

    def _write(self, session: Session, person: User, tell: Tell) -> bytes:
        at = timezone.now()
        sections = gather(session, person, at, tell)
        return FORMATS[self.kind][1](session, sections, write_agenda(session, sections, person, at))


def _bind(session: Session, sections: list[Section], agenda: bytes) -> bytes:
    """Write one PDF: the agenda, then each paper that can be bound under its bookmark."""
    title = f"{_('Papers of the session')} {session.reference}"
    return bind(title, get_language() or "en", [Leaf(_("Agenda"), agenda), *_list_leaves(sections)])


def _list_leaves(sections: list[Section]) -> Iterator[Leaf]:
    for section in sections:
        is_within = False
        for sheet in section.sheets:
            if sheet.pages is not None:
                yield Leaf(sheet.title if is_within else section.title, sheet.pages, is_within)
                is_within = True


def _pack(session: Session, sections: list[Section], agenda: bytes) -> bytes:
    """Write a ZIP: the agenda, then a folder for each item that has papers."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        files = [(f"00 {safe_name(_('Agenda'))}.pdf", agenda)]
        files += [(f"{section.folder}/{sheet.name}", sheet.content) for section in sections for sheet in section.sheets]
        for name, content in files:
            entry = ZipInfo(name, timezone.localtime(session.convened_at).timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


#: Kind of file → its media type and its writer.
FORMATS: dict[str, tuple[str, Callable[[Session, list[Section], bytes], bytes]]] = {
    "pdf": ("application/pdf", _bind),
    "zip": ("application/zip", _pack),
}
