"""Levels of method packs: a method has one pack for projects, and one for each level above, named after it.

The pack `fr` is for projects, `fr-programme` and `fr-portfolio` are the same method one and two levels up.
"""

PROJECT = "project"
#: Levels above the project, the nearest first.
ABOVE = ("programme", "portfolio")


def method_of(pack: str) -> str:
    """Return the code of the method that a pack belongs to, which is its pack for projects."""
    return next((pack.removesuffix(f"-{level}") for level in ABOVE if pack.endswith(f"-{level}")), pack)


def level_of(pack: str) -> str:
    """Return the level that a pack is for."""
    return next((level for level in ABOVE if pack.endswith(f"-{level}")), PROJECT)


def pack_at(method: str, level: str) -> str:
    """Return the code of the pack of a method at a level."""
    return method if level == PROJECT else f"{method}-{level}"
