"""Rules of its level for a portfolio or a programme that was opened with those of a project.

The people keep their seats: each role that a level has too takes over its name, mission and responsibilities, under the
code that its holder was appointed to. The other roles are left out.
"""

from collections.abc import Collection
from dataclasses import replace

from projects.enums import Level
from projects.project.models import Project
from roles.enums import Authority
from roles.role_templates.content import Matrix, Role, published_matrix
from roles.role_templates.levels import PROJECT, level_of, method_of, pack_at

#: Role of a level → the role of a project whose holder takes it over.
HELD_BY = {
    "PFMOA": "MOA",
    "PFPMO": "PMO",
    "PFMET": "AMOA",
    "PGMOA": "MOA",
    "PGDIR": "CDP",
    "PGPMO": "PMO",
    "PGAMO": "AMOA",
    "PFO": "PO",
    "PFSO": "PSO",
    "PFBR": "BM",
    "PGO": "PO",
    "PGST": "PSO",
    "PGBM": "BM",
    "RSSI": "RSSI",
    "DPD": "DPD",
}
#: Family of responsibilities of a role that is not mandatory → codes of the role that owes them while nobody has held
#: it: at the level, and where its rules were taken over.
STANDS_IN = {"PGDIR": ("PGPMO", "PMO"), "PGM": ("PGST", "PSO")}


def has_project_rules(level: str, authorities: Collection[str]) -> bool:
    """Return whether a portfolio or programme has the roles of a project: only those have a provider."""
    return level not in {Level.PROJECT, Level.ORGANISATION} and Authority.DELIVERS in authorities


def has_taken_rules(level: str, pack: str, authorities: Collection[str]) -> bool:
    """Return whether a node opened as a project took the rules of its level: its method offers it no newer roles."""
    return level != PROJECT and level_of(pack) == PROJECT and Authority.DELIVERS not in authorities


def find_stand_in(role: Role, roles: Collection[Role]) -> Role | None:
    """Return the role that owes the responsibilities of `role` while nobody has held it; None where nobody does."""
    codes = {code for duty in role.duties for code in STANDS_IN.get(_family_of(duty.code), ())}
    return next((other for other in roles if other.code in codes and other.mandatory), None)


def manages_its_level(role: Role) -> bool:
    """Return whether it is the role in charge from day to day, which a large programme is advised to fill."""
    return any(_family_of(duty.code) in STANDS_IN for duty in role.duties)


def stands_in_sql(role: str, duty: str) -> str:
    """Return the condition that a role owes a responsibility while nobody has held its own."""
    pairs = ", ".join(f"('{family}', '{code}')" for family, codes in STANDS_IN.items() for code in codes)
    return f"(split_part({duty}, '-', 1), {role}) IN ({pairs})"


def _family_of(duty: str) -> str:
    return duty.partition("-")[0]


def build_level_roles(project: Project, content: Matrix) -> Matrix | None:
    """Return the rules of the level for the roles of a project; None where its method has none. Three queries."""
    there = published_matrix(pack_at(method_of(str(project.pack_id)), project.level))
    codes = {role.code: HELD_BY[role.code] for role in there.roles if role.code in HELD_BY}
    roles = [
        _take_over(role, own, codes)
        for role in there.roles
        if (own := content.role(codes.get(role.code, ""))) and own.authority == role.authority
    ]
    return Matrix(there.lines, tuple(roles)) if any(role.decides for role in roles) else None


def _take_over(role: Role, own: Role, codes: dict[str, str]) -> Role:
    """Return a role of the level under the code, the version and the number of holders of the project's own."""
    duties = [
        replace(duty, receivers=tuple(codes[code] for code in duty.receivers if code in codes)) for duty in role.duties
    ]
    against = tuple(codes[code] for code in role.incompatible if code in codes)
    return replace(
        role, code=own.code, version=own.version, several=own.several, incompatible=against, duties=tuple(duties)
    )
