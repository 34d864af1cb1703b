"""Compare the page "Verify a proof" with tools/verify_ledger.py on honest, altered and hostile files, in Chromium."""

import base64
import hashlib
import json
import random
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache
from itertools import count
from pathlib import Path
from shlex import quote
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.effort import EFFORT, in_turn
from tests.governance.record.verification import test_sealed_rows as sealed_rows
from tests.governance.record.verification import test_signatures as signatures
from tests.governance.record.verification import test_two_hands as two_hands
from tests.governance.record.verification import test_verifier as catalogue
from tests.governance.record.verification.archives import HOSTILE, zipped
from tests.governance.record.verification.chains import CONTENTS, OPINION, Notary, decided
from tools.verify_ledger import (
    DOMAINS,
    START,
    UNVERIFIABLE,
    VERDICTS,
    Report,
    canonical,
    next_link,
    open_proof,
    seal,
    verify_bundle,
)

Bundle = dict[str, Any]
#: Run in the page: verify many files, which lie one after the other in the selected one, with what is kept.
JUDGE = """async (files) => {
  const { verifyFile } = await import(document.querySelector('script[src*="verify_proof"]').src);
  const data = new Uint8Array(await document.querySelector("#proof").files[0].arrayBuffer());
  const reports = [];
  let end = 0;
  for (const [length, kept] of files) {
    end += length;
    reports.push((await verifyFile(data.slice(end - length, end), kept)).asJson());
  }
  return reports;
}"""


# — what is compared —


class Corpus:
    """Files with what is kept beside them, by name."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, str]] = {}

    def add(self, name: str, file: bytes, kept: str = "") -> None:
        """Add a file; a name may come several times."""
        self.files[f"{name} ({len(self.files)})"] = (file, kept)

    def add_bundle(self, name: str, bundle: Any, kept: str = "") -> None:
        """Add a bundle as JSON."""
        self.add(name, json.dumps(bundle, ensure_ascii=False).encode(errors="surrogatepass"), kept)


@cache
def as_program(file: bytes, kept: str) -> dict[str, Any]:
    """Return what verify_ledger.py --json says of this file, with the receipts and keys in a text."""
    lines = re.findall(r"([A-Z0-9-]+) #(\d+) ([0-9a-f]{64})\b", kept)
    receipts = [{"code": code, "seq": seq, "hash": digest} for code, seq, digest in lines]
    keys = set(kept.split()) - {word for line in lines for word in line}
    try:
        bundle, records = open_proof(file)
        report = verify_bundle(bundle, [], receipts, {key for key in keys if len(key) == 64}, records)
    except Exception:
        return {"result": UNVERIFIABLE, "verdict": VERDICTS[UNVERIFIABLE], "first_bad": {}, "unreadable": True}
    return report.as_json()


def told_apart(page: dict[str, Any], program: dict[str, Any]) -> bool:
    """Return whether the two reports differ: in all of it, or in the verdict where the file cannot be read."""
    if "unreadable" in program:
        return page["result"] != program["result"] or page["first_bad"] != {}
    return page != program


def cases_of(test: Any) -> Iterator[dict[str, Any]]:
    """Yield the arguments with which a test of the catalogue runs."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield {}
    for mark in marks:
        names, values = mark.args
        names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        for value in values:
            yield dict(zip(names, value if len(names) > 1 else [value], strict=True))


