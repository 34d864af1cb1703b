"""Forms of the owner's answer and of its conditions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.forms import HiddenInput
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.forms import AmountField, DayField, ProseField, RowsFormSet, one_more_row
from core.record.meaning import TOO_LITTLE, is_meaningful
from governance.decide.decisions.demand_forms import DemandsForm
from governance.decide.decisions.dependents import Line, Text, dependents_of
from governance.decide.decisions.fingerprint import Parts, describe_changes, read_parts
from governance.decide.decisions.models import Unheard
from governance.decide.decisions.second_looks import MOST_MONTHS
from governance.decide.decisions.services import NOTHING_TO_UNDO, NewCondition, Terms
from governance.decide.decisions.settlement import describe, list_demands
from governance.decide.decisions.supersede import Item, find_gaps, find_options, item_key, list_dependents
from governance.decide.decisions.words import Said, gather_words
from governance.decide.kinds.base import Suggestion
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.enums import APPROVALS, WITH_CONDITIONS, EffectiveFrom, Fate, OnLapse, Outcome
from projects.models import Mandate
from projects.seats.mandates.availability import Unavailable, list_unavailable

MOST_CONDITIONS = 20
Choices = Callable[[], list[tuple[str, str]]]

ANSWERS = {
    Outcome.APPROVED: _("Approve"),
    Outcome.APPROVED_WITH_CONDITIONS: _("Approve with conditions"),
    Outcome.ACCEPTED: _("Accept"),
    Outcome.ACCEPTED_WITH_RESERVATIONS: _("Accept with reservations"),
    Outcome.ACCEPTED_WITH_PRICE_REDUCTION: _("Accept with a price reduction"),
    Outcome.REWORK: _("Ask for rework"),
    Outcome.DEFERRED: _("Defer"),
    Outcome.MERGED: _("Merge into another proposal"),
    Outcome.REJECTED: _("Reject"),
}
NOTES = {
    Outcome.APPROVED: _("With the amount and the changes of the option"),
    Outcome.APPROVED_WITH_CONDITIONS: _("Each condition has a responsible role and a date"),
    Outcome.ACCEPTED: _("The delivery is accepted without reservations"),
    Outcome.ACCEPTED_WITH_RESERVATIONS: _("Each reservation has a responsible role and a date. The rest is accepted"),
    Outcome.ACCEPTED_WITH_PRICE_REDUCTION: _("Usable as it is, for a lower price"),
    Outcome.REWORK: _("Returns to the authors without a decision"),
    Outcome.DEFERRED: _("Decide later, on a date you set"),
    Outcome.MERGED: _("Decided together with the other proposal"),
    Outcome.REJECTED: _("Closes the proposal"),
}
#: Consequence of each outcome, for the review page.
CONSEQUENCES = {
    **dict.fromkeys(
        (Outcome.APPROVED, Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_PRICE_REDUCTION),
        _("The proposal is decided. The roles involved are notified."),
    ),
    Outcome.APPROVED_WITH_CONDITIONS: _(
        "The proposal stays open until every condition is met or waived. The roles involved are notified."
    ),
    Outcome.ACCEPTED_WITH_RESERVATIONS: _(
        "The proposal stays open until every reservation is cleared or waived. The roles involved are notified."
    ),
    Outcome.REWORK: _("The proposal returns to its authors. Nothing is decided. The roles involved are notified."),
    Outcome.DEFERRED: _(
        "The proposal comes back on the date you set. Nothing is decided. The roles involved are notified."
    ),
    Outcome.MERGED: _("The proposal is decided with the other one. The roles involved are notified."),
    Outcome.REJECTED: _("The proposal is closed. The roles involved are notified."),
}


#: Value of the choice of no option: rework, deferral, merger or rejection.
NO_OPTION = "none"


class DecisionForm(forms.Form):
    """The answer to one revision, identified by its fingerprint."""

    needed: ClassVar = {
        "why_not": "",
        "return_on": "",
        "merged_into": "",
        "effective": "",
        "price_reduction": "",
        "months": "",
    }

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    option = forms.ChoiceField(
        label=_("Which option"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an option, or “None yet”.")},
    )
    why_not = ProseField(label=_("Why not the recommended option"), rows=2, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select an outcome.")},
    )
    effective = forms.ChoiceField(
        label=_("Takes effect"),
        choices=[(moment, capfirst(moment.label)) for moment in EffectiveFrom],
        widget=forms.RadioSelect,
        initial=EffectiveFrom.AT_ONCE,
        required=False,
    )
    return_on = DayField(label=_("Decide again on"), required=False)
    price_reduction = AmountField(label=_("Price reduction (€)"), required=False)
    merged_into = forms.ChoiceField(label=_("Merge into"), required=False)
    months = forms.IntegerField(
        label=_("Second look after (months)"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Optional, up to 36. You then compare what was expected with what was measured."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Enter a number of months from 1 to 36.")
        ),
    )
    reasons = ProseField(
        label=_("Reasons"),
        error_messages={"required": _("Enter the reasons for your decision.")},
        help_text=_("Kept in the decision register. Give your reasons, and your answer to each opinion."),
    )

    def __init__(
        self, *args: Any, content: ProposalRevision | None, others: Choices, outcomes: Sequence[Outcome], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.recommended = content.recommended if content else ""
        self.options = content.lettered_options() if content else []
        lettered = [(option["letter"], option["letter"]) for option in self.options]
        self.fields["option"].choices = [*lettered, (NO_OPTION, _("None yet"))]  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [(outcome, ANSWERS[outcome]) for outcome in outcomes]  # type: ignore[attr-defined]
        if Outcome.ACCEPTED_WITH_RESERVATIONS in outcomes:
            later = (EffectiveFrom.WHEN_MET, _("When the last reservation is cleared"))
            self.fields["effective"].choices = [*self.fields["effective"].choices[:1], later]  # type: ignore[attr-defined]
        self.fields["merged_into"].choices = cache(lambda: [("", "—"), *others()])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Require the date, target or amount that the outcome needs, and drop the others."""
        data: dict[str, Any] = super().clean() or {}
        for outcome, name, message in (
            (Outcome.DEFERRED, "return_on", _("Enter the date on which you decide again.")),
            (Outcome.MERGED, "merged_into", _("Choose the proposal it is merged into.")),
            (Outcome.ACCEPTED_WITH_PRICE_REDUCTION, "price_reduction", _("Enter the price reduction.")),
        ):
            if data.get("outcome") != outcome:
                data[name] = None
                self.errors.pop(name, None)
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if data.get("outcome") not in APPROVALS:
            data["months"] = None
            self.errors.pop("months", None)
        if data.get("outcome") not in WITH_CONDITIONS or not data.get("effective"):
            data["effective"] = EffectiveFrom.AT_ONCE
        self._clean_option(data)
        return data

    def _clean_option(self, data: dict[str, Any]) -> None:
        """Let an approval take an option and no other answer, and ask why it is not the recommended one."""
        option, outcome = data.get("option"), data.get("outcome")
        if option and outcome and (option == NO_OPTION) == (outcome in APPROVALS):
            takes_none = _("You chose no option: ask for rework, defer, merge or reject.")
            takes_one = _("You chose an option: approve it, or choose “None yet”.")
            self.add_error("outcome", takes_none if option == NO_OPTION else takes_one)
        if option in {NO_OPTION, self.recommended}:
            data["why_not"] = ""
        elif option and "why_not" not in self.errors and not is_meaningful(data.get("why_not") or ""):
            self.add_error("why_not", TOO_LITTLE if data.get("why_not") else _("Enter why you choose another option."))


