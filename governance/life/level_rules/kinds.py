"""Kind of decision of a portfolio or programme opened with the rules of a project: take those of its level, or keep.

`load_catalogue` prepares the version of the roles (projects.seats.role_templates.preparation); nothing changes before.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from governance.decide.kinds.base import Change, FirstWords, Kind, Need, Part
from governance.decide.kinds.fields import FlagTerm, Terms, TermsForm
from governance.decide.kinds.forms import RolesTerm
from governance.decide.kinds.kinds import NOT_OURS, ROLES, bring_into_force, find_version
from governance.decide.kinds.registry import register
from governance.decide.proposals.models import Proposal
from governance.workflow import MERGEABLE
from projects.enums import Level
from projects.models import Project
from projects.seats.mandates.services import end_mandate
from projects.seats.matrix.levels import has_project_rules
from roles.enums import LEVEL_RULES, DecisionKind, list_named_kinds
from roles.models import User

NONE_PREPARED = _("Select the version with the rules of the level.")
STILL_OPEN = _("The rules of the level do not decide this proposal. Decide or withdraw it first: %(proposals)s.")


class LevelRolesTerm(RolesTerm):
    """A version of the roles with the rules of the level."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        """List the prepared versions that take the place of the rules of a project."""
        return [(term, label) for term, label in super().frozen(project) if is_level_version(project, term)]


class LevelRulesForm(TermsForm):
    """The rules of the level, or the reason to keep those of a project."""

    matrix = LevelRolesTerm(label=_("Rules of the level"), required=False)
    keep = FlagTerm(
        label=_("Keep the rules of a project"),
        required=False,
        help_text=_("Explain why in the recommendation. The question is asked again after a year."),
    )


class LevelRulesKind(Kind):
    """Take the rules of the level; who has a role that the level lacks is released from it by this decision."""

    evidence = _("The roles and responsibilities of the level.")
    follows = DecisionKind.APPOINTMENT
    levels = frozenset({Level.PROGRAMME, Level.PORTFOLIO})
    form = LevelRulesForm
    parts: ClassVar[tuple[Part, ...]] = (ROLES,)
    needed_terms: ClassVar = {"matrix": NONE_PREPARED}
    needs = (
        Need(
            """EXISTS (SELECT FROM public.projects_project p JOIN public.projects_matrix x ON x.project_id = p.id
               WHERE p.id = file.project_id AND p.level IN ('programme', 'portfolio')
                 AND NEW.terms ->> 'matrix' = x.number || ':' || x.hash
                 AND NOT jsonb_path_exists(x.content, '$.roles[*] ? (@.authority == "delivers")'))""",
            "The rules of a level are those of a portfolio or a programme, without a provider",
        ),
    )

    def is_offered_on(self, project: Project) -> bool:
        authorities = {role.authority for role in project.roles()}
        return super().is_offered_on(project) and has_project_rules(project.level, authorities)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a version with the rules of the level."""
        gaps = super().gaps(content, project)
        if (term := content.terms.get("matrix")) and not is_level_version(project, term):
            gaps["terms-matrix"] = str(NONE_PREPARED)
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | (frozenset() if "keep" in terms else {"matrix"})

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report the open proposals of kinds that the level does not decide."""
        found, matrix = super().obstacles(content, project), find_version(project, content.terms)
        if "keep" in content.terms or matrix is None:
            return found
        left = Proposal.objects.filter(project=project, state__in=MERGEABLE).exclude(
            kind__in=list_named_kinds(matrix.powers)
        )
        numbers = ", ".join(file.reference for file in left.exclude(kind=LEVEL_RULES).order_by("number"))
        return [str(STILL_OPEN) % {"proposals": numbers}, *found] if numbers else found

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """End the mandates of the roles that the level lacks, and bring its rules into force."""
        if "keep" not in content.terms:
            if obstacles := self.obstacles(content, project):
                raise ValidationError(obstacles)
            yield from _take_rules(project, content.terms, actor)
        yield from super().apply(project, content, actor)

    def first_words(self, terms: Terms, project: Project) -> FirstWords | None:
        if "matrix" not in terms:
            return None
        return FirstWords(
            gettext("Rules of the level"),
            gettext("Which rules apply here: those of the level, or those of a project?"),
            (
                (
                    gettext("Take the rules of the level"),
                    gettext("The people keep their roles with other responsibilities. Roles of a delivery end."),
                ),
                (
                    gettext("Keep the rules of a project"),
                    gettext("Nothing changes. The question is asked again after a year."),
                ),
            ),
        )


def is_level_version(project: Project, term: str) -> bool:
    """Return whether a version of the roles has the rules of the level. One query."""
    matrix = find_version(project, {"matrix": term})
    return matrix is not None and not any(role.delivers for role in matrix.read().roles)


def _take_rules(project: Project, terms: Terms, actor: User) -> Iterator[Change]:
    matrix = find_version(project, terms)
    if matrix is None:
        raise ValidationError(NOT_OURS)
    kept = [role.code for role in matrix.read().roles]
    for mandate in project.mandates.not_over(act_time()).exclude(role__code__in=kept).select_related("role", "holder"):
        end_mandate(actor=actor, mandate=mandate, because=gettext("The level has no such role."))
    if change := bring_into_force(project, matrix):
        project.save()
        yield change


register(LevelRulesKind(LEVEL_RULES, _("rules of the level")))
