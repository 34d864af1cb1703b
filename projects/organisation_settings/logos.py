"""Check a picture before it becomes the logo: type, size on disk and on screen, and that the PDF can draw it."""

import re
from pathlib import PurePosixPath
from typing import Any

import typst
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.files.checks import Upload, check_upload

KIB = 1024
SUFFIXES = {".png", ".jpg", ".jpeg"}
MOST_BYTES, MOST_PIXELS = 256 * KIB, 2_000
PNG_SIZE = re.compile(rb"\x89PNG\r\n\x1a\n....IHDR(.{4})(.{4})", re.DOTALL)
#: Start of frame of a JPEG, whose segment holds height and width; other codes of the range are tables.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers without a length.
BARE = {0x01, *range(0xD0, 0xDA)}


def check_logo(file: Any) -> Upload:
    """Read an uploaded File and check it. Raises ValidationError."""
    if file.size > MOST_BYTES:
        raise ValidationError(
            _("Choose a picture of at most %(most)s KiB."), code="size", params={"most": MOST_BYTES // KIB}
        )
    if PurePosixPath(file.name or "").suffix.lower() not in SUFFIXES:
        raise ValidationError(_("Choose a PNG or JPEG picture."), code="type")
    upload = check_upload(file)
    width, height = _size_of(upload)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        text = _("Choose a picture of at most %(most)s × %(most)s pixels.")
        raise ValidationError(text, code="pixels", params={"most": MOST_PIXELS})
    if not _can_be_drawn(upload):
        raise ValidationError(_("This picture is damaged. Save it again as PNG or JPEG."), code="damaged")
    return upload


def _size_of(upload: Upload) -> tuple[int, int]:
    """Return width and height as the header of the picture says; (0, 0) when it says none."""
    if upload.media_type == "image/png":
        found = PNG_SIZE.match(upload.content)
        return (int.from_bytes(found[1]), int.from_bytes(found[2])) if found else (0, 0)
    return _size_of_jpeg(upload.content)


def _size_of_jpeg(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width), int.from_bytes(height)
        length = 0 if marker in BARE else int.from_bytes(content[place + 2 : place + 4])
        place += 2 + length
    return 0, 0


def _can_be_drawn(upload: Upload) -> bool:
    """Return whether the typesetter of the records draws the picture."""
    listed = ",".join(str(byte) for byte in upload.content)
    try:
        typst.compile(f"#image(bytes(({listed},)), width: 1cm)".encode(), format="pdf", ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True