WHY_WITHOUT = _("Why you decide without the opinion of the %(role)s")


class WaiversForm(forms.Form):
    """Reasons for not waiting for missing opinions; one field for each role code.

    `unavailable` maps the roles that can give no opinion to the reason and period.
    """

    def __init__(self, data: Any = None, *, roles: list[str], unavailable: Mapping[str, Unavailable]) -> None:
        super().__init__(data, prefix="waiver")
        self.unavailable = unavailable
        for role in roles:
            absence = unavailable.get(role)
            self.fields[role] = ProseField(
                label=WHY_WITHOUT % {"role": role},
                help_text=f"{absence}." if absence else "",
                rows=2,
                error_messages={"required": _("Enter why you decide without it, or ask for rework later.")},
            )

    def unheard(self) -> list[Unheard]:
        """List the roles the answer does not wait for, as the record will show them."""
        now = act_time()
        words = self.cleaned_data.items()
        return [Unheard(role, because, self.unavailable.get(role), now) for role, because in words]


@dataclass(frozen=True)
class FateRow:
    """One row of the undo map: how it is shown, its field, and why there is no choice."""

    line: Line
    field: forms.BoundField
    why: Text


class FatesForm(forms.Form):
    """The undo map: the fate of each item that hangs on the replaced decision, by item key.

    Where one fate is possible, it is selected.
    """

    def __init__(self, data: Any = None, *, items: list[Item], revision: ProposalRevision | None) -> None:
        super().__init__(data, prefix="fate")
        self.items = items
        self.options = {item_key(item): find_options(item, revision, items) for item in items}
        for item in items:
            options = self.options[item_key(item)]
            self.fields[item_key(item)] = forms.ChoiceField(
                label=str(item),
                choices=[(fate, capfirst(dependents_of(item).label(fate))) for fate in options.fates],
                widget=forms.RadioSelect,
                initial=options.only,
                error_messages={
                    "required": _("Select what happens to it."),
                    "invalid_choice": str(options.why or _("Choose one of the outcomes listed.")),
                },
            )

    def rows(self) -> list[FateRow]:
        """List each item as it is shown, with its bound field."""
        return [self._build_row(item) for item in self.items]

    def _build_row(self, item: Item) -> FateRow:
        key = item_key(item)
        options = self.options[key]
        return FateRow(dependents_of(item).show(item, None), self[key], options.why if options.only else "")

    def groups(self) -> list[tuple[str, list[FateRow]]]:
        """List the rows under their headings."""
        grouped: dict[str, list[FateRow]] = {}
        for row in self.rows():
            grouped.setdefault(str(row.line.heading), []).append(row)
        return list(grouped.items())

    def fates(self) -> dict[str, Fate]:
        """Return the chosen fate of each item, by key."""
        return {key: Fate(value) for key, value in self.cleaned_data.items()}


