"""Ask for permissions in one place: `can` answers, `ensure` refuses.

Views, templates, services and the admin site call it. A superuser has no shortcut (R1): a permission is its predicate
of django-rules and nothing else. The `rules.py` of each capability is a table of permissions and their authorities.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rules.permissions import add_perm, has_perm
from rules.predicates import Predicate

from core import refusal_log as refusals
from core.capabilities import capabilities_with

if TYPE_CHECKING:
    # django-stubs resolves this alias to AUTH_USER_MODEL: core imports no app above it.
    from django.contrib.auth.models import _User

type Text = str | Promise
type Account = _User


class Person(Protocol):
    """A user whose permission is asked for: an account, a visitor or a hypothetical person."""

    @property
    def pk(self) -> Any: ...
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_staff(self) -> bool: ...


class Holder(Protocol):
    """A mandate or a delegation that carries a permission, as a refusal names it."""

    @property
    def person(self) -> Any: ...
    @property
    def role(self) -> Any: ...


class Authority[On](Predicate, ABC):
    """Answer “may this person?” and “who may?” about one object; `label` says who in words.

    `holds` is False without an object, for a visitor and for a closed account.
    """

    # Neither says who holds it; the operators of Predicate would call the constructors of our classes as its own.
    __and__ = __xor__ = __invert__ = None  # type: ignore[assignment]

    def __init__(self, label: Text) -> None:
        super().__init__(self.holds, type(self).__name__)
        self.label = label

    @abstractmethod
    def holds(self, user: Person, on: On | None) -> bool:
        """Return whether `user` has the authority over `on`."""

    def holders(self, on: On) -> Iterable[Holder]:
        """List the mandates and delegations that carry the authority over `on` today."""
        return ()

    def __or__(self, other: "Authority[Any]") -> "Either":
        return Either(self, other)


class Either(Authority[Any]):
    """Grant what either of two authorities grants."""

    def __init__(self, first: Authority[Any], second: Authority[Any], label: Text = "") -> None:
        super().__init__(label or format_lazy(_("{first}, or {second}"), first=first.label, second=second.label))
        self.parts = (first, second)

    def holds(self, user: Person, on: Any) -> bool:
        return any(part.holds(user, on) for part in self.parts)

    def holders(self, on: Any) -> Iterable[Holder]:
        return list(dict.fromkeys(holder for part in self.parts for holder in part.holders(on)))

    def with_label(self, label: Text) -> "Either":
        """Return the same authority under a label of its own."""
        return Either(*self.parts, label=label)


@dataclass(frozen=True)
class Permission:
    """One row of a `rules.py`: the act, its rule with the sentence that explains it, and the authority."""

    name: str
    act: Text
    rule: str
    because: Text
    who: Authority[Any]
    #: The person acts by their own hand: OWN_HAND is asked too.
    own_hand: bool = False

    @property
    def authority_name(self) -> Text:
        """Return the name of the authority, as pages show it."""
        return self.who.label


#: Conditions on what a permission is asked for, beside its authority: (table, name, object) → it may hold.
CONDITIONS: list[Callable[[str, str, Any], bool]] = []
#: Conditions on who acts by their own hand, beside the permission; each raises a PermissionDenied of its own.
OWN_HAND: list[Callable[[Person, Permission], None]] = []
_permissions: dict[str, Permission] = {}
_tables: dict[str, tuple[Permission, ...]] = {}


class Refused(PermissionDenied):
    """Raised when the actor lacks the authority.

    A page uses `permission` and `on` to name the rule and the holders of the role.
    """

    def __init__(self, permission: Permission, on: Any) -> None:
        super().__init__(f"{permission.name} refused ({permission.rule})")
        self.permission = permission
        self.on = on

    @property
    def holders(self) -> list[Holder]:
        """List the mandates and delegations that carry this permission on the object today."""
        return list(self.permission.who.holders(self.on)) if self.on is not None else []


def _while_conditions_hold(table: str, name: str) -> Predicate:
    """Return the predicate that all CONDITIONS hold for a permission of a table."""
    return Predicate(lambda _user, on: all(holds(table, name, on) for holds in CONDITIONS), name)


def register(table: str, permissions: Iterable[Permission]) -> None:
    """Register the permissions of one table. Raises KeyError on a name that is registered already."""
    _tables[table] = tuple(permissions)
    for permission in _tables[table]:
        granted = _while_conditions_hold(table, permission.name) & permission.who
        add_perm(permission.name, granted)  # type: ignore[no-untyped-call]
        _permissions[permission.name] = permission


def discover() -> None:
    """Register the PERMISSIONS of every capability that has a `rules.py`."""
    for capability in capabilities_with("rules"):
        name = f"{capability}.rules"
        register(name, import_module(name).PERMISSIONS)


def all_permissions() -> dict[str, Permission]:
    """Return all permissions by name."""
    return dict(_permissions)


def permission_tables() -> Mapping[str, tuple[Permission, ...]]:
    """Return all permissions by the module that lists them."""
    return dict(_tables)


def can(user: Person, name: str, on: Any = None) -> bool:
    """Return whether `user` may do `name` to `on`.

    Raises KeyError on an unknown name: a typo must not deny silently.
    """
    permission = _permissions[name]
    if not (user.is_authenticated and user.is_active):
        return False
    return bool(has_perm(permission.name, user, on))  # type: ignore[no-untyped-call]


def ensure(user: Person, name: str, on: Any = None) -> None:
    """Raise Refused unless `can(user, name, on)`, and log the refusal."""
    if not can(user, name, on):
        refusals.note(name, user, on, _permissions[name].rule)
        raise Refused(_permissions[name], on)


def ensure_own_hand(user: Person, name: str) -> None:
    """Ask OWN_HAND about who acts, if the permission is `own_hand`, and log a refusal."""
    permission = _permissions[name]
    if not permission.own_hand:
        return
    try:
        for ask in OWN_HAND:
            ask(user, permission)
    except PermissionDenied:
        refusals.note(name, user, None, "own hand")
        raise


def reader(request: HttpRequest) -> Account:
    """Return the signed-in user of a request. Raises PermissionDenied for a visitor."""
    if not request.user.is_authenticated:
        raise PermissionDenied("sign in first")
    return request.user
