"""Form of the owner's words on what an approval finds missing or open; one word answers a group of open items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, TextField
from governance.decide.decisions.settlement import Settlement, name_target
from governance.decide.kinds.base import Demand, DemandGroup
from governance.decide.kinds.fields import Terms
from governance.decide.kinds.groups import GROUPS, VERBS, term_names
from governance.enums import Settled
from projects.models import Mandate

SELECT_FATE, ENTER_REASONS = _("Select what happens to it."), _("Enter the reasons.")
SELECT_TARGET = _("Select who takes it over, in another project, as suggested.")
NO_TARGET = _("You read no other project that can take it over.")
#: Id of the list of people to carry over to, which the page writes once for all fields.
TARGETS_LIST = "carry-targets"


@dataclass(frozen=True)
class RoleRows:
    """The items of one role in a group, each with the fields of its own word; `fields` are those of the role.

    `is_open` tells that the role has a word of its own, and the last value of each item that this one has.
    """

    role: str
    fields: list[forms.BoundField]
    is_open: bool
    items: list[tuple[Demand, list[forms.BoundField], bool]]


@dataclass(frozen=True)
class GroupRows:
    """A group of open items with its question and the fields of its word.

    `alone` are the items that need a word of their own. `is_open` tells that an exception was typed.
    """

    group: DemandGroup
    question: str
    fields: list[forms.BoundField]
    roles: list[RoleRows]
    alone: list[tuple[Demand, list[forms.BoundField]]]
    is_open: bool


class DemandsForm(forms.Form):
    """The owner's words on what an approval finds missing or open.

    One word answers a group; the word on a role, or on an item, comes before it. `targets` lists the mandates that an
    item may be carried over to. `prepared` are the terms of the proposal, with the words that its author prepared.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        demands: list[Demand],
        targets: Callable[[], list[Mandate]],
        prepared: Terms | None = None,
    ) -> None:
        super().__init__(data, prefix="demand")
        self.demands = demands
        self._list_targets = targets
        self.items = [demand for demand in demands if demand.group]
        self.grouped: dict[DemandGroup, list[Demand]] = {}
        for group in GROUPS:
            if items := [item for item in self.items if item.group == group]:
                self.grouped[group] = items
        for group, items in self.grouped.items():
            self._add_group(group, items, prepared or {})
        for demand in demands:
            if demand.group is None:
                self._add_fields(demand.key, (), required=True, is_rival=demand.is_rival)
        #: No mark of an optional field: a word is needed, but it may stand at any of three places.
        self.needed = dict.fromkeys(self.fields, "")

    def _add_group(self, group: DemandGroup, items: list[Demand], prepared: Terms) -> None:
        shared = [item for item in items if not item.alone]
        if shared:
            self._add_fields(group.code, group.fates)
            names = (f"{group.code}-fate", group.code)
            for name, term in zip(names, term_names(group), strict=True):
                if term in prepared and name in self.fields:
                    self.initial[name] = prepared[term]
        if len(roles := {item.role for item in shared}) > 1:
            for role in filter(None, roles):
                self._add_fields(_role_key(group, role), group.fates)
        for item in items:
            if item.alone or len(shared) > 1:
                self._add_fields(item.key, group.fates)

    def _add_fields(
        self, key: str, fates: Sequence[Settled], *, required: bool = False, is_rival: bool = False
    ) -> None:
        if len(fates) > 1:
            self.fields[f"{key}-fate"] = forms.ChoiceField(
                label=_("What becomes of it"),
                choices=[(fate, capfirst(VERBS[fate])) for fate in fates],
                widget=forms.RadioSelect,
                required=False,
            )
        if Settled.CARRIED in fates:
            self.fields[f"{key}-into"] = TextField(
                label=_("Carried over to"),
                help_text=_("Select a project, a role and its holder from the list."),
                widget=forms.TextInput(attrs={"list": TARGETS_LIST, "autocomplete": "off"}),
                required=False,
            )
        without = _("Why not this proposal") if is_rival else _("Why the gate is passed without it")
        self.fields[key] = ProseField(
            label=_("Why") if fates else without,
            rows=2,
            required=required,
            error_messages={"required": ENTER_REASONS},
        )

    def _list_fields(self, key: str) -> list[forms.BoundField]:
        return [self[name] for name in (f"{key}-fate", f"{key}-into", key) if name in self.fields]

    def _read(self, key: str) -> tuple[list[forms.BoundField], bool]:
        """Return the fields of a word, and whether one was typed into."""
        fields = self._list_fields(key)
        return fields, any(field.data for field in fields)

    @cached_property
    def targets(self) -> dict[str, Mandate]:
        """Return the mandates that an item may be carried over to, by the text that names them."""
        return {name_target(mandate): mandate for mandate in self._list_targets()}

    @property
    def target_names(self) -> list[str]:
        """List the texts that name them; nothing where no item can be carried over."""
        return [*self.targets] if any(Settled.CARRIED in group.fates for group in self.grouped) else []

    def rows(self) -> list[tuple[Demand, list[forms.BoundField]]]:
        """List each demand without a group, with its fields."""
        single = [demand for demand in self.demands if demand.group is None and not demand.is_rival]
        return [(demand, self._list_fields(demand.key)) for demand in single]

    @property
    def asks_what_is_open(self) -> bool:
        """Whether it asks about more than other proposals on the question."""
        return any(not demand.is_rival for demand in self.demands)

    def rival_rows(self) -> list[tuple[Demand, list[forms.BoundField]]]:
        """List each other proposal on the question, with its field."""
        return [(demand, self._list_fields(demand.key)) for demand in self.demands if demand.is_rival]

    def groups(self) -> Iterator[GroupRows]:
        """Yield the groups, their items by role."""
        for group, items in self.grouped.items():
            shared = sorted((item for item in items if not item.alone), key=lambda item: item.role)
            roles = [
                RoleRows(role, *self._read(_role_key(group, role)), [(item, *self._read(item.key)) for item in of_role])
                for role, of_role in groupby(shared, key=lambda item: item.role)
            ]
            alone = [(item, self._list_fields(item.key)) for item in items if item.alone]
            is_open = any(row.is_open or any(is_typed for _item, _fields, is_typed in row.items) for row in roles)
            yield GroupRows(group, group.ask(shared or items), self._list_fields(group.code), roles, alone, is_open)

    def _chain(self, item: Demand) -> list[str]:
        """List the keys of the words that may answer an item, its own first."""
        if item.alone or item.group is None:
            return [item.key]
        return [item.key, _role_key(item.group, item.role), item.group.code]

    def _find(self, data: dict[str, Any], item: Demand, end: str) -> tuple[Any, str]:
        """Return the first value typed for an item, and the name of its field; the last name without one."""
        names = [f"{key}{end}" for key in self._chain(item) if f"{key}{end}" in self.fields]
        name = next((name for name in names if data.get(name)), names[-1] if names else "")
        return data.get(name) or "", name

    def clean(self) -> dict[str, Any]:
        """Require a word on each item, and who takes over what is carried over."""
        data: dict[str, Any] = super().clean() or {}
        missing: dict[str, Any] = {}
        for item in self.items:
            fate, name = self._find(data, item, "-fate")
            if name and not fate:
                missing[name] = SELECT_FATE
            if fate == Settled.CARRIED:
                into, typed = self._find(data, item, "-into")
                if into not in self.targets:
                    field = typed if into else f"{name.removesuffix('-fate')}-into"
                    missing[field] = SELECT_TARGET if self.targets else NO_TARGET
            because, name = self._find(data, item, "")
            if not because:
                missing[name] = ENTER_REASONS
        for name, message in missing.items():
            if name not in self.errors:
                self.add_error(name, message)
        return data

    def settled(self) -> dict[str, Settlement]:
        """Return the words by the key of the demand."""
        data = self.cleaned_data
        words = {}
        for demand in self.demands:
            if demand.group is None:
                words[demand.key] = Settlement(data[demand.key], demand.fates[0] if demand.fates else Settled.WITHOUT)
                continue
            fate = self._find(data, demand, "-fate")[0] or demand.fates[0]
            mandate = self.targets[self._find(data, demand, "-into")[0]] if fate == Settled.CARRIED else None
            words[demand.key] = Settlement(
                self._find(data, demand, "")[0],
                fate,
                mandate.project.code if mandate else "",
                mandate.holder if mandate else None,
            )
        return words

    def words(self) -> list[forms.BoundField]:
        """List the fields of the reasons."""
        return [self[name] for name in self.fields if not name.endswith(("-fate", "-into"))]


def _role_key(group: DemandGroup, role: str) -> str:
    return f"{group.code}.{role}"
