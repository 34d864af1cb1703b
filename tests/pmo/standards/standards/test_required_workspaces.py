"""Test the workspaces that a mandatory standard above requires: where they are switched on, kept and freed again."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.acts import back_entry
from core.history import version_of
from governance.enums import Act
from governance.life.facts.services import switch_workspaces
from governance.life.moves.services import accept_move, ask_move
from governance.record.verification.verifier import verify
from pmo.models import StandardVersion
from pmo.standards.standards.content import content_of, fingerprint_of, list_differences, with_content
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.services import next_version
from projects.ledger.enums import ACTS
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.services import record
from projects.models import Notification, Project
from projects.seats.mandates.services import appoint, found_project, role_on
from projects.workspaces import requirements_of
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, owning
from tests.pmo.standards.standards.factories import adopt, reread, rewrite_draft, write_draft

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
BOTH_LEVELS = ["project", "programme"]
HAS = "A project has the workspaces that a mandatory standard above requires (R9)"
SWITCHES_ON = "Adopting a standard switches on the workspaces that it requires of the projects below"
BY_ITS_OWNER = "The owner in office alone changes the facts of a project, by an act (R1)"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


class Tree:
    """A portfolio, its programme and a project of another owner in it, with a library on the portfolio."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast = cast
        self.top = self.found("TOP", "portfolio", cast["owner"])
        self.mid = self.found("MID", "programme", cast["owner"], self.top)
        self.low = self.found("LOW", "project", cast["other_owner"], self.mid)
        for project, holder in ((self.top, "pmo"), (self.mid, "pmo"), (self.low, "other_pmo")):
            owner = cast["other_owner" if project == self.low else "owner"]
            appoint(actor=owner, project=project, role=role_on(project, "PMO"), holder=cast[holder])
            appoint(actor=owner, project=project, role=role_on(project, "AMOA"), holder=cast["amoa"])
        fire_deferred_triggers()

    def found(self, code: str, level: str, owner: Any, parent: Project | None = None, **fields: Any) -> Project:
        """Open a node with the workspace of standards alone."""
        words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "level": level, "parent": parent}
        days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
        fields = {"workspaces": ["standards"], "language": "en"} | fields
        return found_project(actor=self.cast["staff_admin"], owner=owner, fields=words | days | fields)

    def draft(self, code: str = "STD-X", node: Project | None = None, **fields: Any) -> StandardVersion:
        """Write a standard of the portfolio that requires risks of the projects below."""
        fields = {"requires": ["risks"], "levels": BOTH_LEVELS} | fields
        return write_draft(self.cast["pmo"], node or self.top, code, **fields)

    def adopt(self, *arguments: Any, **fields: Any) -> StandardVersion:
        """Write such a standard and adopt it."""
        version = adopt(self.cast["owner"], self.draft(*arguments, **fields))
        fire_deferred_triggers()
        return version

    def decide(self, node: Project, **terms: str) -> None:
        """Adopt or retire versions of a node."""
        acts.decide(self.cast["owner"], acts.submit_to_owner(node, "standard_adoption", terms=terms))
        fire_deferred_triggers()

    def switch(self, *workspaces: str) -> Project:
        """Switch the workspaces of the lowest project, as its owner."""
        low = acts.fresh(self.low)
        done = switch_workspaces(
            actor=self.cast["other_owner"], project=low, workspaces=workspaces, seen=version_of(low)
        )
        fire_deferred_triggers()
        return acts.fresh(done)

    def on(self) -> list[list[str]]:
        """Return the workspaces of each level."""
        return [acts.fresh(node).workspaces for node in (self.top, self.mid, self.low)]


@pytest.fixture(scope="module")
def built(kept_cast: dict[str, Any]) -> Tree:
    with owning(), back_entry(timezone.now() - timedelta(days=3)):  # a decision needs a seat of another transaction
        return Tree(kept_cast)


@pytest.fixture
def tree(db: None, built: Tree) -> Tree:
    """Return a copy of the tree, which a test may change."""
    return deepcopy(built)


# — adopting —


