"""Addition to communication decisions: an approval puts a change plan in force."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from amoa.change_plan.content import list_differences
from amoa.change_plan.models import ChangePlan
from core.record.sealing import parse_term, term_of
from governance.decide.decisions import watches
from governance.decide.decisions.seal_guards import proof_of_next_version
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from governance.decide.kinds.base import Behaviour, Change, Part
from governance.decide.kinds.fields import LONGEST_CHOICE, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.registry import extend
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

#: Differences that a page lists.
MOST_DIFFERENCES = 20
NOT_OUR_PLAN = _("This version of the change plan is not the project's.")


class PlanTerm(FrozenTerm):
    """Choice of a frozen version of the change plan."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        plans = project.change_plans.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        return [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in plans]

    def link(self, project: Project) -> str:
        return reverse("amoa:change_plan:change_plan", args=[project.code])


class CommunicationForm(TermsForm):
    """Choose the change plan that an approval puts in force, if any."""

    plan = PlanTerm(
        label=_("Change plan to approve"),
        required=False,
        help_text=_("The message can be left empty if you select a plan."),
    )


class PlanPart(Part):
    """Effect: a version of the change plan is in force."""

    field = "plan"
    heading = _("Communications")
    subject = ChangePlan
    done = _("Change plan in force: version %(number)s")
    undone = _("Change plan no longer in force: version %(number)s")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Record that the plan is no longer in force."""
        yield Change(ChangePlan.objects.get(pk=effect.subject_id), effect.field, effect.after, "")


class PlanAddition(Behaviour):
    """Put a frozen change plan in force."""

    form = CommunicationForm
    parts: ClassVar[tuple[Part, ...]] = (PlanPart(),)

    def changes(self, terms: Terms) -> frozenset[str]:
        return frozenset({"plan"} & set(terms))

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Record that the plan is in force."""
        if "plan" not in content.terms:
            return
        number, fingerprint = parse_term(content.terms["plan"])
        plan = project.change_plans.filter(number=number, hash=fingerprint).first()
        if plan is None:
            raise ValidationError(NOT_OUR_PLAN)
        yield Change(plan, "plan", "", str(number))


def compare_plan(change: Any) -> ChangedItem:
    """Describe the differences between a sealed plan and the version frozen since."""
    sealed = ChangePlan.objects.select_related("project").get(pk=change.key)
    later = ChangePlan.objects.get(project=sealed.project_id, hash=change.after)
    parts = [
        ChangedPart(f"{difference.part_name} · {difference.name}", difference.group, str(difference.word.label))
        for difference in list_differences(sealed.content, later.content)[:MOST_DIFFERENCES]
    ]
    name = str(_("Change plan, version %(number)s")) % {"number": sealed.number}
    return ChangedItem(name, reverse("amoa:change_plan:change_plan", args=[sealed.project.code]), parts)


watches.register(watches.Watch("plan", proof_of_next_version(ChangePlan._meta.db_table), compare_plan))
extend(DecisionKind.COMMUNICATION, PlanAddition())
