"""What a programme or a portfolio shows instead of the aspects of a project: the steering fills it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.access import Person
from pmo.registers.weather.queries import AspectLine

#: Level → its aspects on a node, as a reader sees it; none of them is the worst.
ASPECTS_OF_LEVEL: dict[str, Callable[[Any, Person], Sequence[AspectLine]]] = {}
#: Level → its page, which has no weather.
PAGE_OF_LEVEL: dict[str, Callable[[HttpRequest, Any], HttpResponse]] = {}