def test_adopting_switches_it_on_in_every_open_project_below_and_tells_its_people(tree: Tree) -> None:
    tree.adopt()
    assert tree.on() == [["standards"], ["standards", "risks"], ["standards", "risks"]]
    event = tree.low.events.order_by("-seq").first()
    assert (event.act, event.actor, event.subject_id) == (Act.REQUIRE_WORKSPACES, tree.cast["owner"], tree.low.pk)
    assert '"because":"TOP/STD-X"' in bytes(event.body).decode()
    told = Notification.objects.filter(reason="workspaces_required", event=event)
    assert {notice.recipient for notice in told} == {tree.cast["other_owner"], tree.cast["other_pmo"]}
    assert [verify(node).faults for node in (tree.top, tree.mid, tree.low)] == [[], [], []]


def test_the_dossier_says_what_an_approval_switches_on(tree: Tree, client_of: Any) -> None:
    file = acts.submit_to_owner(tree.top, "standard_adoption", terms={"standards": term_of(tree.draft())})
    page = client_of(tree.cast["owner"]).get(file.get_absolute_url(), headers=ENGLISH)
    assert "An approval switches these workspaces on in every open project below:" in page.text
    assert "STD-X.1</span> risks" in page.text


def test_who_has_it_already_gets_no_event(tree: Tree) -> None:
    tree.switch("standards", "risks")
    before = tree.low.events.count()
    tree.adopt()
    assert tree.low.events.count() == before


def test_requirements_are_required_of_projects_alone(tree: Tree) -> None:
    tree.adopt(requires=["requirements"])
    assert tree.on() == [["standards"], ["standards"], ["requirements", "standards"]]
    assert [row.workspace for row in requirements_of(acts.fresh(tree.mid))] == []


def test_levels_and_the_obligation_count(tree: Tree) -> None:
    tree.adopt(levels=["programme"])
    assert tree.on() == [["standards"], ["standards", "risks"], ["standards"]]
    with pytest.raises(ValidationError) as error:
        tree.draft("STD-Y", mandatory=False)
    assert set(error.value.message_dict) == {"requires"}


def test_a_project_that_has_ended_stays_as_it_is(tree: Tree) -> None:
    acts.abandon(tree.cast["other_owner"], tree.low)
    tree.adopt()
    assert tree.on()[1:] == [["standards", "risks"], ["standards"]]
    assert requirements_of(acts.fresh(tree.low)) == []


def test_its_own_library_requires_nothing_of_a_node(tree: Tree) -> None:
    tree.adopt(node=tree.mid)
    assert tree.on() == [["standards"], ["standards"], ["standards", "risks"]]


def test_of_one_code_the_furthest_mandatory_standard_requires(tree: Tree) -> None:
    tree.adopt(node=tree.mid, requires=["steering"])
    tree.adopt(node=tree.top, requires=["risks"])
    [required] = requirements_of(acts.fresh(tree.low))
    assert (required.workspace, required.node) == ("risks", "TOP")
    assert required.because == "required by standard STD-X of TOP"


# — keeping and freeing —


def test_it_is_not_switched_off_below(tree: Tree, client_of: Any) -> None:
    tree.adopt()
    with pytest.raises(ValidationError) as error:
        tree.switch("standards")
    assert error.value.message_dict == {"workspaces": ["Risks stays on: required by standard STD-X of TOP."]}
    client, path = client_of(tree.cast["other_owner"]), reverse("governance:facts:workspaces_switch", args=["LOW"])
    page = client.get(path, headers=ENGLISH)
    assert "Risks (required by standard STD-X of TOP)" in page.text
    assert 'value="risks"' in page.text
    assert "disabled" in page.text
    client.post(path, {"workspaces": ["steering"], "seen": version_of(acts.fresh(tree.low))})
    assert acts.fresh(tree.low).workspaces == ["risks", "steering"]
    facts = client.get(reverse("governance:facts:facts", args=["LOW"]), headers=ENGLISH)
    assert "Required by standard STD-X of TOP" in facts.text


def test_its_library_counts_where_the_standards_are_switched_off(tree: Tree) -> None:
    tree.switch()
    tree.adopt()
    assert acts.fresh(tree.low).workspaces == ["risks"]
    with pytest.raises(ValidationError):
        tree.switch()


def test_retiring_it_frees_the_switch_and_switches_nothing(tree: Tree) -> None:
    version = tree.adopt()
    tree.decide(tree.top, retires=term_of(reread(version)))
    assert acts.fresh(tree.low).workspaces == ["standards", "risks"]
    assert tree.switch("standards").workspaces == ["standards"]


