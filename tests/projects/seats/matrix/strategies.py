"""Generate valid matrices of every shape: roles of each authority, natures per cell, kinds split over lines."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from roles.enums import Authority, DecisionKind, Domain, Nature, Recurrence
from roles.role_templates.content import Duty, Line, Matrix, Role

#: Natures of a role that does not decide at an activity, and extra natures of the deciding role.
OTHERS = (Nature.PROPOSE, Nature.ADVISE, Nature.PRODUCE, Nature.SUPPORT, Nature.INFORMED)
OWNERS = (Nature.PRODUCE, Nature.SUPPORT, Nature.INFORMED)
#: Maximum number of roles by authority: at least one deciding, at most seven others.
PEOPLE = {Authority.ADVISES: 3, Authority.DELIVERS: 2, Authority.RECEIVES: 2}


def role(code: str, authority: str, cells: dict[str, Iterable[str]]) -> Role:
    """Build a role with one responsibility per nature: nature → codes of lines."""
    duties = tuple(
        Duty(
            code=f"{code}-{place:02}",
            label_fr="Tâche",
            label_en="Task",
            nature=nature,
            domains=(Domain.BUSINESS.value,),
            activities=tuple(lines),
            evidence_fr="Pièce",
            evidence_en="Document",
            recurrence=Recurrence.CONTINUOUS.value,
        )
        for place, (nature, lines) in enumerate(sorted(cells.items()), start=1)
    )
    return Role(
        code=code,
        version=0,
        authority=authority,
        mandatory=True,
        name_fr=f"Rôle {code}",
        name_en=f"Role {code}",
        mission_fr="Mission.",
        mission_en="Mission.",
        duties=duties,
    )


@st.composite
def matrices(draw: Any) -> Matrix:
    """Draw a matrix without a finding (roles.role_templates.lint), with any letters."""
    lines = draw(_lines())
    codes = [line.code for line in lines]
    cells = {
        (authority, number): draw(_cells(codes, OTHERS))
        for authority, most in PEOPLE.items()
        for number in range(draw(st.integers(0 if authority != Authority.ADVISES else 2, most)))
    }
    advising = [cells[key] for key in cells if key[0] == Authority.ADVISES]
    for line in lines:
        for own in draw(st.permutations(advising))[:2] if line.kinds else ():
            own[Nature.ADVISE.value] = sorted({*own.get(Nature.ADVISE.value, ()), line.code})
    roles = [role(f"{authority[:3].upper()}{number}", authority, own) for (authority, number), own in cells.items()]
    carried = {
        code
        for role in roles
        for duty in role.duties
        if duty.nature in {Nature.PROPOSE, Nature.PRODUCE}
        for code in duty.activities
    }
    own = draw(_cells(codes, OWNERS))
    produced = {*own.get(Nature.PRODUCE, ()), *(set(codes) - carried)}
    owner = role("OWN", Authority.DECIDES, own | {Nature.DECIDE: codes, Nature.PRODUCE: sorted(produced) or codes[:1]})
    return Matrix(tuple(lines), (owner, *roles))


@st.composite
def _lines(draw: Any) -> list[Line]:
    """Draw one to five lines that share all kinds of decision, and perhaps one without any."""
    count = draw(st.integers(1, 5))
    kinds: dict[int, list[str]] = {number: [] for number in range(count + draw(st.integers(0, 1)))}
    for kind in DecisionKind.values:
        kinds[draw(st.integers(0, count - 1))].append(kind)
    return [
        Line(f"L{number}", Domain.BUSINESS.value, f"Ligne {number}", f"Line {number}", tuple(held))
        for number, held in kinds.items()
    ]


@st.composite
def _cells(draw: Any, lines: list[str], natures: tuple[Nature, ...]) -> dict[str, list[str]]:
    """Draw nature → lines, with at least one responsibility."""
    found = {nature.value: draw(st.lists(st.sampled_from(lines), unique=True)) for nature in natures}
    filled = {nature: codes for nature, codes in found.items() if codes}
    return filled or {Nature.SUPPORT.value: lines[:1]}


def printed(matrix: Matrix, code: str, kind: str) -> set[str]:
    """Return the letters of this role at the line of this kind, as the matrix shows them."""
    found = matrix.role(code)
    assert found is not None
    [line] = [line for line in matrix.lines if kind in line.kinds]
    return set(found.natures(line.code))
