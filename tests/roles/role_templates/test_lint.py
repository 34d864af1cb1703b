"""Test the rules of a matrix: each broken rule gives its finding, with a message that helps to fix it (R3, R4, R8)."""

from dataclasses import replace

import pytest
from django.utils import translation

from roles.enums import DecisionKind, Nature
from roles.role_templates.content import Duty, Line, Matrix, Role
from roles.role_templates.lint import Rule, findings, list_rhythm_findings, role_findings


def duty(code: str, nature: str, *activities: str) -> Duty:
    """Build a responsibility with nature and activities, and all its texts."""
    return Duty(code, "Agir", "Act", nature, ("business",), activities, "Preuve", "Proof", "continuous")


def role(code: str, authority: str, *duties: Duty) -> Role:
    """Build a role with all its texts."""
    return Role(code, 1, authority, True, "Nom", "Name", "Mission", "Mission", duties=duties)


HALF = len(DecisionKind) // 2
LINES = (
    Line("WORK", "business", "Travail", "Work", tuple(DecisionKind.values[:HALF])),
    Line("REST", "business", "Repos", "Rest", tuple(DecisionKind.values[HALF:])),
)
#: A complete matrix: the king decides, the queen proposes and advises, the judge advises, the guards carry out.
SOUND = Matrix(
    LINES,
    (
        role("KING", "decides", duty("K-1", "decide", "WORK", "REST")),
        role("QUEEN", "advises", duty("Q-1", "propose", "WORK"), duty("Q-2", "advise", "WORK", "REST")),
        role("GUARD", "delivers", duty("G-1", "produce", "REST"), duty("G-2", "informed", "WORK")),
        role("JUDGE", "advises", duty("J-1", "advise", "WORK", "REST")),
    ),
)
KING, QUEEN, GUARD, JUDGE = SOUND.roles
WORK, REST = LINES


def lines(*changed: Line) -> Matrix:
    """Return the sound matrix with other lines."""
    return replace(SOUND, lines=changed)


def duties(of: Role, *changed: Duty) -> Matrix:
    """Return the sound matrix with other duties of one role."""
    return SOUND.with_role(replace(of, duties=changed))


