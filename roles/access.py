"""The one door to permissions: `can` asks, `ensure` insists.

Views, templates, services and the admin site come here. A superuser has no short cut (R1): a permission of ours is
its predicate and nothing else. What each permission means and who may is registered by the `rules.py` of each app.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise
from rules.permissions import add_perm, has_perm
from rules.predicates import predicate as as_predicate

from roles import refusals

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from roles.models import User

type Visitor = "User | AnonymousUser"

Predicate = Callable[[Any, Any], bool]
Holders = Callable[[Any], Iterable[Any]]


@dataclass(frozen=True)
class Permission:
    """What a refusal must be able to say: the rule, its sentence, who may, and who that is on this object."""

    name: str
    act: str | Promise
    rule: str
    because: str | Promise
    may: str | Promise
    holders: Holders


_permissions: dict[str, Permission] = {}


class Refused(PermissionDenied):
    """The actor lacks the authority. `permission` and `on` let a page name the rule and who holds the role."""

    def __init__(self, permission: Permission, on: Any) -> None:
        super().__init__(f"{permission.name} refused ({permission.rule})")
        self.permission = permission
        self.on = on

    @property
    def holders(self) -> list[Any]:
        """The mandates and delegations that carry this permission on the object today."""
        return list(self.permission.holders(self.on)) if self.on is not None else []


def permit(
    name: str,
    predicate: Predicate,
    *,
    act: str | Promise,
    rule: str,
    because: str | Promise,
    may: str | Promise,
    holders: Holders = lambda on: (),
) -> None:
    """Register permission `name`. Called once per name, only from a `rules.py`."""
    add_perm(name, as_predicate(predicate))  # type: ignore[no-untyped-call]
    _permissions[name] = Permission(name, act, rule, because, may, holders)


def registered() -> dict[str, Permission]:
    """All permissions of the product by name."""
    return dict(_permissions)


def can(user: Visitor, name: str, on: Any = None) -> bool:
    """Whether `user` may do `name` to `on`. A name nobody registered raises KeyError: a typo must not deny silently."""
    permission = _permissions[name]
    if not (user.is_authenticated and user.is_active):
        return False
    return bool(has_perm(permission.name, user, on))  # type: ignore[no-untyped-call]


def ensure(user: Visitor, name: str, on: Any = None) -> None:
    """Raise Refused unless `can(user, name, on)`; a refusal leaves a line in the log."""
    if not can(user, name, on):
        refusals.note(name, user, on, _permissions[name].rule)
        raise Refused(_permissions[name], on)


def reader(request: HttpRequest) -> "User":
    """The signed-in person behind a request that only signed-in people reach."""
    if not request.user.is_authenticated:
        raise PermissionDenied("sign in first")
    return request.user
