"""Kind of decision on benefits, and the addition to it, to scope and to gate: approve a frozen set of criteria."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.record.sealing import parse_term, term_of
from governance.decide.decisions import watches
from governance.decide.decisions.seal_guards import proof_of_next_version
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from governance.decide.kinds.base import Behaviour, Change, Demand, Kind, Need, Part
from governance.decide.kinds.fields import LONGEST_CHOICE, ChoiceTerm, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.items import ITEM_LABELS
from governance.decide.kinds.registry import extend, register
from governance.models import Decision, Effect
from pmo.registers.success_criteria import effects
from pmo.registers.success_criteria.benefits import find_claims
from pmo.registers.success_criteria.enums import CriterionKind, CriterionState
from pmo.registers.success_criteria.guards import CLAIMED_KNOWINGLY, COMPLETE
from pmo.registers.success_criteria.models import SuccessCriteriaSet, SuccessCriterion
from projects.enums import ProjectState
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

NOT_OUR_CRITERIA = _(
    "These success criteria are not the newest set of the project. Freeze them again, then choose that version."
)
NOT_OUR_BENEFIT = _("This benefit is not an approved one of the project.")
INCOMPLETE = _("Enter the value before, the day of the target and the owner of: %(benefits)s. Then freeze again.")
#: What may become of an approved benefit.
BECOMES = (
    (CriterionState.OBTAINED.value, _("It is obtained")),
    (CriterionState.DROPPED.value, _("It is given up")),
)
ENDINGS = {
    CriterionState.OBTAINED.value: _("Benefit %(reference)s is obtained"),
    CriterionState.DROPPED.value: _("Benefit %(reference)s is given up"),
}
BENEFITS_KIND = "benefits"


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

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Ask for a word on each benefit that another project of the family claims."""
        named = _newest_named(project, content.terms)
        for number, claim in find_claims(project, named.content if named else ()).items():
            label = f"SC-{number:02d} · {claim.text}"
            yield Demand(f"benefit:{number}", label, _describe_claim(project, claim))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if "criteria" not in content.terms:
            return
        named = _newest_named(project, content.terms)
        if named is None:
            raise ValidationError(NOT_OUR_CRITERIA)
        effects.approve_set(named)
        yield Change(named, "criteria", "", str(named.number))


def _describe_claim(project: Project, claim: SuccessCriterion) -> str:
    """Say who claims a benefit too; by name only below, where every reader of the project reads."""
    other = claim.project
    if project.pk in {other.parent_id, other.parent and other.parent.parent_id}:
        return gettext("%(project)s claims this benefit too. It is counted once.") % {"project": other.code}
    return gettext("Another project of the same programme or portfolio claims this benefit too. It is counted once.")


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


class BenefitTerm(ChoiceTerm):
    """Approved benefit, by its number."""

    def offer(self, project: Project) -> None:
        rows = project.success_criteria.filter(kind=CriterionKind.BENEFIT, state=CriterionState.APPROVED)
        newest = rows.order_by("-number")[:LONGEST_CHOICE]
        self.choices = [("", "—"), *((str(row.number), f"{row.reference} · {row.text}") for row in newest)]

    def display(self, text: str) -> str:
        return f"SC-{int(text):02d}"


class BenefitsForm(TermsForm):
    """Choose an approved benefit that is obtained or given up, if any."""

    benefit = BenefitTerm(
        label=_("Benefit that ends"),
        required=False,
        help_text=_("To approve or revise benefits, choose a frozen set instead."),
    )
    becomes = ChoiceTerm(label=_("What becomes of it"), required=False, choices=lambda: [("", "—"), *BECOMES])


