"""Places of projects in the tree: portfolio, programme, project, as far as the reader may read."""

from django.db.models import Case, Count, F, Func, Q, QuerySet, Value, When

from core.access import Person
from core.sql.array_lookup import in_array
from governance import workspace_registry
from projects.enums import PARENTS, Level
from projects.models import Delegation, Mandate, Project
from roles.models import User


def count_by_level(user: User) -> dict[str, int]:
    """Count the projects of each level that the reader may read. One query."""
    counted = Project.objects.visible_to(user).aggregate(
        **{level: Count("pk", filter=Q(level=level, archived=False)) for level in PARENTS}
    )
    return dict(counted)


def holds_a_role(user: Person) -> Func:
    """Return the condition that the reader holds a role on the project, or signs there by delegation."""
    held = Mandate.objects.active().filter(holder=user.pk).values("project")
    return in_array("pk", held.union(Delegation.objects.active().filter(delegate=user.pk).values("mandate__project")))


def with_places(projects: QuerySet[Project], user: Person) -> QuerySet[Project]:
    """Annotate the place in the tree: the codes from the top (`first`, `second`, `third`) and the `depth`.

    A parent that the reader may not read is left out, so that its children begin a branch.
    """
    visible = Project.objects.visible_to(user).values("pk")
    placed = projects.annotate(reads_parent=in_array("parent", visible), reads_top=in_array("parent__parent", visible))
    third, second = {"reads_parent": True, "reads_top": True}, {"reads_parent": True}
    own, parent, top, none = F("code"), F("parent__code"), F("parent__parent__code"), Value("")
    return placed.annotate(
        first=Case(When(**third, then=top), When(**second, then=parent), default=own),
        second=Case(When(**third, then=parent), When(**second, then=own), default=none),
        third=Case(When(**third, then=own), default=none),
        depth=Case(When(**third, then=Value(2)), When(**second, then=Value(1)), default=Value(0)),
    )


def find_address(project: Project) -> str:
    """Return the address of the page that the owner of `project` opens first."""
    if project.level == Level.PORTFOLIO and workspace_registry.PORTFOLIO_PAGES:
        return workspace_registry.PORTFOLIO_PAGES[0](project)
    return project.get_absolute_url()


def find_portfolio_of(user: User) -> Project | None:
    """Return the first portfolio that `user` owns, or None."""
    owned = Mandate.objects.active().deciding().filter(holder=user.pk).values("project")
    return Project.objects.filter(pk__in=owned, level=Level.PORTFOLIO).order_by("code").first()
