"""Words on what is open at the end of a project, which the author of the proposal prepares for the owner."""

from typing import ClassVar

from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.base import DemandGroup
from governance.decide.kinds.fields import ChoiceTerm, ProseTerm, Terms, TermsForm
from governance.decide.kinds.groups import GROUPS, NEVER_GIVEN, ROUTINE, VERBS, term_names
from governance.life.closure.queries import list_open_items
from projects.models import Project


def _declare(group: DemandGroup) -> dict[str, ChoiceTerm | ProseTerm]:
    """Return the fields of the word on a group, by the name of the term."""
    fate, why = term_names(group)
    fields: dict[str, ChoiceTerm | ProseTerm] = {}
    if len(group.fates) > 1:
        choices = [("", "—"), *((one.value, capfirst(VERBS[one])) for one in group.fates)]
        label = format_lazy(_("{group}: what becomes of it"), group=group.label)
        fields[fate] = ChoiceTerm(label=label, choices=choices, required=False)
    label = format_lazy(_("{group}: reasons"), group=group.label)
    fields[why] = ProseTerm(label=label, rows=2, required=False)
    for field in fields.values():
        field.is_prepared = True
    return fields


class WordsForm(TermsForm):
    """One word for each group that has open items, on the proposal that ends the project."""

    #: Whether it is asked whatever gate is passed.
    always: ClassVar[bool] = False

    def __init__(self, data: object = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        ahead = [gate for gate in project.gates if gate.place > project.gate and not gate.repeats]
        asked = {ROUTINE.code, NEVER_GIVEN.code} if self.always or len(ahead) == 1 else set()
        items = list_open_items(project) if asked else []
        asked |= {item.group.code for item in items if item.group}
        for group in GROUPS:
            for name in term_names(group):
                if name in self.fields and group.code not in asked and name not in (initial or {}):
                    del self.fields[name]
            named = [self.fields[name] for name in term_names(group) if name in self.fields]
            if named and (of_group := [item for item in items if item.group == group]):
                named[0].help_text = group.ask(of_group)


_FIELDS = {name: field for group in GROUPS for name, field in _declare(group).items()}
GateWordsForm = type("GateWordsForm", (WordsForm,), dict(_FIELDS))
AbandonmentWordsForm = type("AbandonmentWordsForm", (WordsForm,), {"always": True, **_FIELDS})