def test_a_version_that_requires_it_no_more_frees_the_switch(tree: Tree) -> None:
    version = tree.adopt()
    draft = next_version(actor=tree.cast["pmo"], standard=version.standard)
    assert draft.requires == ["risks"]
    after = rewrite_draft(tree.cast["pmo"], draft, levels=BOTH_LEVELS, requires=[])
    changes = {change.label for change in list_differences(reread(version), after)}
    assert "Workspaces required below" in changes
    tree.decide(tree.top, standards=term_of(after))
    assert tree.switch("standards").workspaces == ["standards"]


def test_a_waiver_of_the_whole_standard_frees_the_switch_while_it_lasts(tree: Tree) -> None:
    point = {"text_fr": "Un registre.", "text_en": "A register.", "computed": "", "waivable": True}
    tree.adopt("STD-W", checkpoints=[point])
    terms = {
        "checkpoints": "STD-W.1#1",
        "scope": "The quay.",
        "reason": "Spring.",
        "impact": "Few.",
        "measure": "A lamp.",
        "return_plan": "In spring.",
        "affects_recipients": "no",
        "starts_on": str(timezone.localdate()),
        "ends_on": str(acts.FUTURE),
    }
    acts.decide(tree.cast["other_owner"], acts.submit_to_owner(acts.fresh(tree.low), "waiver", terms=terms))
    fire_deferred_triggers()
    assert requirements_of(acts.fresh(tree.low)) == []
    assert requirements_of(acts.fresh(tree.mid))
    assert tree.switch("standards").workspaces == ["standards"]


# — opening and moving —


def test_a_project_opened_below_has_it(tree: Tree, client_of: Any) -> None:
    tree.adopt()
    assert tree.found("NEW", "project", tree.cast["owner"], tree.mid).workspaces == ["standards", "risks"]
    fire_deferred_triggers()
    client, path = client_of(tree.cast["owner"]), reverse("projects:opening:project_open")
    shown = "Risks (required by standard STD-X of TOP)"
    assert f"Required here, and switched on: {shown}." in client.get(f"{path}?parent=MID", headers=ENGLISH).text
    typed = {
        "level": "project",
        "parent": "MID",
        "title_en": "Quay",
        "code": "QUAY",
        "prefix": "QU",
        "language": "en",
        "pack": "fr",
        "starts_on": "2026-01-05",
        "ends_on": str(acts.FUTURE),
        "workspaces": ["steering"],
        "owner": tree.cast["other_owner"].email,
    }
    review = client.post(path, typed | {"step": "review"}, headers=ENGLISH)
    assert shown in review.text
    assert "Risks, steering" in review.text
    client.post(path, typed | {"step": "record"})
    assert Project.objects.get(code="QUAY").workspaces == ["risks", "steering"]


def test_a_move_below_switches_it_on_also_in_the_parts(tree: Tree, client_of: Any) -> None:
    side = tree.found("SIDE", "programme", tree.cast["outsider"])
    part = tree.found("PART", "project", tree.cast["other_owner"], side)
    tree.adopt()
    move = ask_move(actor=tree.cast["outsider"], project=side, target=tree.top)
    page = client_of(tree.cast["owner"]).get(move.get_absolute_url(), headers=ENGLISH)
    assert "Workspaces that it switches on" in page.text
    assert "required by standard STD-X of TOP" in page.text
    accept_move(actor=tree.cast["owner"], move=move)
    fire_deferred_triggers()
    assert [acts.fresh(node).workspaces for node in (side, part)] == [["standards", "risks"]] * 2
    assert list(side.events.order_by("-seq").values_list("act", flat=True)[:2]) == ["require_workspaces", "accept_move"]
    told = Notification.objects.filter(reason="workspaces_required")
    assert {tree.cast["outsider"], tree.cast["other_owner"]} <= {notice.recipient for notice in told}
    assert [verify(node).faults for node in (side, part)] == [[], []]


# — writing it —


