"""Give the tests a stack of one piece.

Python keeps the frames of its functions in chunks of 16 KiB, and asks the system for a chunk whenever a call goes past
the end of one, and gives it back when the call returns. A test stands deep: where the edge of a chunk lies in a loop of
the ORM or of a template, each turn of it asks and gives back, a twentieth of all processor time. A frame that needs
half a megabyte gets a chunk of a whole one, and what it calls finds its place in the other half.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

#: Words of eight bytes: more than half of a megabyte, so that the chunk is a megabyte.
LARGE = 70_000


def _call(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    return function(*args, **named)


#: Call a function with these arguments on a stack of one piece, and return its result.
call_on_one_stack = FunctionType(_call.__code__.replace(co_stacksize=LARGE), globals())
