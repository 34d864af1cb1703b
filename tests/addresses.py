"""Resolve addresses by their short name, for tests that walk over many pages; every short name is unique."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, get_resolver


def list_patterns() -> Iterator[tuple[str, URLPattern]]:
    """List the named addresses of our apps, each under its name with its namespaces, the admin site apart."""
    yield from _walk(get_resolver().url_patterns, ())


def full_name(name: str) -> str:
    """Return the name with its namespaces: `risk_edit` → `pmo:risks:risk_edit`. Raises KeyError for an unknown name."""
    return _names()[name]


def _walk(patterns: list[Any], namespaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield ":".join((*namespaces, pattern.name)), pattern
        elif pattern.namespace != "admin":
            yield from _walk(pattern.url_patterns, (*namespaces, *filter(None, [pattern.namespace])))


@cache
def _names() -> dict[str, str]:
    return {name.rpartition(":")[2]: name for name, _pattern in list_patterns()}
