"""Registry of what waits for a person, counted for an administrator who closes the account; upper apps fill it."""

from collections.abc import Callable, Iterable

from core.pages.form_views import Text
from roles.models import User

#: Each returns the kinds of open work of a person with their numbers, never its contents.
OPEN_WORK: list[Callable[[User], Iterable[tuple[Text, int]]]] = []


def count_open_work(person: User) -> list[tuple[Text, int]]:
    """List what waits for the person: (kind, number), without empty kinds."""
    return [(kind, number) for count in OPEN_WORK for kind, number in count(person) if number]
