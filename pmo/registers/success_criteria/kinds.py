"""Addition to the kinds scope and gate: approve a frozen set of success criteria."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.record.sealing import parse_term, term_of
from governance.decide.decisions import watches
from governance.decide.decisions.seal_guards import proof_of_next_version
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from governance.decide.kinds.base import Behaviour, Change, Part
from governance.decide.kinds.fields import LONGEST_CHOICE, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.registry import extend
from governance.models import Effect
from pmo.registers.success_criteria import effects
from pmo.registers.success_criteria.models import SuccessCriteriaSet
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

NOT_OUR_CRITERIA = _(
    "These success criteria are not the newest set of the project. Freeze them again, then choose that version."
)


class CriteriaTerm(FrozenTerm):
    """Frozen set of success criteria."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        criteria_sets = project.criteria_sets.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        return [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in criteria_sets]

    def link(self, project: Project) -> str:
        return reverse("pmo:success_criteria:success", args=[project.code])


class CriteriaForm(TermsForm):
    """Choose the frozen set to approve, if any."""

    criteria = CriteriaTerm(
        label=_("Success criteria to approve"),
        required=False,
        help_text=_("An approval brings exactly this set into force. Only the newest one can be submitted."),
    )


class CriteriaPart(Part):
    """Effect: a set of success criteria is approved."""

    field = "criteria"
    subject = SuccessCriteriaSet
    done = _("Success criteria approved: version %(number)s")
    undone = _("Success criteria no longer approved: version %(number)s")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Undo the approval, except for criteria that another decision approves."""
        criteria = SuccessCriteriaSet.objects.get(pk=effect.subject_id)
        effects.undo_approval(criteria, _approved_elsewhere(criteria))
        yield Change(criteria, effect.field, effect.after, "")


def _approved_elsewhere(criteria: SuccessCriteriaSet) -> list[int]:
    """List the numbers in the newest other set of the project whose approval still holds."""
    approvals = Effect.objects.filter(subject=criteria._meta.label_lower, decision__project=criteria.project_id)
    last = dict(approvals.exclude(subject_id=criteria.pk).order_by("pk").values_list("subject_id", "after"))
    approved = SuccessCriteriaSet.objects.filter(pk__in=[number for number, after in last.items() if after])
    newest = approved.order_by("-number").first()
    return newest.numbers if newest else []


class CriteriaAddition(Behaviour):
    """Adds the approval of a frozen set of success criteria to a kind."""

    form = CriteriaForm
    parts: ClassVar[tuple[Part, ...]] = (CriteriaPart(),)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Refuse a set that is not the newest one, or whose criteria changed since."""
        if not content.terms.get("criteria") or _newest_named(project, content.terms):
            return {}
        return {"terms-criteria": str(NOT_OUR_CRITERIA)}

    def changes(self, terms: Terms) -> frozenset[str]:
        """Return the success criteria, when a set is named."""
        return frozenset({"criteria"} & set(terms))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if "criteria" not in content.terms:
            return
        named = _newest_named(project, content.terms)
        if named is None:
            raise ValidationError(NOT_OUR_CRITERIA)
        effects.approve_set(named)
        yield Change(named, "criteria", "", str(named.number))


def _newest_named(project: Project, terms: Terms) -> SuccessCriteriaSet | None:
    """Return the named set, when it is the newest one and unchanged since it was frozen."""
    number, fingerprint = parse_term(terms.get("criteria", ""))
    named = project.criteria_sets.filter(number=number, hash=fingerprint).first() if number else None
    if named is None or project.criteria_sets.filter(number__gt=named.number).exists() or effects.has_changed(named):
        return None
    return named


def compare_criteria(change: Any) -> ChangedItem:
    """Describe the differences between a sealed set and the one frozen since."""
    sealed = SuccessCriteriaSet.objects.select_related("project").get(pk=change.key)
    later = SuccessCriteriaSet.objects.get(project=sealed.project_id, hash=change.after)
    old, new = ({row["number"]: _describe_criterion(row) for row in s.content} for s in (sealed, later))
    label = str(_("Criterion %(number)s"))
    parts = [
        ChangedPart(label % {"number": number}, old.get(number, ""), new.get(number, ""))
        for number in sorted({*old, *new}, key=int)
        if old.get(number) != new.get(number)
    ]
    name = str(_("Success criteria, version %(number)s")) % {"number": sealed.number}
    return ChangedItem(name, reverse("pmo:success_criteria:success", args=[sealed.project.code]), parts)


def _describe_criterion(row: dict[str, str]) -> str:
    """Return a frozen criterion in one line."""
    target = " ".join(filter(None, (row["target"], row["unit"])))
    return " · ".join(filter(None, (row["text"], row["measure"], target)))


PROOF = proof_of_next_version(SuccessCriteriaSet._meta.db_table)
watches.register(watches.Watch("criteria", PROOF, compare_criteria))
CRITERIA = CriteriaAddition()
extend(DecisionKind.SCOPE, CRITERIA)
extend(DecisionKind.GATE, CRITERIA)
