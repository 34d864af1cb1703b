"""Build uploads byte by byte: honest files of each type, and hostile ones."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from core.files.checks import TYPES, WORD, Upload, check_upload

MAIN = '<Override ContentType="{kind}.main+xml" PartName="/main.xml"/>'


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """Build an uploaded file as the form receives it."""
    return SimpleUploadedFile(name, content)


def upload(name: str = "quotation.txt", text: str = "Ice machine: EUR 18,000.\n") -> Upload:
    """Build a checked text file."""
    return check_upload(sent(name, text.encode()))


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Build an archive of these parts, in their order."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


def office(extension: str, more: dict[str, bytes | str] | None = None, told: str = "") -> bytes:
    """Build an office document with further parts; `told` is appended to its content types."""
    kind = TYPES[extension]
    if "opendocument" in kind:
        return zipped({"mimetype": kind, "content.xml": "<text/>", **(more or {})})
    return zipped({"[Content_Types].xml": MAIN.format(kind=kind) + told, "main.xml": "<text/>", **(more or {})})


def png() -> bytes:
    """Build an image of one grey pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 120 + b"PE\0\0"

#: One honest file of each type.
HONEST: dict[str, bytes] = {
    "quotation.pdf": PDF,
    "plan.png": png(),
    "quay.jpg": JPEG,
    "quay.JPEG": JPEG,
    **{f"report.{extension}": office(extension) for extension in ("docx", "xlsx", "pptx", "odt", "ods", "odp")},
    "notes.txt": "Marée haute à 17 h 40.\r\n".encode(),
    "notes.md": b"\xef\xbb\xbf# Notes\n",
    "berths.csv": b"berth,length\n1,8\n",
}


@cache
def document_bomb() -> bytes:
    """Build a text document of a few kilobytes that unpacks to 40 MiB."""
    return office("docx", {"word/document.xml": b"\0" * (40 * 1024 * 1024)})


@cache
def loose_bomb() -> bytes:
    """Build many parts, each of modest size, that unpack to more than 200 MiB together."""
    part = (b"0123456789abcdef" * 16 + bytes(range(256))) * 2048  # 1 MiB, compressed about ninety times
    return office("xlsx", {f"xl/part{number}.xml": part for number in range(260)})


def locked() -> bytes:
    """Build a text document with parts marked as encrypted."""
    content = bytearray(office("docx"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(signature, place + 4)
    return bytes(content)


def twice_the_same_part() -> bytes:
    """Build an archive with two parts of one name: the shown content depends on the reader."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", MAIN.format(kind=TYPES["docx"]))
        for text in ("<yes/>", "<no/>"):
            archive.writestr("word/document.xml" if text == "<yes/>" else "WORD/document.xml", text)
    return kept.getvalue()


#: label → (file name, its bytes or how to build them, part of the refusal).
HOSTILE: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "a program called PDF": ("invoice.pdf", EXE, "not that of a .pdf file"),
    "a program": ("setup.exe", EXE, "one of these types"),
    "a page": ("report.html", b"<script>alert(1)</script>", "one of these types"),
    "a drawing with script": ("plan.svg", b"<svg onload='alert(1)'/>", "one of these types"),
    "no extension": ("report", b"Text", "one of these types"),
    "two extensions": ("report.pdf.exe", PDF, "one of these types"),
    "a picture called text": ("notes.txt", png(), "not that of a .txt file"),
    "text called picture": ("plan.png", b"Just text\n", "not that of a .png file"),
    "binary called CSV": ("berths.csv", b"a,b\0c\n", "not that of a .csv file"),
    "text in Latin 1": ("notes.txt", "Marée".encode("latin-1"), "not that of a .txt file"),
    "nothing in it": ("notes.txt", b"", "is empty"),
    "a sheet called text document": ("report.docx", office("xlsx"), "not that of a .docx file"),
    "an archive called text document": ("report.docx", zipped({"a.txt": "a"}), "not that of a .docx file"),
    "an open document of another kind": ("report.odt", office("ods"), "not that of a .odt file"),
    "half a text document": ("report.docx", office("docx")[:-40], "is damaged"),
    "a bomb": ("report.docx", document_bomb, "unpacks to far more"),
    "a bomb of many parts": ("report.xlsx", loose_bomb, "unpacks to far more"),
    "more than 1,000 parts": (
        "report.docx",
        office("docx", {f"word/{n}.xml": "x" for n in range(1001)}),
        "unpacks to far more",
    ),
    "macros": ("report.docx", office("docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "contains macros"),
    "macros it admits": (
        "report.docx",
        office("docx", told='<x ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        "contains macros",
    ),
    "a macro document under its own name": ("report.docm", office("docx"), "one of these types"),
    "macros of an open document": (
        "report.odt",
        office("odt", {"Basic/Standard/Module1.xml": "<x/>"}),
        "contains macros",
    ),
    "a part that climbs out": ("report.docx", office("docx", {"../../etc/cron.d/x": "x"}), "lead outside it"),
    "a part from the root": ("report.docx", office("docx", {"/etc/passwd": "x"}), "lead outside it"),
    "a part with a drive": ("report.docx", office("docx", {"C:\\x.exe": "x"}), "lead outside it"),
    "a password": ("report.docx", locked(), "protected by a password"),
    "two parts of one name": ("report.docx", twice_the_same_part(), "is damaged"),
    "a packing nobody uses": (
        "report.docx",
        zipped({"[Content_Types].xml": MAIN.format(kind=f"{WORD}.document")}, zipfile.ZIP_LZMA),
        "is damaged",
    ),
    "a PDF that is an archive too": ("report.pdf", PDF + zipped({"a.html": "<script/>"}), "two different types"),
    "a picture that is an archive too": ("quay.jpg", JPEG + zipped({"a.jar": "x"}), "two different types"),
    "a picture with something behind it": ("plan.png", png() + b"<?php", "not that of a .png file"),
    "a text document that is a PDF too": (
        "report.docx",
        zipped({"a": b"%PDF-1.7 %%EOF", "[Content_Types].xml": MAIN.format(kind=TYPES["docx"])}, zipfile.ZIP_STORED),
        "two different types",
    ),
    "a text that is a PDF too": ("notes.txt", b"\n%PDF-1.7\n%%EOF", "two different types"),
}


def hostile_bytes(name: str) -> bytes:
    """Return the bytes of a hostile file by its label."""
    content = HOSTILE[name][1]
    return content if isinstance(content, bytes) else content()


def hostile(name: str) -> SimpleUploadedFile:
    """Build a hostile file by its label."""
    return sent(HOSTILE[name][0], hostile_bytes(name))


#: Forbidden name of a document or a file → part of the refusal.
WEIRD_NAMES = {
    "invoice\u202efdp.txt": "[U+202E] from the name",
    "note\u200bs.txt": "[U+200B] from the name",
    "notes\x00.txt": "[U+0000] from the name",
    "notes\r\nSet-Cookie: a=b.txt": "[U+000D] from the name",
    "\x1b[2Jnotes.txt": "[U+001B] from the name",
    "a/b.txt": "not a path",
    "..\\..\\b.txt": "not a path",
    "..": "not a path",
    f"{'n' * 147}.txt": "at most 150 characters",
    "   ": "Enter a name for the file",
    "\u3164": "Enter a name for the file",
}
