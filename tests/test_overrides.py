"""An override has no docstring, unless it says what neither the hook that it overrides nor its own code says."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType
from typing import Any

import core.pages.converters  # noqa: F401  (registers <code:…>)
from tests.sources import APPS, modules, sources

#: New words that a docstring needs, of three letters and more, compared by their first five.
LEAST = 2
#: Words that say nothing of the subject.
PLAIN = frozenset(
    [
        "the",
        "and",
        "with",
        "for",
        "its",
        "are",
        "that",
        "this",
        "these",
        "those",
        "from",
        "when",
        "while",
        "whether",
        "which",
        "what",
        "who",
        "into",
        "out",
        "not",
        "none",
        "without",
        "each",
        "every",
        "all",
        "one",
        "other",
        "than",
        "only",
        "also",
        "because",
        "they",
        "them",
        "their",
        "his",
        "her",
        "return",
        "returns",
        "raise",
        "raises",
        "say",
        "says",
        "build",
        "list",
        "show",
        "tell",
        "give",
        "filter",
        "find",
        "read",
        "offer",
        "answer",
        "write",
        "call",
        "render",
        "describe",
        "name",
        "names",
    ]
)


def _words(text: str) -> set[str]:
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).replace("_", " ").lower()
    return {word[:5] for word in re.findall("[a-z]{3,}", parted) if word not in PLAIN}


def _function(member: Any) -> FunctionType | None:
    """Return the function of a method, property or cached property."""
    for name in ("fget", "__func__", "func"):
        member = getattr(member, name, member)
    return member if inspect.isfunction(member) else None


def _overrides() -> Iterator[tuple[str, FunctionType, FunctionType]]:
    """Yield the file of each method with a docstring, the method, and the documented one of ours that it overrides."""
    for path in sources():
        if "/management/" in path or path.startswith("config/"):  # what starts servers, and commands
            continue
        module = import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for cls in {id(each): each for each in vars(module).values() if inspect.isclass(each)}.values():
            if cls.__module__ != module.__name__:
                continue
            for name, member in vars(cls).items():
                method = None if name.startswith("__") else _function(member)
                if method is None or not method.__doc__ or method.__module__ != module.__name__:
                    continue
                above = (vars(base)[name] for base in cls.__mro__[1:] if name in vars(base))
                hook = next((_function(found) for found in above), None)
                if hook and hook.__doc__ and hook.__module__.split(".")[0] in APPS:
                    yield path, method, hook


def _new_words(path: str, method: FunctionType, hook: FunctionType) -> set[str]:
    """Return the words of a docstring that neither the hook nor the code of the method has."""
    line = method.__code__.co_firstlineno
    [node] = [
        each
        for each in ast.walk(modules()[path])
        if isinstance(each, ast.FunctionDef)
        and each.name == method.__name__
        and line in {each.lineno, *(decorator.lineno for decorator in each.decorator_list)}
    ]
    own = " ".join(ast.unparse(each) for each in [node.args, *node.body[1:]])
    known = _words(hook.__doc__ or "") | _words(own) | _words(method.__qualname__) | _words(hook.__qualname__)
    return _words(method.__doc__ or "") - known


def _tells_errors(method: FunctionType, hook: FunctionType) -> bool:
    """Return whether the docstring names errors, and that of the hook none."""
    return "Raise" in (method.__doc__ or "") and "Raise" not in (hook.__doc__ or "")


def test_a_docstring_of_an_override_says_more_than_its_hook_and_its_code() -> None:
    found = [
        f"{path}:{method.__code__.co_firstlineno}: {method.__qualname__}"
        for path, method, hook in _overrides()
        if not _tells_errors(method, hook) and len(_new_words(path, method, hook)) < LEAST
    ]
    assert found == []
