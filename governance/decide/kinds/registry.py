"""Registry of the kinds of decision and of the parts of the project that their approvals change.

Every app, and every folder of an app, may have a `kinds.py`; Django imports them at start-up (`autodiscover`).
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from core.capabilities import import_from_capabilities
from core.record.erasure import display_text
from governance.decide.kinds.base import NO_LONGER_KNOWN, Behaviour, Change, Kind, Part, Text, UnknownKind
from roles.enums import ADDED_KINDS, FOLLOWING_KINDS, DecisionKind
from roles.models import User

_KINDS: dict[str, Kind] = {}
_ADDITIONS: dict[str, list[Behaviour]] = {}
_PARTS: dict[str, Part] = {}


def register(kind: Kind) -> None:
    """Register a kind and its parts under its code. Raises ValueError when the code is taken."""
    if kind.code in _KINDS:
        raise ValueError(f"The kind {kind.code!r} is registered twice.")
    _KINDS[kind.code] = kind
    if kind.code not in DecisionKind.values:
        ADDED_KINDS[kind.code] = kind.label
    if kind.follows:
        FOLLOWING_KINDS[kind.code] = kind.follows
    kind.additions = _ADDITIONS.setdefault(kind.code, [])
    _add_parts(kind)


def extend(code: str, addition: Behaviour) -> None:
    """Add terms and their effects to the kind with this code, which may be registered later."""
    _ADDITIONS.setdefault(str(code), []).append(addition)
    _add_parts(addition)


def unregister(code: str) -> None:
    """Remove a kind and the parts that no other kind changes."""
    gone = _KINDS.pop(code)
    ADDED_KINDS.pop(code, None)
    FOLLOWING_KINDS.pop(code, None)
    registered = [*_KINDS.values(), *(addition for additions in _ADDITIONS.values() for addition in additions)]
    for part in gone.parts:
        if not any(part in other.parts for other in registered):
            del _PARTS[part.field]


def _add_parts(behaviour: Behaviour) -> None:
    for part in behaviour.parts:
        if _PARTS.setdefault(part.field, part) is not part:
            raise ValueError(f"The part {part.field!r} is registered twice.")


def autodiscover() -> None:
    """Import the `kinds.py` of every installed app and of each of its folders. Idempotent."""
    import_from_capabilities("kinds")


def kind_of(code: str) -> Kind:
    """Return the kind with this code; an `UnknownKind` when no installed app registers it."""
    return _KINDS.get(str(code)) or UnknownKind(str(code))


def is_known(code: str) -> bool:
    """Return whether an installed app registers a kind with this code."""
    return str(code) in _KINDS


def kinds() -> list[Kind]:
    """List the registered kinds: those of the method packs in their order, then the others."""
    return [_KINDS[code] for code in (*DecisionKind.values, *ADDED_KINDS) if code in _KINDS]


def choices() -> list[tuple[str, Text]]:
    """List the kinds as choices of a model field."""
    return [(kind.code, kind.label) for kind in kinds()]


# — effects —


def part_of(effect: Any) -> Part | None:
    """Return the part that an effect changed; None when its app is not installed."""
    return _PARTS.get(effect.field.partition(":")[0])


def parts() -> Iterator[Part]:
    """Yield every part that a kind changes."""
    return iter(_PARTS.values())


def describe(effect: Any) -> str:
    """Describe an effect in one line."""
    if part := part_of(effect):
        return part.describe(effect)
    return f"{effect.field}: {display_text(effect.before)} → {display_text(effect.after)}"


def undo(effect: Any, decision: Any, actor: User) -> Iterator[Change]:
    """Undo an effect inside `decision`, which supersedes its decision. Raises ValidationError."""
    part = part_of(effect)
    if part is None:
        raise ValidationError(NO_LONGER_KNOWN)
    yield from part.undo(effect, decision, actor)
