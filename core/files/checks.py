"""Check a file before it is kept: its name, its size, and its bytes against its extension.

Nothing is extracted or run here. A refusal is a ValidationError whose message tells what to do.
"""

import hashlib
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import is_blank
from core.words.characters import code_of, find_hidden

MIB = 1024 * 1024
#: Characters of a file name.
LONGEST_NAME = 150
#: Limits beyond which an archive is no office document: parts, unpacked bytes, and the ratio of a large part.
MOST_PARTS, LARGEST_UNPACKED, LARGE_PART, TIGHTEST = 1_000, 200 * MIB, 8 * MIB, 200
#: Bytes read at most of each part that identifies an office document.
LONGEST_PART = MIB

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
WORD, SHEET, SLIDES = f"{OFFICE}wordprocessingml", f"{OFFICE}spreadsheetml", f"{OFFICE}presentationml"

#: Extension → media type of the accepted files.
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": f"{WORD}.document",
    "xlsx": f"{SHEET}.sheet",
    "pptx": f"{SLIDES}.presentation",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
}
#: First and last bytes of each media type.
SIGNATURES = {
    "application/pdf": (b"%PDF-", b""),
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    "image/jpeg": (b"\xff\xd8\xff", b""),
}
ZIP, ZIP_ENTRY = b"PK\x03\x04", b"PK\x01\x02"
#: PDF readers look for the header within this many bytes.
PDF, PDF_HEAD = b"%PDF-", 1024

ALLOWED = ", ".join(TYPES)
NOT_ALLOWED = _("Choose a file of one of these types: %(types)s.")
NOT_WHAT_IT_SAYS = _("The content of this file is not that of a .%(extension)s file. Save it again in that format.")
TWO_IN_ONE = _("This file can be read as two different types. Save it again in one format.")
DAMAGED = _("This file is damaged. Save it again and check that it opens.")
ENCRYPTED = _("This file is protected by a password. Save it without one, so that everyone on the project can read it.")
TOO_MUCH_INSIDE = _("This file unpacks to far more than its size. Save it again, or as a PDF.")
UNSAFE_INSIDE = _("This file contains parts whose names lead outside it. Save it again from the program that made it.")
MACROS = _("This file contains macros. Save it without them.")


@dataclass(frozen=True)
class Upload:
    """A file that passed every check."""

    file_name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Return the hexadecimal SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def clean_name(name: str) -> str:
    """Return `name` in NFC. Raises ValidationError when it is blank, too long, a path, or has invisible characters."""
    name = unicodedata.normalize("NFC", name).strip()
    if is_blank(name):
        raise ValidationError(_("Enter a name for the file."), code="name")
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("Enter a name of at most %(most)s characters."), code="name", params={"most": LONGEST_NAME}
        )
    if hidden := find_hidden(name) or re.search(r"\s", name.replace(" ", "")):
        text = _("Remove the invisible character [%(code)s] from the name of the file.")
        raise ValidationError(text, code="name", params={"code": code_of(hidden[0])})
    if set(name) & set("/\\") or name.strip(".") == "":
        raise ValidationError(_("Enter a name without slashes, not a path."), code="name")
    return name


def check_upload(file: Any) -> Upload:
    """Read an uploaded Django File once and check it. Raises ValidationError."""
    most = settings.EVIDENCE_MAX_BYTES
    name = clean_name(file.name or "")
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    if extension not in TYPES:
        raise ValidationError(NOT_ALLOWED, code="type", params={"types": ALLOWED})
    content = file.read(most + 1)
    if max(file.size, len(content)) > most:
        text = _("This file is larger than %(most)s MiB. Shorten it, or add it in parts.")
        raise ValidationError(text, code="size", params={"most": most // MIB})
    if not content:
        raise ValidationError(_("This file is empty."), code="empty")
    media_type = TYPES[extension]
    _check_content(extension, media_type, content)
    return Upload(name, media_type, content)


def _check_content(extension: str, media_type: str, content: bytes) -> None:
    """Refuse bytes that are not of the type, or of another type as well."""
    no_such_type = ValidationError(NOT_WHAT_IT_SAYS, code="content", params={"extension": extension})
    if extension != "pdf" and PDF in content[:PDF_HEAD]:
        raise ValidationError(TWO_IN_ONE, code="polyglot") if _starts_right(media_type, content) else no_such_type
    if not _starts_right(media_type, content):
        raise no_such_type
    if media_type.startswith((OFFICE, OPEN)):
        _check_archive(content, no_such_type, media_type)
    elif zipfile.is_zipfile(BytesIO(content)):
        raise ValidationError(TWO_IN_ONE, code="polyglot")


def _starts_right(media_type: str, content: bytes) -> bool:
    if media_type in SIGNATURES:
        begin, end = SIGNATURES[media_type]
        return content.startswith(begin) and content.endswith(end)
    return _is_text(content) if media_type.startswith("text/") else content.startswith(ZIP)


def _is_text(content: bytes) -> bool:
    """Return whether the bytes are UTF-8 without control characters other than tabs and line ends."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(c) == "Cc" for c in set(text) - set("\t\n\r\f"))


def _check_archive(content: bytes, no_such_type: ValidationError, media_type: str) -> None:
    """Refuse an archive that is unsafe, or is not this kind of office document."""
    with open_archive(content) as archive:
        if not is_office(archive, media_type):
            raise no_such_type


@contextmanager
def open_archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open an archive without unpacking it. Raises ValidationError on a bomb, macros, a password or unsafe names.

    Damage found while reading inside the block is refused with the same message.
    """
    if content.count(ZIP_ENTRY) > MOST_PARTS:
        raise ValidationError(TOO_MUCH_INSIDE, code="bomb")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise ValidationError(DAMAGED, code="damaged") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    refusals: list[tuple[str, Any, Callable[[zipfile.ZipInfo], bool]]] = [
        ("damaged", DAMAGED, lambda part: part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}),
        ("unsafe", UNSAFE_INSIDE, lambda part: not _is_safe(part.orig_filename)),
        ("encrypted", ENCRYPTED, lambda part: bool(part.flag_bits & 1)),
        ("macros", MACROS, lambda part: _is_macro(part.filename.lower())),
        ("bomb", TOO_MUCH_INSIDE, lambda part: part.file_size > max(LARGE_PART, TIGHTEST * part.compress_size)),
    ]
    for code, text, applies in refusals:
        if any(applies(part) for part in parts):
            raise ValidationError(text, code=code)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise ValidationError(TOO_MUCH_INSIDE, code="bomb")
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise ValidationError(DAMAGED, code="damaged")


def _is_safe(name: str) -> bool:
    """Return whether a part stays inside the archive wherever it is unpacked."""
    return not (
        name.startswith("/")
        or ":" in name
        or "\\" in name
        or ".." in name.split("/")
        or any(unicodedata.category(c) in {"Cc", "Cf"} for c in name)
    )


def _is_macro(part: str) -> bool:
    return part.rpartition("/")[2] in {"vbaproject.bin", "vbadata.xml"} or part.startswith(("basic/", "scripts/"))


def is_office(archive: zipfile.ZipFile, media_type: str) -> bool:
    """Return whether the archive declares this media type. Raises ValidationError on macros."""
    names = set(archive.namelist())
    if media_type.startswith(OPEN):
        return "mimetype" in names and _read(archive, "mimetype") == media_type.encode()
    if "[Content_Types].xml" not in names:
        return False
    types = _read(archive, "[Content_Types].xml")
    if b"macroenabled" in types.lower():
        raise ValidationError(MACROS, code="macros")
    return f"{media_type}.main+xml".encode() in types


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LONGEST_PART)
