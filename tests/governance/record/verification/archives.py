"""Make zips by hand, those of Ouvrage and hostile ones, for both verifiers."""

import io
import json
import struct
import zipfile
from collections.abc import Callable

from tests.governance.record.verification.chains import CONTENTS, decided


def proof() -> bytes:
    """Return an honest proof."""
    return json.dumps(decided().bundle(contents=CONTENTS, contents_of="all")).encode()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these files as Ouvrage writes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def patched(offset: int, change: bytes, *, central: bool = True, local: bool = True) -> bytes:
    """Return an honest zip with other bytes at this place of the headers of its one file."""
    data = bytearray(zipped({"proof.json": proof()}))
    start = struct.unpack("<I", data[-6:-2])[0]
    if local:
        data[offset : offset + len(change)] = change
    if central:
        data[start + offset + 2 : start + offset + 2 + len(change)] = change
    return bytes(data)


def moved(place: int, change: bytes) -> bytes:
    """Return an honest zip with other bytes at this place of its end."""
    data = bytearray(zipped({"proof.json": proof()}))
    data[len(data) - 22 + place : len(data) - 22 + place + len(change)] = change
    return bytes(data)


def twice() -> bytes:
    """Return a zip with a second proof.json."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("proof.json"), proof())
        with_another = zipfile.ZipInfo("proof_json")
        archive.writestr(with_another, b"{}")
    return made.getvalue().replace(b"proof_json", b"proof.json")


#: Zips that neither verifier reads.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"PK",
    "no proof": lambda: zipped({"READ-ME.txt": b"Proved."}),
    "a bomb": lambda: zipped({"proof.json": bytes((64 << 20) + 1)}),
    "a bomb of two files": lambda: zipped({"a": bytes(40 << 20), "proof.json": bytes(40 << 20)}),
    "a bomb that says it is small": lambda: patched(22, struct.pack("<I", 100)),
    "a file that says it is larger": lambda: patched(22, struct.pack("<I", 1 << 20)),
    "many files": lambda: zipped({f"f{number}": b"" for number in range(17)}),
    "a path upwards": lambda: zipped({"../proof.json": proof()}),
    "a path": lambda: zipped({"a/proof.json": proof()}),
    "a name of nothing": lambda: zipped({"": proof()}),
    "a name of another script": lambda: zipped({"prööf.json": proof(), "proof.json": proof()}),
    "a proof twice": twice,
    "a false sum": lambda: patched(14, b"abcd"),
    "an encrypted file": lambda: patched(6, b"\x01"),
    "a size told later": lambda: patched(6, b"\x08"),
    "another method": lambda: patched(8, b"\x0c"),
    "stored, it says": lambda: patched(8, b"\x00"),
    "headers that differ": lambda: patched(14, b"abcd", local=False),
    "versions that differ": lambda: patched(4, b"\x15", local=False),
    "names that differ": lambda: zipped({"proof.json": proof()}).replace(b"proof.json", b"proof.jsom", 1),
    "bytes before": lambda: b"PK\x03\x04" + zipped({"proof.json": proof()}),
    "bytes after": lambda: zipped({"proof.json": proof()}) + b"\x00",
    "a comment": lambda: moved(20, b"\x02\x00") + b"ok",
    "two disks": lambda: moved(4, b"\x01"),
    "more files than there are": lambda: moved(8, b"\x02\x00\x02\x00"),
    "a start elsewhere": lambda: moved(16, b"\x00\x00\x00\x00"),
    "a start beyond": lambda: moved(16, b"\xff\xff\xff\xff"),
    "half of it": lambda: zipped({"proof.json": proof()})[:-30],
    "another program's": lambda: zipped({"proof.json": b"{}"}).replace(b"PK\x01\x02", b"PK\x01\x03"),
}
