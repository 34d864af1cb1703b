"""Test the catalogue: two method packs in two languages, idempotent loading, and untrusted files."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import models
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import Refused
from core.acts import acting_as
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.management.commands.load_catalogue import CATALOGUE
from projects.models import LedgerEvent, Project
from projects.seats.role_templates.installation import RulesBroken, write_pack
from projects.seats.role_templates.services import install_pack, retire_role
from roles.enums import Authority, DecisionKind, Family, Nature, PublicationState
from roles.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate, User
from roles.role_templates.catalogue import LARGEST, Pack, Unreadable, dump_pack, pack_of, read_pack
from roles.role_templates.content import Matrix, published_matrix
from roles.role_templates.levels import level_of
from roles.role_templates.lint import Rule, findings
from tests.database import undone
from tests.effort import EFFORT

pytestmark = pytest.mark.django_db
COUNTS = {"MOA": 14, "PMO": 16, "AMOA": 16, "MOE": 11, "DEST": 8, "CDP": 4, "RSSI": 3, "DPD": 3}
#: Roles of the French pack that a project may leave out.
OPTIONAL = ("CDP", "RSSI", "DPD")
FILES = {file.stem: file.read_text(encoding="utf-8") for file in sorted(CATALOGUE.glob("*.yaml"))}
#: In the order they are loaded in: those of projects first.
PACKS = sorted(FILES, key=lambda pack: (level_of(pack) != "project", pack))
#: Packs of the levels above the project, and the roles that decide in them.
ABOVE = [pack for pack in PACKS if level_of(pack) != "project"]
OWNERS_ABOVE = ("PFMOA", "PGMOA", "PFO", "PGO")
#: Kinds that are decided inside a project only.
NEVER_ABOVE = {
    "requirement_baseline",
    "change",
    "minor_change",
    "supplier_choice",
    "interim_acceptance",
    "acceptance",
}


def load(text: str) -> Any:
    """Parse YAML in C: in Python it takes six times as long."""
    return yaml.load(text, yaml.CSafeLoader)


def dump(source: Any, **options: Any) -> str:
    """Write YAML in C."""
    return str(yaml.dump(source, Dumper=yaml.CSafeDumper, **options))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with translation.override("en"):
        yield


# — what comes with Ouvrage —


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        (
            "fr",
            "MOA decides!, PMO advises!, AMOA advises!, MOE delivers!, DEST receives!, CDP advises, RSSI advises, "
            "DPD advises",
        ),
        (
            "pm2",
            "PO decides!, BM advises!, UR receives!, BIG receives, PSO advises!, PQA advises, PM delivers, "
            "SP delivers!, PCT delivers",
        ),
    ],
)
def test_the_roles_are_published_in_order_each_with_its_authority(pack: str, expected: str) -> None:
    """An exclamation mark marks a mandatory role."""
    roles = RoleTemplate.objects.filter(pack=pack, state=PublicationState.PUBLISHED)
    assert ", ".join(f"{role.code} {role.authority}{'!' * role.mandatory}" for role in roles) == expected


def test_the_french_pack_has_the_62_responsibilities_of_the_domain_three_that_carry_proposals_and_optional_ones() -> (
    None
):
    found = Counter(Responsibility.objects.filter(role__pack="fr").values_list("role__code", flat=True))
    assert found == COUNTS
    assert found.total() - sum(found[code] for code in OPTIONAL) == 62 + len({"PMO-16", "AMOA-16", "MOE-11"})


def test_the_responsibilities_of_the_office_are_of_five_families() -> None:
    office = Responsibility.objects.filter(role__pack="fr", role__code="PMO")
    assert set(office.values_list("family", flat=True)) == set(Family.values)
    assert set(Responsibility.objects.exclude(role__code="PMO").values_list("family", flat=True)) == {""}


def test_security_and_data_protection_are_asked_by_kind_and_the_project_manager_is_not() -> None:
    powers = published_matrix("fr").powers()
    asked = {code: set(powers[code].get("advise", ())) for code in OPTIONAL}
    assert {"gate", "waiver", "risk_acceptance", "acceptance"} <= asked["RSSI"]
    assert {"scope", "requirement_baseline", "supplier_choice"} <= asked["DPD"]
    assert asked["CDP"] == set()
    assert not (asked["RSSI"] | asked["DPD"]) & {"appointment", "delegation", "schedule", "budget", "communication"}
    assert set(powers["CDP"]["propose"]) == {"budget", "schedule", "change", "minor_change"}


def test_codes_follow_one_another_in_each_role() -> None:
    for role in RoleTemplate.objects.all():
        codes = list(role.responsibilities.values_list("code", flat=True))
        assert codes == [f"{role.code}-{number:02d}" for number in range(1, len(codes) + 1)]


def test_only_the_owner_has_a_responsibility_to_decide_and_never_one_to_propose() -> None:
    """R4, R2."""
    deciding = Responsibility.objects.filter(nature=Nature.DECIDE)
    assert set(deciding.values_list("role__code", flat=True)) == {"MOA", "PO", *OWNERS_ABOVE}
    assert not Responsibility.objects.filter(role__authority=Authority.DECIDES, nature=Nature.PROPOSE).exists()


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_of_the_catalogue_holds(pack: str) -> None:
    """Every kind of decision has one activity, decided by the owner, carried out by a role, in two languages."""
    matrix = published_matrix(pack)
    assert [finding for finding in findings(matrix, level_of(pack)) if finding.rule != Rule.KNOWN_KIND] == []
    kinds = [kind for line in matrix.lines for kind in line.kinds]
    if level_of(pack) == "project":
        assert sorted(kinds) == sorted(DecisionKind.values)
    else:
        assert len(kinds) == len(set(kinds))
        assert not set(kinds) & NEVER_ABOVE
    owner = next(role for role in matrix.roles if role.decides)
    for line in matrix.lines:
        assert owner.natures(line.code) == (Nature.DECIDE,) or Nature.PRODUCE in owner.natures(line.code), line.code
        others = [nature for role in matrix.roles if role != owner for nature in role.natures(line.code)]
        assert {Nature.PROPOSE, Nature.PRODUCE} & set(others), line.code


@pytest.mark.parametrize("pack", PACKS)
def test_every_kind_of_decision_is_proposed_by_one_role_and_advised_on_by_another(pack: str) -> None:
    powers = published_matrix(pack).powers()
    advisers = set(RoleTemplate.objects.filter(pack=pack, authority=Authority.ADVISES).values_list("code", flat=True))
    for kind in [kind for line in published_matrix(pack).lines for kind in line.kinds]:
        proposing = {code for code, natures in powers.items() if kind in natures.get("propose", ())}
        advising = {code for code, natures in powers.items() if kind in natures.get("advise", ())} & advisers
        assert proposing, kind
        assert all(advising - {code} for code in proposing), kind


def test_a_delivering_role_excludes_deciding_and_advising_ones() -> None:
    """R8."""
    by_law = {"DPD": {"MOA"}}  # GDPR, article 38(6)
    ours = {"fr": {"MOA", "PMO", "AMOA", *OPTIONAL}, "pm2": {"PO", "BM", "PSO", "PQA"}}
    for pack, excluded in ours.items():
        for role in published_matrix(pack).roles:
            wanted = excluded if role.authority == Authority.DELIVERS else by_law.get(role.code, set())
            assert set(role.incompatible) == wanted, role.code


@pytest.mark.parametrize("pack", ABOVE)
def test_above_the_projects_an_adviser_never_holds_the_role_that_decides_and_nobody_delivers(pack: str) -> None:
    """R8."""
    roles = published_matrix(pack).roles
    [owner] = [role.code for role in roles if role.decides]
    assert {role.authority for role in roles} == {Authority.DECIDES, Authority.ADVISES, Authority.RECEIVES}
    for role in roles:
        assert role.incompatible == ((owner,) if role.advises else ()), role.code


@pytest.mark.parametrize("pack", ABOVE)
def test_above_the_projects_both_mandatory_advisers_are_heard_on_every_line(pack: str) -> None:
    """R5."""
    matrix = published_matrix(pack)
    mandatory = [role for role in matrix.roles if role.advises and role.mandatory]
    assert len(mandatory) == 2
    for line in matrix.lines:
        assert all(Nature.ADVISE in role.natures(line.code) for role in mandatory), line.code
        assert [role.code for role in matrix.roles if Nature.DECIDE in role.natures(line.code)] == [
            role.code for role in matrix.roles if role.decides
        ]


OFFICERS = {"RSSI", "DPD"}


@pytest.mark.parametrize("level", ["programme", "portfolio"])
def test_both_methods_say_the_same_at_a_level_in_their_own_words(level: str) -> None:
    """The n-th role of one is the n-th role of the other, with the same letters, rhythms and days.

    The officers of security and of data protection are roles of the French method alone.
    """

    def bare(pack: str) -> list[Any]:
        matrix = published_matrix(pack)
        lines, roles = [line.code for line in matrix.lines], [role.code for role in matrix.roles]
        return [
            (
                role.authority,
                role.mandatory,
                [
                    (
                        duty.nature,
                        [lines.index(code) for code in duty.activities],
                        duty.rhythms,
                        duty.days,
                        [roles.index(code) for code in duty.receivers],
                    )
                    for duty in role.duties
                ],
            )
            for role in matrix.roles
            if role.code not in OFFICERS
        ]

    french, european = published_matrix(f"fr-{level}"), published_matrix(f"pm2-{level}")
    assert bare(f"fr-{level}") == bare(f"pm2-{level}")
    assert [line.kinds for line in french.lines] == [line.kinds for line in european.lines]
    assert not {role.code for role in french.roles} & {role.code for role in european.roles}


@pytest.mark.parametrize("pack", ABOVE)
def test_no_responsibility_above_the_projects_is_owed_every_week_or_throughout(pack: str) -> None:
    rhythms = {rhythm for role in published_matrix(pack).roles for duty in role.duties for rhythm in duty.rhythms}
    assert not rhythms & {"continuous", "weekly"}


@pytest.mark.parametrize(
    ("pack", "windows"),
    [
        (
            "fr",
            {
                "MOA-13": ("G1", "G4", ""),
                "MOA-14": ("G2", "G5", ""),
                "AMOA-07": ("G1", "", ""),
                "AMOA-12": ("G2", "G4", ""),
                "MOE-03": ("G2", "G4", ""),
                "DEST-07": ("G4", "", "3"),
            },
        ),
        (
            "pm2",
            {
                "PO-10": ("G2", "G5", ""),
                "BM-07": ("G2", "G4", ""),
                "BIG-03": ("G2", "G5", ""),
                "SP-01": ("G2", "G4", ""),
                "PCT-01": ("G2", "G4", ""),
                "PCT-02": ("G1", "", ""),
            },
        ),
    ],
)
def test_periods_of_a_project_count_between_the_gates_where_they_make_sense(pack: str, windows: dict[str, Any]) -> None:
    duties = [duty for role in read_pack(FILES[pack]).matrix.roles for duty in role.duties]
    assert {duty.code: duty.window for duty in duties if any(duty.window)} == windows


@pytest.mark.parametrize(
    ("activity", "letters"),
    [
        ("BUSINESS-CASE", "BM:R BIG:C SP:S PM:S PCT:-"),
        ("REQUIREMENTS", "BM:RC BIG:C SP:I PM:R PCT:S"),
        ("CHANGE", "BM:S BIG:I SP:I PM:R PCT:C"),
        ("RISKS", "BM:SC BIG:C SP:I PM:R PCT:C"),
        ("ISSUES-DECISIONS", "BM:S BIG:C SP:I PM:R PCT:C"),
        ("STAKEHOLDERS", "BM:SC BIG:I SP:C PM:R PCT:I"),
        ("QUALITY", "BM:SC BIG:C SP:R PM:R PCT:C"),
        ("COMMUNICATIONS", "BM:RS BIG:C SP:I PM:R PCT:C"),
    ],
)
def test_the_letters_of_pm2_are_those_of_its_guide_but_the_owner_is_accountable(activity: str, letters: str) -> None:
    """The Business Manager is consulted (C) everywhere else: each decision follows the opinion of the business.

    They write (R) the requirements and the communication, which the guide leaves to the Project Manager alone: whoever
    delivers writes neither here.
    """
    rasci = {"decide": "A", "propose": "R", "produce": "R", "support": "S", "advise": "C", "informed": "I"}
    matrix = published_matrix("pm2")
    found = {role.code: {rasci[nature] for nature in role.natures(activity)} for role in matrix.roles}
    assert found["PO"] == {"A"}
    for said in letters.split():
        role, _, expected = said.partition(":")
        more = {"C"} if role == "BM" else set()
        assert found[role] == (set(expected) - {"-"}) | more, role


def test_pm2_says_where_it_comes_from_and_what_was_changed() -> None:
    said = MethodPack.objects.get(code="pm2").attribution
    assert said.startswith("Adapted from the PM² Project Management Methodology Guide 3.1, European Union, CC BY 4.0.")
    assert "unlike in PM², the Project Owner alone is accountable and decides" in said


def test_pmo_and_amoa_are_compared_in_seventeen_ways() -> None:
    rows = list(ComparisonDimension.objects.filter(pack="fr"))
    assert [(row.left_role, row.right_role) for row in rows] == [("PMO", "AMOA")] * 17
    assert {"relation_to_owner", "posture", "risk", "opinion_scope", "seed_example"} <= {row.code for row in rows}
    for row in ComparisonDimension.objects.all():
        assert (row.label_fr, row.label_en) > ("", "")
        assert row.shared_en or (row.left_en and row.right_en), row.code
        for text in ("shared", "left", "right"):
            french, english = getattr(row, f"{text}_fr"), getattr(row, f"{text}_en")
            assert bool(french) == bool(english)
            assert not french or french != english


def test_every_text_is_there_in_both_languages_and_in_french_typography() -> None:
    for model in (MethodPack, Activity, RoleTemplate, Responsibility, ComparisonDimension):
        for row in model.objects.all():
            for name in (field.name for field in model._meta.fields if field.name.endswith("_fr")):
                french, english = getattr(row, name), getattr(row, f"{name[:-3]}_en")
                assert bool(french) == bool(english), (row, name)
                assert not re.search(r"['\"]|(?<!\u202f)[;:!?»](?=\s|$)|«(?!\u202f)", french), french


@pytest.mark.parametrize(("language", "name"), [("fr", "Maître d’ouvrage"), ("en", "Project owner")])
def test_a_reader_reads_a_role_in_their_language(language: str, name: str) -> None:
    owner = RoleTemplate.objects.get(code="MOA")
    first = owner.responsibilities.get(code="MOA-01")
    with translation.override(language):
        assert owner.name == name
        assert (owner.mission, first.label, first.evidence) == tuple(
            getattr(thing, f"{field}_{language}")
            for thing, field in ((owner, "mission"), (first, "label"), (first, "evidence"))
        )


# — loading —


def _loaded() -> str:
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    return said.getvalue()


def _counts() -> list[int]:
    models_kept = (MethodPack, Activity, RoleTemplate, Responsibility, ComparisonDimension)
    return [*(model.history.count() for model in models_kept), LedgerEvent.objects.count()]


def test_loading_again_changes_nothing() -> None:
    before = _counts()
    assert _loaded() == "".join(f"{pack}: 0 roles published, 0 rows changed\n" for pack in PACKS)
    assert _counts() == before


def test_loading_brings_back_what_was_changed_and_says_who_did(superuser: Any) -> None:
    with acting_as(superuser):
        one = Activity.objects.get(pack="fr", code="RISQUES")
        kept, one.label_en = one.label_en, "Let others decide"
        one.save()
    assert "fr: 0 roles published, 1 rows changed\n" in _loaded().splitlines(keepends=True)
    one.refresh_from_db()
    assert one.label_en == kept
    assert one.history.latest("history_id").history_user == User.objects.installation()


def test_loading_gives_a_project_without_roles_those_of_its_pack() -> None:
    with acting_as(User.objects.installation()):
        bare = Project.objects.create(
            code="OLD", prefix="OLD", title_fr="Vieux", title_en="Old", starts_on="2026-01-01", ends_on="2027-01-01"
        )
        record(act=Act.FOUND, actor=User.objects.installation(), project=bare, subject=bare)
    assert "OLD: roles applied" in _loaded()
    bare.refresh_from_db()
    assert bare.matrix is not None
    assert bare.matrix.read() == published_matrix("fr")
    assert not bare.matrix_approved
    assert "OLD" not in _loaded()


def test_a_pack_that_says_something_else_publishes_the_next_version_of_that_role_alone(staff_admin: Any) -> None:
    pack = read_pack(
        FILES["pm2"].replace("Règle inconnue", "").replace("name_en: Business Manager", "name_en: Sponsor's deputy")
    )
    done = install_pack(actor=staff_admin, pack=pack)
    assert [(role.code, role.version) for role in done.published] == [("BM", 2)]
    states = dict(RoleTemplate.objects.filter(pack="pm2", code="BM").values_list("version", "state"))
    assert states == {1: "retired", 2: "published"}
    assert pack_of(MethodPack.objects.get(code="pm2")).matrix.role("BM").name_en == "Sponsor's deputy"  # type: ignore[union-attr]


def test_a_broken_copy_is_not_installed_and_every_gap_is_told(staff_admin: Any) -> None:
    broken = load(FILES["pm2"])
    broken["pack"] = "copy"
    broken["activities"][0]["kinds"] = []
    broken["activities"].append(
        {"code": "EMPTY", "domain": "business", "label_fr": "Vide", "label_en": "Empty", "kinds": []}
    )
    broken["roles"][1]["responsibilities"][0] |= {"activities": ["NOWHERE"], "evidence_en": ""}
    broken["roles"][2]["incompatible"] = ["KING"]
    broken["roles"][3]["responsibilities"] = []
    broken["roles"][4]["responsibilities"][0]["nature"] = "decide"
    before = _counts()
    with pytest.raises(RulesBroken) as error:
        install_pack(actor=staff_admin, pack=read_pack(dump(broken)))
    assert {finding.rule for finding in error.value.findings} == {
        Rule.ONE_KIND_ONE_LINE,
        Rule.NO_EMPTY_ROW,
        Rule.KNOWN,
        Rule.NO_EMPTY_ROLE,
        Rule.DECIDES_ALONE,
        Rule.ONE_ACCOUNTABLE,
        Rule.TRANSLATED,
        Rule.TWO_ADVICES,
    }
    assert _counts() == before
    assert not MethodPack.objects.filter(code="copy").exists()


def test_only_an_administrator_installs_a_pack(cast: dict[str, Any]) -> None:
    pack = read_pack(FILES["pm2"])
    for member in ("owner", "pmo", "amoa", "outsider", "anonymous"):
        with pytest.raises(Refused):
            install_pack(actor=cast[member], pack=pack)


def test_nobody_signs_in_with_the_account_of_the_installation(client: Any) -> None:
    installation = User.objects.installation()
    assert not installation.is_active
    assert not installation.has_usable_password()


# — read and written the same —


@pytest.mark.parametrize("pack", PACKS)
def test_a_file_is_written_as_it_was_read_to_the_byte(pack: str) -> None:
    assert dump_pack(read_pack(FILES[pack])) == FILES[pack]
    assert read_pack(FILES[pack].encode()) == read_pack(FILES[pack])


@pytest.mark.parametrize("pack", PACKS)
def test_an_installation_exports_the_pack_it_installed(pack: str) -> None:
    assert dump_pack(pack_of(MethodPack.objects.get(code=pack))) == FILES[pack]


def test_a_pack_exported_from_one_installation_is_installed_in_another_as_it_is(staff_admin: Any) -> None:
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr"))).replace("pack: fr", "pack: ours", 1)
    first = install_pack(actor=staff_admin, pack=read_pack(text))
    assert {role.code for role in first.published} == set(COUNTS)
    assert dump_pack(pack_of(MethodPack.objects.get(code="ours"))) == text
    before = _counts()
    again = install_pack(actor=staff_admin, pack=read_pack(text))
    assert (again.published, again.changed) == ([], 0)
    assert _counts() == before


def test_a_comparison_with_a_role_that_is_no_longer_published_is_not_exported(staff_admin: Any) -> None:
    retire_role(actor=staff_admin, template=RoleTemplate.objects.get(pack="pm2", code="PSO"))
    assert pack_of(MethodPack.objects.get(code="pm2")).dimensions == ()


# — files that are not to be trusted —

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\npack: *c\n"
HOSTILE: dict[str, bytes | str] = {
    "nothing": "",
    "a text": "Bonjour",
    "a list": "- pack: fr",
    "a number": "42",
    "two documents": "pack: a\n---\npack: b\n",
    "an alias": "pack: &p fr\nname_fr: *p\n",
    "an anchor alone": "pack: &p fr\n",
    "an alias bomb": BOMB,
    "a merge": "<<: {pack: fr}\n",
    "a Python object": "!!python/object/apply:os.system ['true']",
    "a Python name": "pack: !!python/name:os.system",
    "a tag of YAML": "pack: !!int x",
    "a date that is none": "pack: !!timestamp x",
    "a truth that is none": "pack: !!bool x",
    "binary": "pack: !!binary AAAA",
    "a tag of one's own": "pack: !mine x",
    "a set": "!!set {a, b}",
    "a key twice": "pack: a\npack: b\n",
    "a key twice, deep down": "pack: a\nactivities:\n- {code: A, code: B}\n",
    "a list as a key": "? [a]\n: b\n",
    "a map as a key": "? {a: b}\n: c\n",
    "lists in lists": "[" * 20_000,
    "maps in maps": "{a: " * 20_000,
    "questions in questions": "? " * 20_000,
    "dashes in dashes": "- " * 20_000,
    "one byte too many": "#" * (LARGEST + 1),
    "more than a megabyte": b"pack: fr\n" * 120_000,
    "Latin 1": "name_fr: Maîtrise".encode("latin-1"),
    "UTF-16": "pack: fr".encode("utf-16"),
    "half a character": "pack: é".encode()[:-1],
    "a NUL": b"pack: f\x00r",
    "a control character": "pack: f\x07r",
    "an unclosed quote": 'pack: "fr',
    "a tab for a space": "pack:\n\t- a",
    "another YAML": "%YAML 9.9\n---\npack: fr",
    "an archive": b"PK\x03\x04" + bytes(range(256)),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once_with_a_sentence(name: str, language: str) -> None:
    start = time.process_time()  # of this process alone: the machine may be busy
    with translation.override(language), pytest.raises(Unreadable) as error:
        read_pack(HOSTILE[name])
    assert time.process_time() - start < 5
    assert error.value.sentences
    assert all(sentence.endswith((".", "…")) for sentence in error.value.sentences)


def test_the_position_of_a_yaml_error_is_reported() -> None:
    with pytest.raises(Unreadable) as error:
        read_pack("pack: fr\nname_fr: x\nname_fr: y\n")
    assert error.value.sentences == ["This is not readable as YAML: look at line 3."]


@cache
def _as_texts() -> dict[str, Any]:
    """Read PM² as a tree of texts."""
    source: dict[str, Any] = yaml.load(FILES["pm2"], yaml.CBaseLoader)  # noqa: S506 (ours)
    return source


def _with(path: str, value: Any) -> str:
    """Return the file of PM² with one value replaced, or removed when it is `...`."""
    source = deepcopy(_as_texts())
    for role in source["roles"]:
        role |= {flag: role[flag] == "true" for flag in ("mandatory", "several") if flag in role}
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = source
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return dump(source, allow_unicode=True)


DUTY = "roles.0.responsibilities.0"
LINE, ROLE, PAIR = "activities.0", "roles.0", "comparisons.0"
FAULTS: list[tuple[str, Any, str]] = [
    ("pack", ..., "the head of the file: “pack” is missing."),
    ("pack", "", "the head of the file: “pack” is missing."),
    ("pack", "PM 2", "the head of the file: “PM 2” is no code: use small letters, digits, hyphens and underscores."),
    ("pack", "p" * 21, "the head of the file: “pack” is a text of at most 20 characters."),
    ("name_en", "", "the head of the file: “name_en” is missing."),
    ("name_fr", "n" * 121, "the head of the file: “name_fr” is a text of at most 120 characters."),
    ("name_fr", ["PM²"], "the head of the file: “name_fr” is a text of at most 120 characters."),
    ("attribution", "a" * 2001, "the head of the file: “attribution” is a text of at most 2000 characters."),
    ("logo", "x.png", "the head of the file: “logo” is not a field."),
    ("activities", ..., "“activities” is a list of 1 to 500 entries."),
    ("activities", {"a": "b"}, "“activities” is a list of 1 to 500 entries."),
    ("activities", [], "“activities” is a list of 1 to 500 entries."),
    ("roles", "all", "“roles” is a list of 1 to 500 entries."),
    ("roles", [None], "roles 1: each entry is a map."),
    ("comparisons", False, "“comparisons” is a list of 0 to 500 entries."),
    ("activities.0", "GATES", "activities 1: each entry is a map."),
    (f"{LINE}.code", "business case", "activities 1: “business case” is no code: use capitals, digits and hyphens."),
    (f"{LINE}.code", "A" * 21, f"activities 1 ({'A' * 21}): “code” is a text of at most 20 characters."),
    (f"{LINE}.code", ..., "activities 1: “code” is missing."),
    (
        f"{LINE}.domain",
        "legal",
        "activities 1 (BUSINESS-CASE): “legal” is not one of project_management, business, technical.",
    ),
    (f"{LINE}.label_fr", "l" * 201, "activities 1 (BUSINESS-CASE): “label_fr” is a text of at most 200 characters."),
    (f"{LINE}.kinds", "scope", "activities 1 (BUSINESS-CASE): “kinds” is a list of codes."),
    (f"{LINE}.kinds", [["scope"]], "activities 1 (BUSINESS-CASE): “kinds” is a text of at most 30 characters."),
    (f"{LINE}.position", -1, "activities 1 (BUSINESS-CASE): “position” is not a field."),
    (f"{ROLE}.code", "P" * 11, f"roles 1 ({'P' * 11}): “code” is a text of at most 10 characters."),
    (f"{ROLE}.code", "P\nO", "roles 1: “P O” is no code: use capitals, digits and hyphens."),
    (f"{ROLE}.authority", "reigns", "roles 1 (PO): “reigns” is not one of decides, advises, delivers, receives."),
    (f"{ROLE}.mandatory", "yes", "roles 1 (PO): “mandatory” is true or false."),
    (f"{ROLE}.mandatory", 1, "roles 1 (PO): “mandatory” is true or false."),
    (f"{ROLE}.name_en", "n" * 121, "roles 1 (PO): “name_en” is a text of at most 120 characters."),
    (f"{ROLE}.mission_en", "m" * 2001, "roles 1 (PO): “mission_en” is a text of at most 2000 characters."),
    (f"{ROLE}.represents_fr", "r" * 201, "roles 1 (PO): “represents_fr” is a text of at most 200 characters."),
    (f"{ROLE}.incompatible", ["B" * 11], "roles 1 (PO): “incompatible” is a text of at most 10 characters."),
    (f"{ROLE}.incompatible", [True], "roles 1 (PO): “incompatible” is a text of at most 10 characters."),
    (f"{ROLE}.version", 3, "roles 1 (PO): “version” is not a field."),
    (f"{ROLE}.responsibilities", {}, "“PO responsibilities” is a list of 0 to 500 entries."),
    (f"{DUTY}.code", "PO 1", "PO responsibilities 1: “PO 1” is no code: use capitals, digits and hyphens."),
    (
        f"{DUTY}.nature",
        "obey",
        "PO responsibilities 1 (PO-01): “obey” is not one of decide, advise, propose, produce, support, informed.",
    ),
    (f"{DUTY}.nature", ..., "PO responsibilities 1 (PO-01): “nature” is missing."),
    (
        f"{DUTY}.domains",
        ["moon"],
        "PO responsibilities 1 (PO-01): “moon” is not one of project_management, business, technical.",
    ),
    (f"{DUTY}.activities", ["x"], "PO responsibilities 1 (PO-01): “x” is no code: use capitals, digits and hyphens."),
    (f"{DUTY}.activities", ["A"] * 501, "PO responsibilities 1 (PO-01): “activities” is a list of codes."),
    (
        f"{DUTY}.evidence_en",
        "e" * 201,
        "PO responsibilities 1 (PO-01): “evidence_en” is a text of at most 200 characters.",
    ),
    (
        f"{DUTY}.label_fr",
        "a\u202eb",
        "PO responsibilities 1 (PO-01): “label_fr” has the invisible character [U+202E]. Remove it.",
    ),
    (f"{PAIR}.left_role", ..., "comparisons 1 (relation_to_owner): “left_role” is missing."),
    (f"{PAIR}.left_role", "KING", "comparisons (relation_to_owner): it compares two roles of this file."),
    (f"{PAIR}.left_role", "BM", "comparisons (relation_to_owner): it compares two roles of this file."),
    (f"{PAIR}.code", "posture", "comparisons (posture): these two roles have a comparison of that code already."),
    (
        f"{PAIR}.shared_en",
        "s" * 301,
        "comparisons 1 (relation_to_owner): “shared_en” is a text of at most 300 characters.",
    ),
    (f"{PAIR}.label_en", "", "comparisons 1 (relation_to_owner): “label_en” is missing."),
    (f"{PAIR}.basis", "b" * 41, "comparisons 1 (relation_to_owner): “basis” is a text of at most 40 characters."),
]


@pytest.mark.parametrize(("path", "value", "sentence"), FAULTS, ids=[f"{f[0]}={f[1]!r:.20}" for f in FAULTS])
def test_a_fault_of_form_is_told_with_its_place(path: str, value: Any, sentence: str) -> None:
    changed = _with(path, value)
    with pytest.raises(Unreadable) as error:
        read_pack(changed)
    assert sentence in error.value.sentences
    with translation.override("fr"), pytest.raises(Unreadable) as french:
        read_pack(changed)
    assert len(french.value.sentences) == len(error.value.sentences)
    assert sentence not in french.value.sentences


def test_a_kind_nobody_knows_is_read_and_not_installed(staff_admin: Any) -> None:
    kinds = load(FILES["pm2"])["activities"][0]["kinds"]
    pack = read_pack(_with(f"{LINE}.kinds", [*kinds, "coronation"]))
    with pytest.raises(RulesBroken, match="“coronation” is no kind of decision"):
        install_pack(actor=staff_admin, pack=pack)


def test_the_catalogue_may_name_a_kind_that_no_app_registers_yet() -> None:
    kinds = load(FILES["pm2"])["activities"][0]["kinds"]
    pack = read_pack(_with(f"{LINE}.kinds", [*kinds, "coronation"]))
    with undone():
        write_pack(actor=User.objects.installation(), pack=pack)
        found = findings(published_matrix(pack.code))
        assert [finding.rule for finding in found] == [Rule.KNOWN_KIND]


def test_every_fault_is_told_at_once_and_no_endless_list() -> None:
    source = load(FILES["fr"])
    for role in source["roles"]:
        for duty in role["responsibilities"]:
            duty["nature"] = duty["recurrence"] = "never"
    with pytest.raises(Unreadable) as error:
        read_pack(dump(source))
    assert len(error.value.sentences) == 41
    assert error.value.sentences[-1] == "There are more errors. Correct these first."


def test_a_responsibility_in_an_activity_that_does_not_exist_is_for_the_rules_to_find() -> None:
    pack = read_pack(_with(f"{DUTY}.activities", ["NOWHERE"]))
    found = findings(pack.matrix)
    assert [(finding.rule, finding.role) for finding in found if finding.rule == Rule.KNOWN] == [(Rule.KNOWN, "PO")]


def test_numbers_dates_and_yes_are_texts_and_a_gap_is_left_out() -> None:
    text = (
        FILES["pm2"].replace("name_en: Business Manager", "name_en: 2026-11-24").replace("name_en: PM²", "name_en: 007")
    )
    text = text.replace("label_en: Transition\n", "label_en: yes\n").replace("represents_fr: ''", "represents_fr: ~")
    pack = read_pack(text)
    assert pack.name_en == "007"
    assert pack.matrix.role("BM").name_en == "2026-11-24"  # type: ignore[union-attr]
    assert "yes" in [line.label_en for line in pack.matrix.lines]
    assert pack.matrix.role("PCT").represents_fr == ""  # type: ignore[union-attr]
    assert read_pack(dump_pack(pack)) == pack


def test_a_text_is_kept_in_one_form_and_keeps_its_narrow_spaces() -> None:
    pack = read_pack(_with(f"{LINE}.label_fr", "  E\u0301tude\t \n d’opportunite\u0301\u202f: oui "))
    assert pack.matrix.lines[0].label_fr == "Étude d’opportunité\u202f: oui"


# — any file at all —

WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=300),
    st.dates(),
    st.binary(max_size=10),
    st.lists(st.text(max_size=12), max_size=4),
    st.dictionaries(st.text(max_size=8), st.none()),
    st.just("x" * 3000),
    st.just([["a"]]),
    st.just({"code": {"code": []}}),
)


def _places(source: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Yield every path in a tree of maps and lists."""
    inner = source.items() if isinstance(source, dict) else enumerate(source) if isinstance(source, list) else ()
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))]


