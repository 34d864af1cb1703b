"""Pages where the missed obligations of a role are settled together, with one word."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy, ngettext

from core.pages.form_views import Text
from core.pages.refusals.views import Conflict
from governance.decide.obligations.forms import ExcuseForm, FulfilForm
from governance.decide.obligations.missed import describe_occasions, list_missed, name_missed
from governance.decide.obligations.models import Discharge
from governance.decide.obligations.queries import Obligation
from governance.decide.obligations.together import NotMissed, catch_up, excuse_missed
from projects.form_views import ProjectFormView
from projects.shortcuts import get_project_or_404


class MissedField(forms.MultipleChoiceField):
    """The missed obligations, by responsibility; all of them are chosen at first."""

    widget = forms.CheckboxSelectMultiple


def _build_field() -> MissedField:
    required = {"required": gettext_lazy("Select at least one obligation.")}
    return MissedField(label=gettext_lazy("Missed obligations"), error_messages=required)


class CatchUpForm(FulfilForm):
    """Evidence of several missed obligations."""

    missed = _build_field()
    field_order = ("missed", "note", "document")

    def __init__(self, data: Any = None, *, project: Any, rows: list[Obligation]) -> None:
        super().__init__(data, project=project)
        _offer(self, rows)
        self.fields["note"].label = gettext_lazy("Caught up by")


class ExcuseMissedForm(ExcuseForm):
    """Reason why the owner excuses a role from several missed obligations."""

    missed = _build_field()
    field_order = ("missed", "reason")

    def __init__(self, data: Any = None, *, rows: list[Obligation]) -> None:
        super().__init__(data)
        _offer(self, rows)
        self.fields["reason"].label = gettext_lazy("Not done, because")


def _offer(form: forms.Form, rows: list[Obligation]) -> None:
    field: Any = form.fields["missed"]
    field.choices, field.initial = name_missed(rows), [row.place for row in rows]


class MissedView(ProjectFormView):
    """An act on the missed obligations of the role that the address names; `duty` or `rhythm` narrow them down."""

    conflicts = (NotMissed,)
    back_label = gettext_lazy("Obligations")
    back_url_name = "governance:obligations:obligation_list"
    rows: list[Obligation]

    def get_object(self) -> Discharge:
        """Return an unsaved answer of the role, for the permission. Raises Http404 for a role without obligations."""
        project = get_project_or_404(self.request, self.kwargs["code"])
        role = self.kwargs["role"]
        if role not in {one.code for one in project.roles()}:
            raise Http404
        narrowed = (self.request.GET.get(name, "") for name in ("duty", "rhythm"))
        self.rows = list_missed(project, role, *narrowed)
        return Discharge(project=project, role=role)

    def check(self) -> None:
        if self.project.is_over or not self.rows:
            raise NotMissed

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rows": self.rows}

    def get_quote(self) -> Text:
        """Return the role, and the responsibility if there is one."""
        role, duties = self.object.role, {str(row) for row in self.rows}
        return f"{role} · {duties.pop()}" if len(duties) == 1 else f"{role}"

    def get_lede(self) -> Text:
        n = len(self.rows)
        is_one = len({row.duty.code for row in self.rows}) == 1
        counted = ngettext("%(n)s missed obligation", "%(n)s missed obligations", n) % {"n": n}
        return gettext_lazy("%(what)s. Your text is recorded for each obligation that you select.") % {
            "what": describe_occasions(self.rows) if is_one else counted
        }

    def get_names(self) -> dict[str, Any]:
        """Return the arguments that name the role."""
        return {"project": self.project, "role": self.object.role}

    def get_conflict(self, error: Exception) -> Conflict:
        text = gettext_lazy("The missed obligations have changed. Nothing was recorded.")
        return Conflict(
            gettext_lazy("Nothing to catch up"), text, self.get_back_url(), gettext_lazy("Back to the obligations")
        )


class CatchUpView(MissedView):
    """Fulfil missed obligations together, as a holder of their role."""

    permission = "governance.fulfil"
    form_class = CatchUpForm
    title = button = gettext_lazy("Fulfil the missed obligations")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the documents of the project as well."""
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> list[Discharge]:
        """Record the evidence."""
        return catch_up(actor=self.actor, **self.get_names(), **data)

    def get_done(self, result: list[Discharge]) -> Text:
        """Return how many are fulfilled."""
        n = len(result)
        return ngettext("%(n)s obligation is fulfilled.", "%(n)s obligations are fulfilled.", n) % {"n": n}


class ExcuseMissedView(MissedView):
    """Excuse a role from missed obligations together, as the owner."""

    permission = "governance.excuse"
    form_class = ExcuseMissedForm
    title = button = gettext_lazy("Excuse the missed obligations")

    def act(self, data: dict[str, Any]) -> list[Discharge]:
        """Record the reason."""
        return excuse_missed(actor=self.actor, **self.get_names(), **data)

    def get_done(self, result: list[Discharge]) -> Text:
        """Return from how many the role is excused."""
        n = len(result)
        words = ngettext("The role is excused from %(n)s obligation.", "The role is excused from %(n)s obligations.", n)
        return words % {"n": n}
