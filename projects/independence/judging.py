"""Have the independence of seats and opinions judged anew once a fact is recorded."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from core.acts import is_back_entry

#: Judge seats and opinions after a fact. Capabilities that know of them add to it.
JUDGES: list[Callable[[int | None], None]] = []


def judge_soon(project_id: int | None = None) -> None:
    """Have the worker judge the seats and opinions of a project, or all, once the fact is committed.

    Without Redis the nightly task does, as it does for what is entered afterwards.
    """
    if is_back_entry():
        return
    for judge in JUDGES:
        transaction.on_commit(partial(judge, project_id), robust=True)