@cache
def _parsed() -> dict[str, Any]:
    """Read PM² as a tree."""
    source: dict[str, Any] = load(FILES["pm2"])
    return source


def _short() -> dict[str, Any]:
    """Return a part of PM² small enough to be changed at every path quickly."""
    source = deepcopy(_parsed())
    source["activities"], source["comparisons"] = source["activities"][:3], source["comparisons"][:3]
    source["roles"] = [role for role in source["roles"] if role["code"] in {"PO", "BM", "PSO"}]
    for role in source["roles"]:
        role["responsibilities"] = role["responsibilities"][:2]
    return source


PATIENT = settings(max_examples=25 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))


def _mutated(data: st.DataObject, source: dict[str, Any]) -> str:
    places = _places(source)[1:]
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places))
        place = source
        try:
            for step in way:
                place = place[step]
            how = data.draw(st.sampled_from(["replace", "remove", "add", "double"]))
            if how == "replace":
                place[last] = data.draw(WRONG)
            elif how == "remove":
                del place[last]
            elif how == "add" and isinstance(place, dict):
                place[data.draw(st.one_of(st.text(max_size=8), st.integers(), st.none()))] = data.draw(WRONG)
            elif how == "double" and isinstance(place, list):
                place.append(place[last])
        except (KeyError, IndexError, TypeError):
            continue
    return dump(source, allow_unicode=data.draw(st.booleans()), sort_keys=False)


