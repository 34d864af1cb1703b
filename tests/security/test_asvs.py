"""docs/asvs.csv answers each requirement of OWASP ASVS 5.0.0, levels 1 and 2; docs/security.md is what it refers to."""

import ast
import csv
import re
import tomllib
from functools import cache

from django.conf import settings

from core.files.checks import MOST_PARTS, TYPES
from roles.passkeys.relying_party import ALGORITHMS
from tests.sources import ROOT, nodes

#: Section = level of each of its requirements, in order.
LEVELS = """
1.1=22 1.2=1111122223 1.3=112222222223 1.4=222 1.5=123 2.1=122 2.2=112 2.3=12223 2.4=23 3.1=3 3.2=113
3.3=12223 3.4=11222233 3.5=11122333 3.6=3 3.7=22333 4.1=12233 4.2=23333 4.3=22 4.4=1222 5.1=2 5.2=112333
5.3=113 5.4=222 6.1=122 6.2=111111112222 6.3=11223333 6.4=112233 6.5=22222333 6.6=2223 6.7=33 6.8=2222 7.1=222
7.2=1111 7.3=22 7.4=11222 7.5=223 7.6=22 8.1=1233 8.2=1123 8.3=133 8.4=23 9.1=111 9.2=1222 10.1=22 10.2=223
10.3=22223 10.4=1111122222233333 10.5=22222 10.6=22 10.7=222 11.1=2233 11.2=22233 11.3=11233 11.4=1222 11.5=23
11.6=23 11.7=33 12.1=12233 12.2=11 12.3=22223 13.1=2333 13.2=222223 13.3=2233 13.4=1222233 14.1=22
14.2=12223333 14.3=122 15.1=12233 15.2=12233 15.3=1222222 15.4=3333 16.1=2 16.2=22222 16.3=2222 16.4=222
16.5=2223 17.1=23 17.2=22223333 17.3=22
"""
ANSWERS = {"yes", "no", "partly", "not applicable"}
PATH = re.compile(
    r"(?:core|roles|projects|governance|amoa|pmo|config|docs|tests|static|requirements|deploy)/[\w./-]*\w"
)
FILE = re.compile(r"(?<![\w/])[\w.-]*\w\.(?:py|toml|yml|txt)|\.dockerignore")
SECURITY = (ROOT / "docs/security.md").read_text(encoding="utf-8")
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))


@cache
def rows() -> list[dict[str, str]]:
    """Return the lines of the page."""
    with (ROOT / "docs/asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def list_requirements() -> list[tuple[str, str]]:
    """List the identifier and the level of each requirement of levels 1 and 2, in order."""
    sections = [section.split("=") for section in LEVELS.split()]
    every = [(f"V{section}.{n}", level) for section, found in sections for n, level in enumerate(found, start=1)]
    return [(name, level) for name, level in every if level in {"1", "2"}]


def test_each_requirement_has_one_line_with_its_level() -> None:
    assert [(row["id"], row["level"]) for row in rows()] == list_requirements()


def test_each_line_has_its_answer_and_one_sentence() -> None:
    wrong = [
        row["id"]
        for row in rows()
        if row["answer"] not in ANSWERS or not row["subject"] or not row["how"].endswith(".") or None in row.values()
    ]
    assert wrong == []


def test_what_is_said_to_hold_has_a_test_or_says_who_decides() -> None:
    without = [row for row in rows() if row["answer"] in {"yes", "partly"} and not row["test"]]
    assert [row["id"] for row in without if "docs/" not in row["how"] and "The host decides" not in row["how"]] == []
    assert [row["id"] for row in rows() if row["answer"] in {"no", "not applicable"} and row["test"]] == []


def test_every_test_and_file_that_is_named_exists() -> None:
    missing = []
    for row in rows():
        path, _, name = row["test"].partition("::")
        if path and not (ROOT / path).is_file():
            missing.append(path)
        elif name and f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8"):
            missing.append(row["test"])
        named = [*PATH.findall(row["how"]), *(file for file in FILE.findall(row["how"]) if "/" not in file)]
        missing += [file for file in named if not (ROOT / file).exists() and not any(ROOT.glob(f"*/{file}"))]
    assert missing == []


# — what no other test shows —

#: Calls that run a text or unpack objects.
RUNS = {"eval", "exec", "compile_command", "pickle", "marshal", "shelve", "popen"}
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|adoptNode|importNode"
)
#: Scripts that parse a page into a document of its own, where nothing runs: they read its text, and drafts.js moves
#: what a template of ours drew, whose scripts do not run either.
PARSES = ["drafts.js", "paste.js", "unsent.js"]
STORES = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|caches\.open")