Found = list[tuple[Rule, str, str]]
#: Other names of a role or a line in a message: one of its responsibilities, its label.
WORDS = {
    "GUARD": ("G-1", "G-3"),
    "KING": ("K-2", "Rest", "Repos"),
    "QUEEN": ("Q-1", "Q-3"),
    "WORK": ("Work", "Travail"),
    "REST": ("Rest", "Repos"),
    "DREAM": ("Dream", "Rêve"),
}
TEXTS = ("name_fr", "name_en", "mission_fr", "mission_en")
#: defect → the matrix, and all its findings: rule, role, line.
BROKEN: dict[str, tuple[Matrix, Found]] = {
    "nobody decides": (
        SOUND.with_role(replace(KING, authority="receives", duties=(duty("K-1", "informed", "WORK"),))),
        [(Rule.ONE_DECIDES, "", ""), (Rule.ONE_ACCOUNTABLE, "", "WORK"), (Rule.ONE_ACCOUNTABLE, "", "REST")],
    ),
    "two decide": (
        SOUND.with_role(replace(GUARD, authority="decides", duties=GUARD.duties[:1])),
        [(Rule.ONE_DECIDES, "", "")],
    ),
    "a role without a duty": (
        SOUND.with_role(role("JESTER", "receives")),
        [(Rule.NO_EMPTY_ROLE, "JESTER", "")],
    ),
    "a role twice": (
        replace(SOUND, roles=(*SOUND.roles, QUEEN)),
        [(Rule.NO_DUPLICATE, "QUEEN", "")],
    ),
    "a duty twice": (
        duties(GUARD, *GUARD.duties, duty("G-1", "support", "WORK")),
        [(Rule.NO_DUPLICATE, "GUARD", "")],
    ),
    "an activity twice": (
        lines(*LINES, Line("REST", "business", "Encore", "Again")),
        [(Rule.NO_DUPLICATE, "", "REST")],
    ),
    **{
        f"a role without its {name}": (SOUND.with_role(replace(GUARD, **{name: ""})), [(Rule.TRANSLATED, "GUARD", "")])
        for name in TEXTS
    },
    **{
        f"a duty without its {name}": (
            duties(GUARD, replace(GUARD.duties[0], **{name: ""}), GUARD.duties[1]),  # type: ignore[arg-type]
            [(Rule.TRANSLATED, "GUARD", "")],
        )
        for name in ("label_fr", "label_en", "evidence_fr", "evidence_en")
    },
    **{
        f"a line without its {name}": (
            lines(WORK, replace(REST, **{name: ""})),
            [(Rule.TRANSLATED, "", "REST")],  # type: ignore[arg-type]
        )
        for name in ("label_fr", "label_en")
    },
    "an adviser decides nothing in particular": (
        duties(QUEEN, *QUEEN.duties, duty("Q-3", "decide")),
        [(Rule.DECIDES_ALONE, "QUEEN", "")],
    ),
    "an adviser decides too": (
        duties(QUEEN, *QUEEN.duties, duty("Q-3", "decide", "WORK")),
        [(Rule.DECIDES_ALONE, "QUEEN", ""), (Rule.ONE_ACCOUNTABLE, "", "WORK")],
    ),
    "the owner proposes": (
        duties(KING, *KING.duties, duty("K-2", "propose", "WORK")),
        [(Rule.OWNER_PROPOSES, "KING", "")],
    ),
    "the owner advises": (
        duties(KING, *KING.duties, duty("K-2", "advise", "WORK")),
        [(Rule.OWNER_ADVISES, "KING", "")],
    ),
    "an activity nobody knows": (
        duties(GUARD, *GUARD.duties, duty("G-3", "support", "SLEEP")),
        [(Rule.KNOWN, "GUARD", "")],
    ),
    "incompatible with nobody known": (
        SOUND.with_role(replace(GUARD, incompatible=("KING", "POPE"))),
        [(Rule.KNOWN, "GUARD", "")],
    ),
    "a kind nobody knows": (
        lines(WORK, replace(REST, kinds=(*REST.kinds, "coronation"))),
        [(Rule.KNOWN_KIND, "", "")],
    ),
    "a kind in no activity": (
        lines(WORK, replace(REST, kinds=REST.kinds[1:])),
        [(Rule.ONE_KIND_ONE_LINE, "", "")],
    ),
    "a kind in two activities": (
        lines(WORK, replace(REST, kinds=(*REST.kinds, WORK.kinds[0]))),
        [(Rule.ONE_KIND_ONE_LINE, "", "")],
    ),
    "a kind twice in one activity": (
        lines(WORK, replace(REST, kinds=(*REST.kinds, REST.kinds[0]))),
        [(Rule.ONE_KIND_ONE_LINE, "", "")],
    ),
    "nobody accountable": (
        duties(KING, duty("K-1", "decide", "WORK"), duty("K-2", "support", "REST")),
        [(Rule.ONE_ACCOUNTABLE, "", "REST")],
    ),
    "the owner only informed": (
        duties(KING, duty("K-1", "decide", "WORK"), duty("K-2", "informed", "REST")),
        [(Rule.NOT_ONLY_INFORMED, "KING", "REST"), (Rule.ONE_ACCOUNTABLE, "", "REST")],
    ),
    "nobody carries it": (
        duties(GUARD, duty("G-1", "support", "REST"), duty("G-2", "informed", "WORK")),
        [(Rule.SOMEONE_RESPONSIBLE, "", "REST")],
    ),
    "one adviser only": (
        duties(JUDGE, duty("J-1", "advise", "WORK")),
        [(Rule.TWO_ADVICES, "", "REST")],
    ),
    "no adviser": (
        duties(JUDGE, duty("J-1", "support", "WORK", "REST")).with_role(replace(QUEEN, duties=QUEEN.duties[:1])),
        [(Rule.TWO_ADVICES, "", "WORK"), (Rule.TWO_ADVICES, "", "REST")],
    ),
    "an adviser who may be missing": (
        SOUND.with_role(replace(JUDGE, mandatory=False)),
        [(Rule.TWO_ADVICES, "", "WORK"), (Rule.TWO_ADVICES, "", "REST")],
    ),
    "an opinion that is not an adviser's": (
        SOUND.with_role(replace(JUDGE, authority="receives")),
        [(Rule.TWO_ADVICES, "", "WORK"), (Rule.TWO_ADVICES, "", "REST")],
    ),
    "one adviser beside another author": (
        duties(QUEEN, duty("Q-1", "propose", "WORK"), duty("Q-2", "advise", "REST")).with_role(
            replace(GUARD, duties=(*GUARD.duties, duty("G-3", "propose", "WORK")))
        ),
        [(Rule.TWO_ADVICES, "", "WORK")],
    ),
    "an event without its days": (
        duties(QUEEN, replace(QUEEN.duties[0], recurrence="event"), QUEEN.duties[1]),
        [(Rule.RHYTHM, "QUEEN", "")],
    ),
    "a window without a rhythm of periods": (
        duties(QUEEN, replace(QUEEN.duties[0], from_gate="G1"), QUEEN.duties[1]),
        [(Rule.RHYTHM, "QUEEN", "")],
    ),
    "a window that ends where it begins": (
        duties(QUEEN, replace(QUEEN.duties[0], recurrence="monthly", from_gate="G2", until_gate="G2"), QUEEN.duties[1]),
        [(Rule.RHYTHM, "QUEEN", "")],
    ),
    "months from no gate": (
        duties(QUEEN, replace(QUEEN.duties[0], recurrence="monthly", months="3"), QUEEN.duties[1]),
        [(Rule.RHYTHM, "QUEEN", "")],
    ),
    "months and a gate that ends them": (
        duties(
            QUEEN,
            replace(QUEEN.duties[0], recurrence="monthly", from_gate="G1", until_gate="G4", months="3"),
            QUEEN.duties[1],
        ),
        [(Rule.RHYTHM, "QUEEN", "")],
    ),
    "an empty row": (
        lines(*LINES, Line("DREAM", "business", "Rêve", "Dream")),
        [(Rule.NO_EMPTY_ROW, "", "DREAM")],
    ),
}


