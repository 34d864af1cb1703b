"""Read the product's own source files, for the tests of architecture and translation."""

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT: Path = settings.ROOT
APPS = ("config", "demo", "pmo", "amoa", "governance", "projects", "roles", "core")
TEMPLATES = ROOT / "templates"


@cache
def sources() -> dict[str, str]:
    """Read the Python files of the apps, without migrations: path below the root → source."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def modules() -> dict[str, ast.Module]:
    """Parse these files: path below the root → syntax tree."""
    parsed = {path: ast.parse(source) for path, source in sources().items()}
    gc.freeze()  # half a million nodes, which each full collection of the session would visit
    return parsed


@cache
def templates() -> dict[str, str]:
    """Read the templates: name → source."""
    return {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }


@cache
def _nodes_by_class() -> dict[type[ast.AST], list[tuple[str, Any]]]:
    found: dict[type[ast.AST], list[tuple[str, Any]]] = defaultdict(list)
    for path, tree in modules().items():
        for node in ast.walk(tree):
            found[type(node)].append((path, node))
    return found


def nodes[N: ast.AST](kind: type[N]) -> Iterator[tuple[str, N]]:
    """Yield every node of exactly this class with its file."""
    yield from _nodes_by_class()[kind]


def called(node: ast.Call) -> str:
    """Return the last name of the called function: `can` of `access.can(…)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def strings(node: ast.AST) -> list[str]:
    """Yield every string constant below a node."""
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


@cache
def all_strings() -> set[str]:
    """Return every string constant of the product."""
    return {node.value for _path, node in nodes(ast.Constant) if isinstance(node.value, str)}