def add_catalogue(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add every bundle that the tests of the program judge: run them, and keep what they hand over."""
    for module in (catalogue, signatures, sealed_rows, two_hands):
        _add_module(corpus, module, monkeypatch)
    for case in cases_of(catalogue.test_an_invalid_bundle_cannot_be_verified):
        corpus.add("invalid", case["text"].encode())


def _add_module(corpus: Corpus, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name, judged = "", module.judged

    def keep(bundle: Bundle, *, anchors: Any = (), receipts: Any = (), keys: Any = ()) -> Report:
        if not anchors:
            lines = [f"{told['code']} #{told['seq']} {told['hash']}" for told in receipts]
            corpus.add_bundle(name, bundle, "\n".join([*lines, *keys]))
        return judged(bundle, anchors=anchors, receipts=receipts, keys=keys)

    monkeypatch.setattr(module, "judged", keep)
    for name, test in vars(module).items():
        if name.startswith("test_") and "tmp_path" not in test.__code__.co_varnames and "thousand" not in name:
            for case in cases_of(test):
                test(**case)
    monkeypatch.undo()


def rich() -> Bundle:
    """Return a proof with everything: contents, effects, a condition, rows, seals, a time stamp, a receipt."""
    notary, book = Notary(), decided()
    first = notary.sees(book)
    rows = [{"table": "projects_risk", "row": str(n), "salt": f"5a3{n}", "text": f'{{"title":"É{n}"}}'} for n in (1, 2)]
    digests = [hashlib.sha256((row["salt"] + row["text"]).encode()).hexdigest() for row in rows]
    seals = [["projects_risk", "1", digests[1]], ["pmo_snapshot", "4", ""], ["projects_risk", "1", digests[0]]]
    seals.append(["projects_risk", "2", digests[1]])
    link = bytes(32)
    for table, row, digest in seals:
        link = next_link(link, table, row, bytes.fromhex(digest))
    about = {"rows": f"1-4:{link.hex()}", "shared": f"1-0:{START}"}
    book.add("advise", "governance.opinion", "2", content=seal(OPINION), **about)
    events = book.kept()
    receipt = {"code": "VIGIE", "seq": "6", "hash": events[5]["hash"], "head_seq": "7", "head": events[6]["hash"]}
    contents = [*deepcopy(CONTENTS), {"subject": "governance.opinion", "id": "2", "content": OPINION}]
    more = {"contents": contents, "contents_of": "all", "checkpoints": [first, notary.sees(book)], "receipt": receipt}
    bundle = book.bundle(**more, version="2", rows=rows, shared=[])
    bundle["projects"][0]["seals"] = seals
    bundle["timestamps"] = [{"number": "1", "token": "MAA="}]
    return bundle


def shortened() -> Bundle:
    """Return a bundle without the last event that its checkpoint saw."""
    notary, book = Notary(), decided()
    checkpoint = notary.sees(book)
    book.bodies.pop()
    return book.bundle(checkpoints=[checkpoint])


#: Other values for a value, of its own type and of others.
OTHERS: tuple[Any, ...] = ("", "x", "01", " 1", "é", 1, 0, -1, True, None, [], {}, ["x"], {"x": "y"}, [[]], "0" * 64)


def add_altered(corpus: Corpus, name: str, bundle: Bundle, others: tuple[Any, ...], chosen: random.Random) -> None:
    """Add the bundle with each value altered in turn; when WHOLE in each way: another, letter, capitals, none."""
    places = count()

    def walk(holder: Any, path: str) -> None:
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            kept = holder[key]
            ways: dict[str, Any] = {"another": chosen.choice(others)}
            if isinstance(kept, str) and kept:
                ways |= {"its last letter": kept[:-1] + ("0" if kept[-1] != "0" else "1"), "capitals": kept.upper()}
            for way in in_turn(next(places), [*ways, *(["left out"] if isinstance(holder, dict) else [])]):
                if way == "left out":
                    del holder[key]
                else:
                    holder[key] = ways[way]
                corpus.add_bundle(f"{name}{path}/{key}, {way}: {ways.get(way)!r}", bundle)
                holder[key] = kept
            if isinstance(kept, dict | list):
                walk(kept, f"{path}/{key}")

    walk(bundle, "")


#: Other values inside an event.
INSIDE: tuple[Any, ...] = ("", "x", "01", "9", "é", "2026-13-01T00:00:00.000000+00:00", 1, None, True, [], {"a": "b"})


def add_bodies(corpus: Corpus) -> None:
    """Add events that are altered inside, with all hashes made anew, or their own, or none."""
    places = count()
    for place, event in enumerate(decided().bodies):
        for inner in (False, True):
            every = event["facts"] if inner else event
            for key, other in [(key, other) for key in every for other in in_turn(next(places), INSIDE, 4)]:
                book = decided()
                body = book.bodies[place]
                (body["facts"] if inner else body)[key] = other
                name = f"event {place + 1}, {key} = {other!r}"
                if isinstance(other, str):
                    corpus.add_bundle(name, catalogue.full(book))
                    continue
                said, bundle = canonical(body), catalogue.full()
                kept = bundle["projects"][0]["events"][place]
                kept["body"] = base64.b64encode(said).decode()
                if other is not None:
                    kept["hash"] = hashlib.sha256(DOMAINS["2"] + said).hexdigest()
                corpus.add_bundle(name, bundle)


def add_texts(corpus: Corpus) -> None:
    """Add hostile texts: not JSON, too deep, names twice, other figures, other encodings."""
    honest = json.dumps(catalogue.full())
    texts = {
        "a name twice": honest.replace('"format"', '"format": "x", "format"', 1),
        "a name twice inside": honest.replace('"code"', '"code": "X", "code"', 1),
        "a mark before": "\ufeff" + honest,
        "spaces around": f" \n\t{honest}\r\n ",
        "another space": f"\u00a0{honest}",
        "more after": honest + "x",
        "a comma more": honest[:-1] + ",}",
        "a fraction": honest[:-1] + ', "x": 1.0}',
        "an exponent": honest[:-1] + ', "x": 1e5}',
        "not a number": honest[:-1] + ', "x": NaN}',
        "endless": honest[:-1] + ', "x": -Infinity}',
        "a zero first": honest[:-1] + ', "x": 01}',
        "a long figure": honest[:-1] + f', "x": {"9" * 4200}}}',
        "too long a figure": honest[:-1] + f', "x": {"9" * 4400}}}',
        "half of a character": honest.replace("Oui", "\\ud800"),
        "a line in a text": honest.replace("Oui", "O\nui"),
        "a prototype": honest[:-1] + ', "__proto__": {"format": "x"}, "constructor": 1}',
        "a prototype in a content": honest.replace('"salt"', '"__proto__": {}, "salt"', 1),
        "in quotes": "'" + honest + "'",
    }
    for depth in (30, 31, 32, 33, 34, 500, 20_000):
        texts[f"lists {depth} deep"] = honest[:-1] + f', "x": {"[" * depth}{"]" * depth}}}'
        texts[f"maps {depth} deep"] = honest[:-1] + ', "x": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    for name, text in texts.items():
        corpus.add(name, text.encode())
    for encoding in ("utf-16", "utf-32", "latin-1"):
        corpus.add(encoding, json.dumps(catalogue.full(), ensure_ascii=False).encode(encoding))


def add_flipped(corpus: Corpus, name: str, file: bytes, times: int, chosen: random.Random) -> None:
    """Add the file with one bit flipped, and cut short."""
    for _ in range(times):
        data = bytearray(file)
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        corpus.add(f"{name}, a bit", bytes(data))
        corpus.add(f"{name}, cut", file[: chosen.randrange(len(file))])


@pytest.fixture
def page(person: Callable[..., Page]) -> Page:
    """Open the page as a stranger."""
    opened = person("anonymous", language="en")
    opened.goto("/verify/")
    return opened


def judged_by(page: Page, folder: Path, files: Iterable[tuple[bytes, str]]) -> list[dict[str, Any]]:
    """Return what the page says of each file. The browser reads them from the disk: sent to it, they take longer."""
    given = list(files)
    (folder / "files").write_bytes(b"".join(file for file, _ in given))
    page.locator("#proof").set_input_files(folder / "files")
    reports: list[dict[str, Any]] = page.evaluate(JUDGE, [[len(file), kept] for file, kept in given])
    return reports


def compare(page: Page, corpus: Corpus, folder: Path) -> list[str]:
    """Return the names of the files on which the page and the program differ."""
    names = list(corpus.files)
    reports = judged_by(page, folder, corpus.files.values())
    programs = [as_program(*corpus.files[name]) for name in names]
    return [
        f"{name}\n  page: {json.dumps(report)}\n  program: {json.dumps(program)}"
        for name, report, program in zip(names, reports, programs, strict=True)
        if told_apart(report, program)
    ]


def test_page_and_program_agree_on_every_file_of_the_tests(
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    corpus, chosen = Corpus(), random.Random(17)  # noqa: S311
    add_catalogue(corpus, monkeypatch)
    add_altered(corpus, "rich", rich(), OTHERS, chosen)
    add_altered(corpus, "sealed", sealed_rows.honest().bundle(), OTHERS, chosen)
    add_altered(corpus, "signed", signatures.signed_by(signatures.given()), OTHERS, chosen)
    add_bodies(corpus)
    add_texts(corpus)
    for name, make in HOSTILE.items():
        if "bomb" not in name:
            corpus.add(name, make())
    honest = zipped({"proof.json": json.dumps(rich()).encode(), "record-fr.pdf": b"%PDF"})
    corpus.add("a zip", honest)
    add_flipped(corpus, "a zip", honest, 30 * EFFORT, chosen)
    add_flipped(corpus, "a proof", json.dumps(catalogue.full()).encode(), 30 * EFFORT, chosen)
    assert {as_program(*file)["verdict"] for file in corpus.files.values()} == set(VERDICTS.values())
    differing = compare(page, corpus, tmp_path)
    assert not differing, f"{len(differing)} of {len(corpus.files)}:\n" + "\n".join(differing[:20])


def test_page_and_program_agree_on_real_proofs_and_exports(
    page: Page, person: Callable[..., Page], instance: dict[str, Any], query: Any, tmp_path: Path
) -> None:
    corpus, chosen = Corpus(), random.Random(18)  # noqa: S311
    member = person("owner")
    for (number,) in query("SELECT id FROM governance_decision ORDER BY id DESC LIMIT %s", 8 * EFFORT):
        answer = member.request.get(f"/decisions/{number}/proof.zip")
        if answer.status == 200:
            corpus.add(f"proof of decision {number}", answer.body())
    assert corpus.files
    honest = len(corpus.files)
    exports = {options: tmp_path / f"{options}.json" for options in ("", "--contents", "--project ONE --contents")}
    calls = [f"call_command('ledger_export', *{[*way.split(), '--output', str(to)]})" for way, to in exports.items()]
    code = "; ".join(["from django.core.management import call_command", *calls])
    command = f"{instance['commands']['manage']} shell --no-imports --command {quote(code)}"
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    for options, file in exports.items():
        corpus.add(f"export {options}", file.read_bytes())
    names = list(corpus.files)
    reports = {name: as_program(*corpus.files[name]) for name in names}
    assert {name: report for name, report in reports.items() if report["verdict"] != "INTACT"} == {}
    for name in (names[0], names[honest - 1], names[-1]):
        bundle, _records = open_proof(corpus.files[name][0])
        for _ in range((1 if name == names[-1] else 3) * EFFORT):  # an export takes seconds
            altered = deepcopy(bundle)
            alter(altered, chosen)
            corpus.add_bundle(f"{name}, altered", altered)
    add_flipped(corpus, "a real zip", corpus.files[names[0]][0], 5 * EFFORT, chosen)
    assert compare(page, corpus, tmp_path) == []


def alter(bundle: Bundle, chosen: random.Random) -> None:
    """Replace one value somewhere in a bundle."""
    holder: Any = bundle
    while True:
        key = chosen.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        value = holder[key]
        if isinstance(value, dict | list) and value:
            holder = value
            continue
        holder[key] = chosen.choice([*OTHERS, f"{value}x"])
        return


def test_files_that_are_too_large_are_refused_in_a_sentence(page: Page, tmp_path: Path) -> None:
    for name, make in HOSTILE.items():
        if "bomb" in name:
            [report] = judged_by(page, tmp_path, [(make(), "")])
            assert report["verdict"] == "CANNOT VERIFY", name
    large = "async () => (await (await import(document.querySelector('script[src*=\"verify_proof\"]').src))"
    large += ".verifyFile({length: 65 * 2 ** 20})).asJson().faults[0].what"
    assert page.evaluate(large) == "this file cannot be read as a proof: it holds more than 64 MB"


# — as a person —

FILES = {"name": "proof.zip", "mimeType": "application/zip"}


def verify(page: Page, file: bytes, kept: str = "") -> Any:
    """Select this file on the page, verify it, and return where the result stands."""
    page.locator("#proof").set_input_files([{**FILES, "buffer": file}])
    page.locator("#kept").fill(kept)
    page.locator("#verify button").click()
    return page.locator("#result")


def test_a_stranger_verifies_a_proof_without_a_connection(
    person: Callable[..., Page], query: Any, complaints: Any
) -> None:
    [[number, project, line]] = query(
        "SELECT d.id, p.code, p.code || ' #' || e.seq || ' ' || encode(e.hash, 'hex') FROM governance_decision d"
        " JOIN projects_project p ON p.id = d.project_id JOIN projects_ledgerevent e ON e.subject_id = d.id"
        " AND e.subject = 'governance.decision' AND e.act = 'decide' WHERE p.code = 'ONE' ORDER BY d.id LIMIT 1"
    )
    file = person("owner").request.get(f"/decisions/{number}/proof.zip").body()
    page = person("anonymous", language="fr")
    page.goto("/")
    page.get_by_role("link", name="Vérifier une preuve").click()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    result = verify(page, file, line)
    expect(result.get_by_role("heading", level=2)).to_contain_text("Intact")
    expect(result.locator(".notice")).to_have_attribute("data-kind", "ok")
    expect(result).to_contain_text(f"Projet {project}")
    expect(result).to_contain_text("1 lignes que vous avez gardées")
    expect(result).to_contain_text("Que la personne a agi elle-même")
    other = line[:-1] + ("0" if line[-1] != "0" else "1")
    result = verify(page, file, other)
    expect(result.get_by_role("heading", level=2)).to_have_text("Altéré")
    expect(result).to_contain_text("le récépissé de l’écriture")
    assert asked == []
    assert complaints == []


@pytest.mark.parametrize(
    ("make", "title", "kind"),
    [
        (lambda: json.dumps(rich()).encode().replace(b"Oui", b"Non"), "Altered", "error"),
        (lambda: json.dumps(shortened()).encode(), "Truncated", "error"),
        (lambda: b"[" * 1_000_000, "Cannot verify", "warn"),
        (HOSTILE["a bomb"], "Cannot verify", "warn"),
        (lambda: b"", "Cannot verify", "warn"),
        (lambda: b"<html>", "Cannot verify", "warn"),
    ],
    ids=["altered", "truncated", "deep", "bomb", "empty", "web page"],
)
def test_the_page_says_in_words_what_it_found(
    page: Page, complaints: Any, make: Callable[[], bytes], title: str, kind: str
) -> None:
    result = verify(page, make())
    expect(result.get_by_role("heading", level=2)).to_have_text(title)
    expect(result.locator(".notice")).to_have_attribute("data-kind", kind)
    expect(result.get_by_role("heading", name="Proved", exact=True)).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (
            "const keep = crypto.subtle.importKey.bind(crypto.subtle);"
            "crypto.subtle.importKey = (form, key, name, ...more) => name === 'Ed25519'"
            " ? Promise.reject(new DOMException('', 'NotSupportedError')) : keep(form, key, name, ...more);",
            "this browser cannot check its signature (Ed25519)",
        ),
        ("Object.defineProperty(crypto, 'subtle', { value: undefined })", "only for an address that begins with https"),
    ],
)
def test_a_browser_that_lacks_something_proves_nothing(page: Page, lacking: str, words: str) -> None:
    page.add_init_script(lacking)
    page.reload()
    result = verify(page, json.dumps(rich()).encode())
    expect(result.get_by_role("heading", level=2)).to_have_text("Cannot verify")
    expect(result.locator(".notice")).to_have_attribute("data-kind", "warn")
    expect(result).to_contain_text(words)