class ConditionForm(forms.Form):
    """One condition. An empty row is no condition; `left_out` drops a suggested subject."""

    needed: ClassVar = dict.fromkeys(("text", "role", "due_on"), "")

    text = ProseField(label=_("What must be true"), rows=2, required=False)
    role = forms.ChoiceField(label=_("Responsible role"), required=False)
    due_on = DayField(label=_("Due"), required=False)
    on_lapse = forms.ChoiceField(
        label=_("If it is not met in time"),
        choices=OnLapse,
        initial=OnLapse.STAYS,
        required=False,
        help_text=_("Applied the night after the due date, unless evidence was given."),
    )
    subject = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    left_out = forms.BooleanField(label=_("Do not reserve this defect"), required=False)

    def __init__(
        self,
        *args: Any,
        roles: list[tuple[str, str]],
        suggestions: Sequence[Suggestion] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.suggestions = {str(suggestion.subject.pk): suggestion for suggestion in suggestions}
        self.fields["role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]
        subjects = [(key, suggestion.text) for key, suggestion in self.suggestions.items()]
        self.fields["subject"].choices = [("", ""), *subjects]  # type: ignore[attr-defined]

    @property
    def suggestion(self) -> Suggestion | None:
        """Return the suggestion this row is prefilled from, if any."""
        return self.suggestions.get(str(self["subject"].value() or ""))

    def clean(self) -> dict[str, Any]:
        """Require text, role and date together, or none of them."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("left_out") and data.get("subject"):
            self.errors.clear()
            return {"subject": data["subject"], "left_out": True}
        if not any(data.get(name) for name in self.needed) and not self.errors:
            return data
        for name, message in (
            ("text", _("Describe what must be true.")),
            ("role", _("Select the responsible role.")),
            ("due_on", _("Enter the due date.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if data.get("text") and not is_meaningful(data["text"]):
            self.add_error("text", TOO_LITTLE)
        return data


ConditionFormSet = forms.formset_factory(
    ConditionForm,
    formset=RowsFormSet,
    extra=0,
    min_num=1,
    max_num=MOST_CONDITIONS,
    absolute_max=MOST_CONDITIONS,
    validate_max=True,
)


class Answer:
    """The decision form with its conditions, waived opinions, words on demands and undo map, validated together.

    `roles` are the (code, label) that may answer for a condition. `others` lists the (number, label) of proposals to
    merge into, `targets` the mandates that items may be carried over to; both are lazy.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        proposal: Proposal,
        roles: list[tuple[str, str]],
        others: Choices,
        targets: Callable[[], list[Mandate]] = list,
    ) -> None:
        if data is not None and "add_condition" in data:
            data = one_more_row(data, "conditions", MOST_CONDITIONS)
        self.proposal = proposal
        fingerprint = proposal.current.hash if proposal.current else ""
        self.kind = kind_of(proposal.kind)
        outcomes = self.kind.outcomes
        self.now = read_parts(proposal)
        self.form = DecisionForm(
            data, content=proposal.current, initial={"fingerprint": fingerprint}, others=others, outcomes=outcomes
        )
        self.suggestions = self.kind.suggest_conditions(proposal)[:MOST_CONDITIONS]
        self.conditions = ConditionFormSet(
            data,
            prefix="conditions",
            form_kwargs={"roles": roles, "suggestions": self.suggestions},
            initial=[
                {"text": suggestion.text, "role": suggestion.role, "subject": str(suggestion.subject.pk)}
                for suggestion in self.suggestions
            ],
        )
        awaited = sorted(proposal.awaited_roles)
        absences = list_unavailable(proposal.project, awaited, act_time())
        self.unavailable = {role: Unavailable.read(facts) for role, facts in absences.items()}
        self.waivers = WaiversForm(data, roles=awaited, unavailable=self.unavailable)
        self.content = proposal.current.choose(self._posted_option()) if proposal.current else None
        asked = list_demands(proposal, self.content) if self.content else []
        prepared = self.content.terms if self.content else {}
        self.demands = DemandsForm(data, demands=asked, targets=targets, prepared=prepared)
        replaces = self.content is not None and not self.content.changes_nothing
        items = list_dependents(proposal.replaces, proposal) if proposal.replaces and replaces else []
        self.fates = FatesForm(data, items=items, revision=self.content)

    def _posted_option(self) -> str:
        """Return the letter of the option that is chosen; empty for the recommended one, and for none."""
        chosen, current = str(self.form.data.get("option", "")), self.proposal.current
        return chosen if current and chosen in current.letters else ""

    @property
    def seen(self) -> Parts:
        """Return the file as the reader saw it: the form carries it; a request without it read the file just now."""
        posted = self.form.data.get("seen")
        if posted is None:
            return self.now
        try:
            parts = json.loads(posted)
        except (ValueError, RecursionError):
            parts = None
        return parts if isinstance(parts, dict) else {}

    @property
    def seen_field(self) -> str:
        """Return the hidden field with the file as the reader saw it."""
        return HiddenInput().render("seen", json.dumps(self.seen))

    def changes(self) -> list[str]:
        """List in sentences what changed in the file since the reader saw it."""
        if self.seen != self.now:
            return describe_changes(self.seen, self.now)
        unasked = [role for role in self._posted_waivers() if role not in self.waivers.fields]
        return [_("The %(role)s gave its opinion.") % {"role": role} for role in unasked]

    def _posted_waivers(self) -> dict[str, str]:
        """Return the reasons typed for not waiting, by role, also of roles that are not awaited any more."""
        start = f"{self.waivers.prefix}-"
        posted = {name: text for name, text in self.form.data.items() if name.startswith(start) and text}
        return {name.removeprefix(start): str(text) for name, text in posted.items()}

    @property
    def reserves(self) -> bool:
        """Return whether its conditions are called reservations."""
        return self.kind.reserves

    @property
    def parts(self) -> list[Any]:
        """List the forms that apply to the chosen outcome."""
        chosen = self.form.data.get("outcome") if self.form.is_bound else None
        return [
            self.form,
            self.waivers,
            *([self.fates, self.demands] if chosen in APPROVALS else []),
            *([self.conditions] if chosen in WITH_CONDITIONS else []),
        ]

    @property
    def all_parts(self) -> list[Any]:
        """List its forms, whatever outcome is chosen."""
        return [self.form, self.waivers, self.fates, self.demands, self.conditions]

    def is_valid(self) -> bool:
        """Return whether the answer can be recorded. Conditions and undo map count only for outcomes that use them."""
        judged = [part.is_valid() for part in self.parts]  # a list, not a generator: show every error at once
        valid = all(judged)
        chosen = self.form.cleaned_data.get("outcome")
        if chosen in WITH_CONDITIONS and self.conditions.is_valid():
            valid = self._has_conditions() and self._can_be_undone() and valid
        if chosen in APPROVALS and valid:
            valid = self._can_approve()
        return valid

    @property
    def has_errors(self) -> bool:
        """Return whether a part of the answer was refused."""
        parts = (self.form, self.waivers, self.fates, self.demands)
        return any(part.errors for part in parts) or bool(self.conditions.total_error_count())

    def _has_conditions(self) -> bool:
        """Require at least one condition, and report the error on the first row."""
        if any(form.cleaned_data.get("text") for form in self.conditions.forms):
            return True
        none = (
            _("Enter at least one reservation, or accept without reservations.")
            if self.reserves
            else _("Enter at least one condition, or approve without conditions.")
        )
        self.conditions.forms[0].add_error("text", none)
        return False

    def _can_be_undone(self) -> bool:
        """Refuse to undo, on a lapse, what has not taken effect."""
        rows = [row for row in self.conditions.forms if row.cleaned_data.get("on_lapse") == OnLapse.UNDONE]
        if self.waits_for_conditions:
            for row in rows:
                row.add_error("on_lapse", NOTHING_TO_UNDO)
        return not (rows and self.waits_for_conditions)

    def _can_approve(self) -> bool:
        """Check the undo map and the binding opinion, and report errors on their fields."""
        revision = self.content
        gaps = (
            find_gaps(self.fates.items, self.fates.fates(), revision, bool(self.new_conditions())) if revision else {}
        )
        for key, message in gaps.items():
            self.fates.add_error(key, message)
        if revision and revision.binding_authority and not revision.has_binding_agreement:
            self.form.add_error("outcome", _("An approval needs the binding opinion that this proposal asks for."))
        return not (self.form.errors or self.fates.errors)

    @property
    def outcome(self) -> Outcome:
        """Return the chosen outcome."""
        return Outcome(self.form.cleaned_data["outcome"])

    @property
    def option(self) -> str:
        """Return the letter of the option that is approved; empty for another outcome."""
        return str(self.form.cleaned_data["option"]) if self.approves else ""

    @property
    def approves(self) -> bool:
        """Return whether the chosen outcome is an approval."""
        return self.outcome in APPROVALS

    @property
    def waits_for_conditions(self) -> bool:
        """Return whether the answer takes effect only once its last condition is lifted."""
        return bool(self.form.cleaned_data["effective"] == EffectiveFrom.WHEN_MET)

    @property
    def consequence(self) -> Promise:
        """Return the sentence on what follows once the answer is sealed."""
        return CONSEQUENCES[self.outcome]

    @property
    def merged_into(self) -> Proposal | None:
        """Return the proposal to merge into, if one is chosen."""
        chosen = self.form.cleaned_data["merged_into"]
        return self.proposal.project.proposals.select_related("project", "current").get(pk=chosen) if chosen else None

    @property
    def settled(self) -> list[Said]:
        """List the words on what is missing or open, as the record will show them."""
        words = self.demands.settled() if self.approves else {}
        entries = [describe(demand, words[demand.key]) for demand in self.demands.demands if words]
        return gather_words(entries, {key: word.holder.name for key, word in words.items() if word.holder})

    def new_conditions(self) -> list[NewCondition]:
        """List the conditions to record; empty unless the outcome carries conditions."""
        if self.outcome not in WITH_CONDITIONS:
            return []
        rows = [(form, form.cleaned_data) for form in self.conditions.forms]
        return [
            NewCondition(
                row["text"],
                row["role"],
                row["due_on"],
                form.suggestion and form.suggestion.subject,
                OnLapse(row["on_lapse"] or OnLapse.STAYS),
            )
            for form, row in rows
            if row.get("text")
        ]

    def terms(self) -> Terms:
        """Return the terms of the answer in the form the service takes."""
        return Terms(
            option=self.option,
            why_not=self.form.cleaned_data["why_not"] if self.approves else "",
            months=self.form.cleaned_data["months"] or 0,
            conditions=self.new_conditions(),
            effective=EffectiveFrom(self.form.cleaned_data["effective"]),
            return_on=self.form.cleaned_data["return_on"],
            price_reduction=self.form.cleaned_data["price_reduction"],
            merged_into=self.merged_into,
            waived=self.waivers.cleaned_data,
            fates=self.fates.fates() if self.approves else {},
            settled=self.demands.settled() if self.approves else {},
        )

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """Return the valid answer by the names of the arguments of `decide` and `rehearse`."""
        given = self.form.cleaned_data
        answer = {"fingerprint": given["fingerprint"], "reasons": given["reasons"]}
        return answer | {"seen": self.seen, "outcome": self.outcome, "terms": self.terms()}

    def typed(self) -> list[tuple[str, str]]:
        """Return the (label, text) of typed fields, to hand back when the answer was not recorded."""
        texts = [
            self.form["why_not"],
            self.form["reasons"],
            *self.waivers,
            *self.demands.words(),
            *(form["text"] for form in self.conditions.forms),
        ]
        waived = {role: text for role, text in self._posted_waivers().items() if role not in self.waivers.fields}
        return [
            *((str(field.label), str(field.value() or "")) for field in texts if field.value()),
            *((str(WHY_WITHOUT % {"role": role}), text) for role, text in waived.items()),
        ]


class ProofForm(forms.Form):
    """The proof that a condition is met."""

    proof = ProseField(
        label=_("Evidence that it is met"), rows=3, error_messages={"required": _("Describe the evidence.")}
    )


class LiftForm(ProofForm):
    """Lift a condition. A proof already given is shown, not typed again."""

    def __init__(self, data: Any = None, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        if initial["proof"]:
            self.fields["proof"].widget = forms.HiddenInput()


class WaiveForm(forms.Form):
    """The reason for waiving a condition."""

    because = ProseField(
        label=_("Reasons for waiving it"), rows=3, error_messages={"required": _("Enter why you waive it.")}
    )