@pytest.mark.parametrize(
    ("window", "english", "french"),
    [
        ({}, "every quarter and at gate G1", "chaque trimestre et au jalon G1"),
        (
            {"from_gate": "G1", "until_gate": "G4"},
            "every quarter from G1 to G4 and at gate G1",
            "chaque trimestre de G1 à G4 et au jalon G1",
        ),
        ({"from_gate": "G2"}, "every quarter from G2 and at gate G1", "chaque trimestre à partir de G2 et au jalon G1"),
        ({"until_gate": "G2"}, "every quarter until G2 and at gate G1", "chaque trimestre jusqu’à G2 et au jalon G1"),
        (
            {"from_gate": "G4", "months": "3"},
            "every quarter from G4 for 3 months and at gate G1",
            "chaque trimestre pendant 3 mois à partir de G4 et au jalon G1",
        ),
    ],
)
def test_a_rhythm_of_periods_is_told_with_its_window(window: dict[str, str], english: str, french: str) -> None:
    told = replace(QUEEN.duties[0], recurrence="quarterly", also=("at_g1",), **window)
    assert list(list_rhythm_findings(QUEEN, told)) == []
    with translation.override("en"):
        assert told.recurrence_label == english
    with translation.override("fr"):
        assert told.recurrence_label == french


def test_a_sound_matrix_lacks_nothing() -> None:
    assert findings(SOUND) == []


def test_the_author_who_advises_is_heard_without_the_letter() -> None:
    assert findings(duties(QUEEN, duty("Q-1", "propose", "WORK"), duty("Q-2", "advise", "REST"))) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_gives_its_finding_and_no_other(name: str) -> None:
    matrix, expected = BROKEN[name]
    assert [(finding.rule, finding.role, finding.line) for finding in findings(matrix)] == expected