class BenefitPart(Part):
    """Effect: a benefit is obtained or given up."""

    field = "benefit"
    subject = SuccessCriterion
    heading = _("Benefits that end")

    def describe(self, effect: Any) -> str:
        sentence = ENDINGS.get(effect.after, _("Benefit %(reference)s is approved again"))
        return str(sentence) % {"reference": SuccessCriterion.objects.get(pk=effect.subject_id).reference}

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Approve the benefit again, unless it has moved on."""
        yield Change(effects.undo_end(effect.subject_id, effect.after), effect.field, effect.after, effect.before)


class BenefitsKind(Kind):
    """Approve or revise benefits, declare one obtained, or give one up; who proposes the scope proposes it."""

    follows = DecisionKind.SCOPE
    evidence = _("The benefits with their measures, and who answers for them.")
    needed: ClassVar = {"impact_recipients": _("Describe the impact on recipients.")}
    form = BenefitsForm
    parts: ClassVar[tuple[Part, ...]] = (BenefitPart(),)
    decides_at_rest = frozenset({ProjectState.SUSPENDED})
    needs = (
        Need(
            """jsonb_exists(NEW.terms, 'criteria')
               OR coalesce(NEW.terms ->> 'benefit', '') <> '' AND NEW.terms ->> 'becomes' IN ('obtained', 'dropped')""",
            "A decision on benefits names a set of them, or one and what becomes of it",
        ),
        Need(COMPLETE, "A benefit is put to the owner with its value before, the day of its target and its owner"),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a set with complete benefits, or an approved benefit and what becomes of it."""
        gaps, terms = super().gaps(content, project), content.terms
        if bool(terms.get("benefit")) != bool(terms.get("becomes")):
            missing = "becomes" if terms.get("benefit") else "benefit"
            gaps[f"terms-{missing}"] = str(_("Select both the benefit and what becomes of it, or neither."))
        elif not terms.get("benefit") and not terms.get("criteria"):
            gaps["terms-criteria"] = str(_("Select a frozen set, or a benefit that ends."))
        elif terms.get("benefit") and _find_benefit(project, terms) is None:
            gaps["terms-benefit"] = str(NOT_OUR_BENEFIT)
        if "terms-criteria" not in gaps and (lacking := _list_incomplete(project, terms)):
            gaps["terms-criteria"] = str(INCOMPLETE) % {"benefits": ", ".join(lacking)}
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Add a benefit that is no longer approved."""
        ends = content.terms.get("benefit") and _find_benefit(project, content.terms) is None
        return super().obstacles(content, project) + ([str(NOT_OUR_BENEFIT)] if ends else [])

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | frozenset({"benefit"} & set(terms))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if content.terms.get("benefit"):
            benefit = _find_benefit(project, content.terms)
            if benefit is None:
                raise ValidationError(NOT_OUR_BENEFIT)
            becomes = content.terms["becomes"]
            row = effects.end_benefit(project.pk, benefit.number, becomes)
            yield Change(row, "benefit", str(CriterionState.APPROVED), becomes)
        yield from super().apply(project, content, actor)


def _find_benefit(project: Project, terms: Terms) -> SuccessCriterion | None:
    """Return the named benefit, when it is approved."""
    number = parse_term(terms.get("benefit", ""))[0]
    rows = project.success_criteria.filter(kind=CriterionKind.BENEFIT, state=CriterionState.APPROVED)
    return rows.filter(number=number).first()


def _list_incomplete(project: Project, terms: Terms) -> list[str]:
    """List the references of the proposed benefits of the named set that lack what the owner reads of them."""
    named = _newest_named(project, terms)
    rows = project.success_criteria.filter(kind=CriterionKind.BENEFIT, state=CriterionState.PROPOSED)
    rows = rows.filter(number__in=named.numbers if named else ())
    return [row.reference for row in rows.order_by("number") if not row.is_complete]


CRITERIA = CriteriaAddition()
register(BenefitsKind(BENEFITS_KIND, _("benefits")))
extend(BENEFITS_KIND, CRITERIA)
extend(DecisionKind.SCOPE, CRITERIA)
extend(DecisionKind.GATE, CRITERIA)
ITEM_LABELS["benefit"] = lambda number: _("Benefit SC-%(number)s, claimed twice") % {"number": number.zfill(2)}
pgtrigger.register(CLAIMED_KNOWINGLY)(Decision)