def _fits(pack: Pack) -> None:
    """Return whether the database can store every text of a pack."""

    def fit(model: type[models.Model], value: Any, names: list[str]) -> None:
        for name in names:
            column: Any = model._meta.get_field(name)
            said = value[name] if isinstance(value, dict) else getattr(value, name)
            for text in said if isinstance(said, tuple) else [said]:
                assert isinstance(text, str | bool)
                limit = getattr(column, "base_field", column).max_length
                assert isinstance(text, bool) or not limit or len(text) <= limit
                assert isinstance(text, bool) or "\x00" not in text.encode().decode()

    fit(MethodPack, pack, ["code", "name_fr", "name_en", "attribution"])
    for line in pack.matrix.lines:
        fit(Activity, line, ["code", "domain", "label_fr", "label_en", "kinds"])
    for role in pack.matrix.roles:
        fit(
            RoleTemplate,
            role,
            ["code", "authority", "mandatory", "name_fr", "mission_en", "represents_fr", "incompatible"],
        )
        for duty in role.duties:
            fit(
                Responsibility,
                duty,
                ["code", "label_fr", "nature", "domains", "activities", "evidence_en", "recurrence"],
            )
    for dimension in pack.dimensions:
        fit(ComparisonDimension, dimension, list(dimension))


@PATIENT
@given(data=st.data())
def test_a_file_changed_anyhow_is_a_pack_or_unreadable(data: st.DataObject) -> None:
    try:
        pack = read_pack(_mutated(data, _short()))
    except Unreadable:
        return
    _fits(pack)
    assert read_pack(dump_pack(pack)) == pack
    assert all(str(finding) for finding in findings(pack.matrix))


@PATIENT
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_any_bytes_are_a_pack_or_unreadable(content: bytes | str) -> None:
    with pytest.raises(Unreadable):
        read_pack(content)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@PATIENT
@given(name=TEXTS, mission=TEXTS, kept=st.booleans())
def test_a_pack_with_any_texts_is_read_back_as_it_was_written(name: str, mission: str, kept: bool) -> None:
    source = read_pack(yaml.safe_dump(_short()))
    first = replace(source.matrix.roles[0], name_fr=name, mission_en=mission, mandatory=kept)
    pack = replace(source, matrix=Matrix(source.matrix.lines, (first, *source.matrix.roles[1:])))
    try:
        read = read_pack(dump_pack(pack))
    except Unreadable:
        return
    assert read_pack(dump_pack(read)) == read


@settings(max_examples=6 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_readable_pack_is_installed_or_has_findings(data: st.DataObject) -> None:
    """The database accepts every pack that the parser accepts."""
    try:
        pack = read_pack(_mutated(data, deepcopy(_parsed())))
    except Unreadable:
        return
    with undone():
        try:
            write_pack(actor=User.objects.installation(), pack=replace(pack, code="tried"))
        except RulesBroken:
            return
