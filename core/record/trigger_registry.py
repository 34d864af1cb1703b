"""Registers triggers in linear time: pgtrigger reads all of them for each, 3 of the 4 seconds of a start with 1,200."""

from typing import Any

from pgtrigger import registry


class TriggerRegistry(registry._Registry):
    """Keeps the two indexes of pgtrigger, by table and name and by function, instead of building them anew."""

    by_db_table: Any = None
    pg_function_names: Any = None

    def __init__(self) -> None:
        self.by_db_table = {}
        self.pg_function_names = set()
        super().__init__()

    def __setitem__(self, uri: str, value: Any) -> None:
        super().__setitem__(uri, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self.by_db_table[model._meta.db_table, trigger.name] = trigger
        self.pg_function_names.add(trigger.get_pgid(model))

    def __delitem__(self, uri: str) -> None:
        model, trigger = self[uri]
        super().__delitem__(uri)  # type: ignore[no-untyped-call]
        self.by_db_table.pop((model._meta.db_table, trigger.name), None)
        self.pg_function_names.discard(trigger.get_pgid(model))


def install() -> None:
    """Use this registry from now on; before any model registers a trigger.

    Raises:
        RuntimeError: A trigger is registered already.
    """
    if registry._registry:
        raise RuntimeError("A trigger was registered before its registry.")
    registry._registry = TriggerRegistry()
