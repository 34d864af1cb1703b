"""Find attributes set on rows outside their models: an answer travels in a value of its own, not on a row."""

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Model

from tests.sources import modules

#: Objects that are no rows, by the name they have in files that import a model.
NO_ROWS = {
    "chain": "the verifier's reading of a ledger",
    "entry": "a line of a file, or of an archive",
    "field": "a field of a form",
    "form": "a form",
    "kind": "a kind of decision",
    "login": "a sign-in at the provider",
    "message": "a mail",
    "parser": "the command line",
    "report": "a result of the verifier",
    "request": "a request",
    "task": "a line of My tasks",
    "view": "a view that another one asks",
    "workspace_registry": "the lists that workspaces fill",
    "workspaces": "a field of a form",
    "world": "the world of a scenario",
}


def _imports_a_model(tree: ast.Module) -> bool:
    """Return whether a module imports from a `models` module of the house."""
    imported = (node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(module.endswith(".models") and not module.startswith("django") for module in imported)


def _names_a_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id not in {"self", "cls"}


def _set_on_names(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, variable and attribute of each assignment to an attribute of a plain variable but `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _names_a_variable(node.value):
            yield node.lineno, ast.unparse(node.value), node.attr
        constant = isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr" and len(node.args) == 3
        if constant and isinstance(node.args[0], ast.Name) and isinstance(node.args[1], ast.Constant):
            yield node.lineno, node.args[0].id, str(node.args[1].value)


def _find(path: str, tree: ast.Module, declared: set[str]) -> list[str]:
    """List the attributes set in a module that no model declares."""
    if path.endswith("/models.py") or not _imports_a_model(tree):
        return []
    return [
        f"{path}:{line}: {name}.{attribute}"
        for line, name, attribute in _set_on_names(tree)
        if name not in NO_ROWS and attribute not in declared
    ]


@pytest.fixture(scope="module")
def declared() -> set[str]:
    """Return the attributes that a model has: its fields with their keys, its properties and its relations."""
    return {attribute for model in {*apps.get_models(), Model} for attribute in dir(model)}


def test_no_attribute_is_set_on_a_row_that_its_model_does_not_declare(declared: set[str]) -> None:
    found = [place for path, tree in modules().items() for place in _find(path, tree, declared)]

    assert found == [], "return the answer instead, or declare a field or a property in the model"


@pytest.mark.parametrize(
    "line",
    ["decision.may_read = True", "for row.mark in rows: pass", 'setattr(row, "answer", 1)', "row.a, row.b = 1, 2"],
)
def test_an_answer_set_on_a_row_is_found(declared: set[str], line: str) -> None:
    tree = ast.parse(f"from roles.models import User\n{line}")

    assert _find("governance/some_views.py", tree, declared - {"mark", "answer", "a", "b"}) != []
    assert _find("governance/models.py", tree, declared) == []
