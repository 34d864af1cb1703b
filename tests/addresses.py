"""Resolve addresses by their short name, for tests that walk over many pages; every short name is unique."""

from functools import cache

from django.urls import URLPattern, get_resolver


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}

    def walk(patterns: list[object], namespaces: tuple[str, ...]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if pattern.name and namespaces[:1] != ("admin",):
                    names[pattern.name] = ":".join((*namespaces, pattern.name))
            else:
                inner = getattr(pattern, "namespace", None)
                walk(pattern.url_patterns, (*namespaces, inner) if inner else namespaces)  # type: ignore[attr-defined]

    walk(get_resolver().url_patterns, ())
    return names


def full_name(name: str) -> str:
    """Return the name with its namespaces: `risk_edit` → `pmo:risks:risk_edit`. Raises KeyError for an unknown name."""
    return _names()[name]
