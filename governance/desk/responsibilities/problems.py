"""Gaps and conflicts of a matrix: rule violations, vacant roles, and organisations on two sides.

Each problem has a sentence on how to fix it, and marks rows and cells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.seats.matrix.levels import manages_its_level
from roles.enums import Nature
from roles.role_templates.content import Matrix, Role
from roles.role_templates.lint import RESPONSIBLE, Finding, Rule, findings


class Flaw(models.TextChoices):
    """A gap or a conflict."""

    GAP = "gap", gettext_lazy("Gap")
    CONFLICT = "conflict", gettext_lazy("Conflict")


@dataclass(frozen=True)
class Problem:
    """One problem: the sentence on how to fix it, a `short` label, and the codes of the marked rows and roles.

    `vacant` is the role that nobody holds, when that is the problem.
    """

    flaw: Flaw
    sentence: str
    short: str
    lines: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    vacant: str = ""


@dataclass(frozen=True)
class Held:
    """A role held today, with number and name of the holder's organisation, if any.

    `side` holds the numbers of the organisations on the side of its own; `waived`: the owner waived its independence.
    `opposed` is the name of a holder who has an opposed role on a level above or below.
    """

    role: str
    organisation_id: int | None
    organisation: str
    side: frozenset[int] = frozenset()
    waived: bool = False
    opposed: str = ""


CONFLICTS = {Rule.ONE_DECIDES, Rule.NO_DUPLICATE, Rule.DECIDES_ALONE, Rule.OWNER_PROPOSES, Rule.ONE_KIND_ONE_LINE}
#: Rule → the wrong nature, where a finding names a role but no row.
WRONG_NATURE = {Rule.DECIDES_ALONE: Nature.DECIDE, Rule.OWNER_PROPOSES: Nature.PROPOSE}
#: Most projects of a programme without one person in charge from day to day.
MOST_WITHOUT_MANAGER = 3
JUDGING = frozenset({Nature.DECIDE, Nature.ADVISE})


def list_problems(
    content: Matrix, held: Iterable[Held], *, level: str, provider_comes: bool, parts: int = 0
) -> list[Problem]:
    """List all problems, conflicts first.

    `provider_comes`: a gate is set at which the provider is appointed. `parts` is the number of projects below.
    """
    held = list(held)
    problems = [
        *(_problem_of_finding(finding, content) for finding in findings(content, level)),
        *_list_vacancies(content, {seat.role for seat in held}, provider_comes=provider_comes),
        *_list_missing(content, {seat.role for seat in held}, parts),
        *_list_two_sides(content, held),
        *_list_across(content, held),
    ]
    return sorted(problems, key=lambda problem: problem.flaw != Flaw.CONFLICT)


def _problem_of_finding(finding: Finding, content: Matrix) -> Problem:
    lines = {finding.line} - {""}
    roles = {finding.role} - {""}
    nature = WRONG_NATURE.get(finding.rule)
    role = content.role(finding.role)
    if nature and role:
        lines |= {line.code for line in content.lines if nature in role.natures(line.code)}
    if finding.rule == Rule.ONE_ACCOUNTABLE:
        roles |= {role.code for role in content.roles if Nature.DECIDE in role.natures(finding.line)}
    is_conflict = finding.rule in CONFLICTS or (finding.rule == Rule.ONE_ACCOUNTABLE and len(roles) > 1)
    flaw = Flaw.CONFLICT if is_conflict else Flaw.GAP
    return Problem(flaw, finding.sentence, str(finding.rule.label), frozenset(lines), frozenset(roles))


def _list_vacancies(content: Matrix, held: set[str], *, provider_comes: bool) -> Iterator[Problem]:
    for role in content.roles:
        lines = frozenset(line.code for line in content.lines if set(role.natures(line.code)) - {Nature.INFORMED})
        if role.code in held or not lines or not role.mandatory or (role.delivers and provider_comes):
            continue
        about = {"role": role.code, "n": len(lines)}
        if role.decides:
            sentence = _("The project has no owner: an administrator names one. Until then nothing is decided.")
        else:
            sentence = ngettext(
                "%(role)s is vacant, and %(n)s activity needs it. The owner appoints a person.",
                "%(role)s is vacant, and %(n)s activities need it. The owner appoints a person.",
                len(lines),
            )
        short = _("%(role)s is vacant") % about
        yield Problem(Flaw.GAP, sentence % about, short, lines, frozenset({role.code}), role.code)


def _list_missing(content: Matrix, held: set[str], parts: int) -> Iterator[Problem]:
    """Yield the role in charge from day to day of a large programme that nobody holds."""
    for role in content.roles:
        if parts > MOST_WITHOUT_MANAGER and manages_its_level(role) and role.code not in held:
            about = {"role": role.code, "n": parts, "most": MOST_WITHOUT_MANAGER}
            sentence = _(
                "%(role)s is missing: there are %(n)s projects, and above %(most)s one person in charge is advised. "
                "The owner appoints a person."
            )
            short = _("%(role)s is missing") % about
            yield Problem(Flaw.GAP, sentence % about, short, frozenset(), frozenset({role.code}), role.code)


def _list_two_sides(content: Matrix, held: Iterable[Held]) -> Iterator[Problem]:
    """Yield pairs of incompatible roles of organisations on one side, unless the owner waived it (R8)."""
    place = {role.code: number for number, role in enumerate(content.roles)}
    known = [seat for seat in held if seat.organisation_id is not None and not seat.waived and seat.role in place]
    known.sort(key=lambda seat: (seat.organisation, place[seat.role]))
    for pair in combinations(known, 2):
        one, other = sorted(pair, key=lambda seat: place[seat.role])
        left, right = content.roles[place[one.role]], content.roles[place[other.role]]
        if one.role != other.role and _is_on_one_side(one, other) and _are_incompatible(left, right):
            about = {
                "organisation": one.organisation,
                "other": other.organisation,
                "left": left.code,
                "right": right.code,
            }
            if one.organisation_id == other.organisation_id:
                sentence = _(
                    "%(organisation)s has both %(left)s and %(right)s, so it judges its own work. "
                    "Appoint another organisation to one of them."
                )
            else:
                sentence = _(
                    "%(organisation)s has %(left)s and %(other)s has %(right)s. They belong to one "
                    "group or work for each other. Appoint another organisation to one of the roles."
                )
            short = _("%(organisation)s on two sides") % about
            roles = frozenset({left.code, right.code})
            yield Problem(Flaw.CONFLICT, sentence % about, short, _list_judged_lines(content, left, right), roles)


def _list_across(content: Matrix, held: Iterable[Held]) -> Iterator[Problem]:
    """Yield the holders who are the provider of a project and have a role above it (R8)."""
    for seat in held:
        if seat.opposed and (role := content.role(seat.role)):
            about = {"person": seat.opposed, "role": role.code}
            sentence = _(
                "%(person)s has %(role)s here. They are the provider of a project and have a role on the programme or "
                "portfolio above it. Appoint another person to one of the roles."
            )
            short = _("%(person)s on two levels") % about
            lines = frozenset(line for duty in role.duties for line in duty.activities)
            yield Problem(Flaw.CONFLICT, sentence % about, short, lines, frozenset({role.code}))


def _is_on_one_side(one: Held, other: Held) -> bool:
    return one.organisation_id == other.organisation_id or one.organisation_id in other.side


def _are_incompatible(left: Role, right: Role) -> bool:
    builds = left.delivers or right.delivers
    decides = left.decides or right.decides
    listed = right.code in left.incompatible or left.code in right.incompatible
    return (listed and (builds or not decides)) or (builds and (decides or left.advises or right.advises))


def _list_judged_lines(content: Matrix, left: Role, right: Role) -> frozenset[str]:
    """Return activities that one of the roles carries out and the other decides or advises on."""

    def carries(role: Role, other: Role, line: str) -> bool:
        return bool(set(RESPONSIBLE) & set(role.natures(line)) and JUDGING & set(other.natures(line)))

    return frozenset(
        line.code for line in content.lines if carries(left, right, line.code) or carries(right, left, line.code)
    )