@cache
def used_names() -> set[tuple[str, str]]:
    """Return the names that the apps use, each with its file: plain, behind a point, and imported."""
    plain = {(path, node.id) for path, node in nodes(ast.Name)}
    behind = {(path, node.attr) for path, node in nodes(ast.Attribute)}
    imports = [*nodes(ast.Import), *nodes(ast.ImportFrom)]
    return plain | behind | {(path, alias.name.partition(".")[0]) for path, node in imports for alias in node.names}


def test_no_file_runs_a_text() -> None:
    assert [(path, name) for path, name in used_names() if name in RUNS] == []
    assert [path for path, node in nodes(ast.Call) if "shell" in [word.arg for word in node.keywords]] == []
    assert SCRIPTS
    assert [script.name for script in SCRIPTS if SINKS.search(script.read_text(encoding="utf-8"))] == []
    assert [script.name for script in SCRIPTS if "DOMParser" in script.read_text(encoding="utf-8")] == PARSES


def test_no_script_stores_anything() -> None:
    assert [script.name for script in SCRIPTS if STORES.search(script.read_text(encoding="utf-8"))] == []


def test_no_weak_hash_is_used() -> None:
    weak = {"md5", "sha1", "MD5", "SHA1"}
    assert [(path, name) for path, name in used_names() if name in weak] == []


def test_every_text_says_its_character_set() -> None:
    """The types of accepted files get theirs where they are served (governance/decide/evidence/downloads.py)."""
    told = {node.value for path, node in nodes(ast.Constant) if path != "core/files/checks.py"}
    types = {text for text in told if isinstance(text, str) and re.match(r"(text/\w{3,}|application/xml)(;|$)", text)}
    assert {"text/csv; charset=utf-8", "application/xml; charset=utf-8"} <= types
    silent = {text for text in types if not re.search(r"; charset=utf-8(;|$)", text, re.IGNORECASE)}
    assert silent == {"text/csv"}, "of the demonstration"


def test_the_page_says_which_files_are_accepted() -> None:
    [line] = [line for line in SECURITY.splitlines() if line.startswith("| Types")]
    assert re.findall(r"\w+", line.split("|")[2]) == list(TYPES)
    assert f"{MOST_PARTS:,} parts".replace(",", " ") in SECURITY


def test_the_page_says_which_algorithms_are_used() -> None:
    names = {-7: "ES256", -8: "EdDSA", -257: "RS256"}
    assert {names[algorithm] for algorithm in ALGORITHMS if names[algorithm] not in SECURITY} == set()
    for name in ("SHA-256", "HMAC-SHA-256", "Ed25519", "Argon2id"):
        assert name in SECURITY


def test_every_package_is_pinned_by_its_hash() -> None:
    pinned = re.split(r"\n(?=\S)", (ROOT / "requirements/prod.txt").read_text(encoding="utf-8").strip())
    assert [
        package for package in pinned if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+[^\n]*\n +--hash=sha256:", package)
    ] == []
    names = {re.split(r"[=\[]", package)[0] for package in pinned}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {re.split(r"[\[><=]", need)[0] for need in wanted} - names == set()


def test_the_image_takes_listed_folders_only() -> None:
    first, *others = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    taken = {line[1:] for line in others if line.startswith("!")}
    assert first == "*"
    assert not taken & {".git", "tests", "docs", "deploy", "var", ".env", "tools"}
    assert {name for name in taken if not (ROOT / name).exists()} == set()


def test_logs_go_to_the_standard_output_alone() -> None:
    assert {handler["class"] for handler in settings.LOGGING["handlers"].values()} == {"logging.StreamHandler"}
    server = (ROOT / "gunicorn.conf.py").read_text(encoding="utf-8")
    assert 'accesslog = "-"' in server
    assert not re.search(r"^(errorlog|logconfig|syslog)", server, re.MULTILINE)