@pytest.mark.parametrize("name", BROKEN)
def test_a_finding_is_a_sentence_in_both_languages_that_names_its_place(name: str) -> None:
    said = {}
    for language in ("en", "fr"):
        with translation.override(language):
            found = findings(BROKEN[name][0])
            said[language] = [str(finding) for finding in found]
            for finding in found:
                assert finding.sentence.endswith(".")
                assert "%(" not in finding.sentence
                named = [finding.role, finding.line, *WORDS.get(finding.role, ()), *WORDS.get(finding.line, ())]
                assert finding.role == finding.line == "" or any(word and word in finding.sentence for word in named)
                assert finding.rule.label
    assert all(english != french for english, french in zip(said["en"], said["fr"], strict=True))


def test_every_rule_is_broken_at_least_once_and_named_in_both_languages() -> None:
    assert {rule for _matrix, found in BROKEN.values() for rule, _role, _line in found} == set(Rule)
    for rule in Rule:
        with translation.override("fr"):
            french = str(rule.label)
        with translation.override("en"):
            assert str(rule.label) != french


def test_a_row_that_decides_belongs_to_the_owner_whatever_else_they_do() -> None:
    both = duties(KING, *KING.duties, duty("K-2", "informed", "WORK"), duty("K-3", "produce", "REST"))
    assert findings(both) == []


@pytest.mark.parametrize("nature", [Nature.PROPOSE, Nature.PRODUCE])
def test_proposing_and_carrying_out_both_carry_an_activity(nature: str) -> None:
    assert findings(duties(GUARD, duty("G-1", nature, "REST"))) == []


@pytest.mark.parametrize("nature", [Nature.SUPPORT, Nature.ADVISE, Nature.INFORMED])
def test_nothing_else_carries_it(nature: str) -> None:
    assert [finding.rule for finding in findings(duties(GUARD, duty("G-1", nature, "REST")))] == [
        Rule.SOMEONE_RESPONSIBLE
    ]


def test_several_roles_may_carry_one_activity() -> None:
    assert findings(duties(GUARD, *GUARD.duties, duty("G-3", "produce", "WORK", "REST"))) == []


def test_a_role_is_checked_by_its_own_findings() -> None:
    """A draft is blocked by its own findings, not by those of the rest of the pack."""
    rest = lines(*LINES, Line("DREAM", "business", "Rêve", "Dream"))
    assert role_findings(GUARD, rest) == []
    lonely = replace(GUARD, duties=(duty("G-1", "decide", "NOWHERE"),), incompatible=("GUARD", "POPE"))
    assert [finding.rule for finding in role_findings(lonely, rest)] == [Rule.KNOWN, Rule.DECIDES_ALONE, Rule.KNOWN]


def test_the_natures_of_a_role_in_an_activity_come_in_the_order_of_their_weight() -> None:
    busy = role("BEE", "receives", duty("B-1", "informed", "WORK"), duty("B-2", "produce", "WORK", "REST"))
    assert busy.natures("WORK") == (Nature.PRODUCE, Nature.INFORMED)
    assert busy.natures("REST") == (Nature.PRODUCE,)
    assert busy.natures("SLEEP") == ()


def test_the_letters_become_powers_over_the_kinds_of_each_activity() -> None:
    powers = SOUND.powers()
    assert powers["KING"] == {"decide": sorted(DecisionKind.values)}
    assert powers["QUEEN"] == {"propose": sorted(WORK.kinds), "advise": sorted(DecisionKind.values)}
    assert powers["GUARD"] == {"produce": sorted(REST.kinds), "informed": sorted(WORK.kinds)}


def test_a_matrix_is_written_plainly_and_read_back_the_same() -> None:
    reasoned = replace(GUARD, duties=(replace(GUARD.duties[0], because="Needed here."),), dropped={"G-2": "Elsewhere."})
    matrix = SOUND.with_role(reasoned).with_role(role("BEE", "receives", duty("B-1", "support", "WORK")))
    assert Matrix.read(matrix.plain()) == matrix
    assert [role.code for role in matrix.roles] == ["KING", "QUEEN", "GUARD", "JUDGE", "BEE"]

    def leaves(value: object) -> list[object]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return [value] if inner is None else [leaf for part in inner for leaf in leaves(part)]

    assert {type(leaf) for leaf in leaves(matrix.plain())} == {str}
