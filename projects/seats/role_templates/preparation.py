"""Prepare the next version of the roles of projects from newer role templates, for the project to propose or leave."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.acts import act_time, open_act
from projects.enums import AT_REST, OVER
from projects.ledger.enums import Act
from projects.project.models import Project
from projects.seats.matrix.levels import build_level_roles, has_project_rules
from projects.seats.matrix.models import Matrix
from projects.seats.matrix.offers import taking_version
from projects.seats.matrix.versions import write_version
from projects.seats.role_templates.usage import count_newer_roles
from roles.models import User
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import published_matrix

#: Time after which a portfolio or programme that keeps the rules of a project is asked again.
ASKED_AGAIN = timedelta(days=365)


def prepare_versions(actor: User) -> Iterator[tuple[Project, int, Matrix | None]]:
    """Prepare the roles of each project that has older ones; yield how many are older, and the version if one is new.

    Nothing comes into force: who proposes roles there is asked to propose the version, or to keep the roles in force.
    """
    for project in Project.objects.exclude(matrix=None).exclude(state__in=OVER).order_by("code"):
        if has_project_rules(project.level, {role.authority for role in project.roles()}) and (
            rules := _prepare_level(actor=actor, project=project)
        ):
            yield project, len(rules.content["roles"]), rules
    newer, published = count_newer_roles(), cache(published_matrix)
    for project in Project.objects.filter(code__in=newer).order_by("code"):
        prepared = _prepare_version(actor=actor, project=project, published=published(str(project.pack_id)))
        yield project, newer[project.code], prepared


@open_act
def _prepare_level(*, actor: User, project: Project) -> Matrix | None:
    """Write the rules of the level as the next version of a portfolio or programme that has those of a project.

    Return None where that was asked less than a year ago, and as for newer role templates.
    """
    project = Project.objects.locked(project.pk)
    in_force = project.matrix
    if not project.matrix_approved or not in_force or project.state in AT_REST:
        return None
    later = project.matrices.filter(number__gt=in_force.number)
    if later.exclude(made_by=actor).exists() or later.filter(acted_at__gt=act_time() - ASKED_AGAIN).exists():
        return None
    content = build_level_roles(project, in_force.read())
    if content is None:
        return None
    with override(project.language):
        return write_version(actor, project, content, _("Rules of the level."), Act.ADAPT_ROLES)


@open_act
def _prepare_version(*, actor: User, project: Project, published: Content) -> Matrix | None:
    """Write the roles in force with all newer role templates as the next version.

    Return None where the project has seen them all in a version of its own, where its roles are not approved yet, and
    where another version is under way.
    """
    project = Project.objects.locked(project.pk)
    latest, in_force = project.matrices.latest("number"), project.matrix
    if not project.matrix_approved or not in_force or latest.hash != in_force.hash or project.state in AT_REST:
        return None
    seen, content, taken = _find_seen(project), latest.read(), []
    for role in latest.read().roles:
        newer = published.role(role.code)
        if newer is None or newer.version <= seen[role.code]:
            continue
        content = taking_version(content, newer)
        if content.role(role.code) != replace(role, version=newer.version):
            taken.append(f"{newer.code} {newer.version}")
    if not taken:
        return None
    with override(project.language):
        reason = _("Newer versions of the role templates: %(roles)s.") % {"roles": ", ".join(taken)}
    return write_version(actor, project, content, reason, Act.ADAPT_ROLES)


def _find_seen(project: Project) -> dict[str, int]:
    """Return the newest version of each role in any version of the project."""
    seen: dict[str, int] = {}
    for matrix in project.matrices.all():
        for role in matrix.read().roles:
            seen[role.code] = max(seen.get(role.code, 0), role.version)
    return seen