def test_the_form_offers_it_to_a_library_with_projects_below(tree: Tree, client_of: Any) -> None:
    client = client_of(tree.cast["pmo"])
    page = client.get(reverse("pmo:standards:standard_new", args=["TOP"]), headers=ENGLISH)
    assert "Workspaces required below" in page.text
    below = client_of(tree.cast["other_pmo"]).get(reverse("pmo:standards:standard_new", args=["LOW"]), headers=ENGLISH)
    assert "Workspaces required below" not in below.text
    typed = {
        "code": "STD-F",
        "family": "risk",
        "title_fr": "Titre",
        "title_en": "Title",
        "levels": ["project"],
        "from_gate": "G1",
        "requires": ["steering", "risks"],
        "checkpoints-TOTAL_FORMS": "1",
        "checkpoints-INITIAL_FORMS": "0",
        "checkpoints-0-text_fr": "Un registre.",
        "checkpoints-0-text_en": "A register.",
    }
    path = reverse("pmo:standards:standard_new", args=["TOP"])
    refused = client.post(path, typed, headers=ENGLISH)
    assert refused.status_code == 422
    assert "Only a mandatory standard requires workspaces." in refused.text
    assert client.post(path, typed | {"mandatory": "on", "requires": ["kitchen"]}).status_code == 422
    done = client.post(path, typed | {"mandatory": "on"}, headers=ENGLISH, follow=True)
    assert "Risks, steering" in done.text
    assert StandardVersion.objects.get(standard__code="STD-F").requires == ["risks", "steering"]


def test_a_version_that_requires_nothing_keeps_the_fingerprint_of_earlier_releases(tree: Tree) -> None:
    plain, asking = tree.draft("STD-P", requires=[]), tree.draft("STD-Q")
    assert "requires" not in content_of(plain)
    assert content_of(asking)["requires"] == ["risks"]
    before = fingerprint_of(asking)
    assert fingerprint_of(rewrite_draft(tree.cast["pmo"], asking, levels=BOTH_LEVELS, requires=["steering"])) != before


# — attacks —


class World:
    """Raw writes below the portfolio: STD-X is in force, STD-Y a draft that requires steering."""

    def __init__(self, tree: Tree) -> None:
        tree.adopt()
        self.tree, self.draft = tree, tree.draft("STD-Y", requires=["steering"])
        fire_deferred_triggers()

    def set(self, act: str, by: str, **columns: Any) -> None:
        """Change columns of the lowest project, with an event of this act."""
        assert Project.objects.filter(pk=self.tree.low.pk).update(**columns)
        record(act=ACTS[act], actor=self.tree.cast[by], project=self.tree.low, subject=self.tree.low)

    def open(self) -> None:
        """Write a project below without what is required."""
        fields = {name: getattr(self.tree.low, name) for name in ("title_fr", "title_en", "starts_on", "ends_on")}
        words = {"code": "RAW", "prefix": "RAW", "parent": self.tree.mid, "workspaces": [], "pack_id": "fr"}
        [row] = Project.objects.bulk_create([Project(**fields, **words)])
        record(act=ProjectAct.FOUND, actor=self.tree.cast["staff_admin"], project=row, subject=row)

    def adopt(self) -> None:
        """Adopt the draft without switching anything on."""
        found = with_content(StandardVersion.objects.all()).get(pk=self.draft.pk)
        changes = {"state": "adopted", "hash": fingerprint_of(found), "effective_from": timezone.localdate()}
        assert StandardVersion.objects.filter(pk=found.pk).update(**changes)
        acts.leave_event(self.tree.top)

    def require(self, **changes: Any) -> None:
        """Change the draft."""
        assert StandardVersion.objects.filter(pk=self.draft.pk).update(**changes)
        acts.leave_event(self.tree.top)


ATTACKS = Attacks(
    triggers=[
        (
            "project.has_what_is_required",
            "switched off by its owner",
            lambda w: w.set("switch_workspaces", "other_owner", workspaces=["standards"]),
            HAS,
        ),
        ("project.has_what_is_required", "opened without it", lambda w: w.open(), HAS),
        (
            "project.changes_by_its_owner",
            "switched on although nothing requires it",
            lambda w: w.set("require_workspaces", "owner", workspaces=["standards", "risks", "steering"]),
            BY_ITS_OWNER,
        ),
        (
            "project.changes_by_its_owner",
            "switched off as if required",
            lambda w: w.set("require_workspaces", "owner", workspaces=["risks"]),
            BY_ITS_OWNER,
        ),
        ("standardversion.switches_on_what_it_requires", "", lambda w: w.adopt(), SWITCHES_ON),
    ],
    constraints={
        "a_standard_requires_known_workspaces": lambda w: w.require(requires=["kitchen"]),
        "only_a_mandatory_standard_requires_workspaces": lambda w: w.require(mandatory=False),
    },
    behind={"standardversion.switches_on_what_it_requires": "standardversion.is_decided_by_the_owner"},
)


@pytest.fixture
def world(tree: Tree) -> World:
    return World(tree)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
