"""Read the product's own source files, for the tests of architecture and translation."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.ROOT
APPS = ("config", "demo", "pmo", "amoa", "governance", "projects", "roles", "core")
TEMPLATES = ROOT / "templates"


@cache
def modules() -> dict[str, ast.Module]:
    """Parse the Python files of the apps, without migrations: path below the root → syntax tree."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def templates() -> dict[str, str]:
    """Read the templates: name → source."""
    return {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }


def nodes[N: ast.AST](kind: type[N]) -> Iterator[tuple[str, N]]:
    """Yield every node of a kind with its file."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def called(node: ast.Call) -> str:
    """Return the last name of the called function: `can` of `access.can(…)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def strings(node: ast.AST) -> list[str]:
    """Yield every string constant below a node."""
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
