"""Test that a proposal names what it rests on, and that each link is sealed in its version."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from core.record.sealing import content_hash
from governance.decide.grounds.queries import resolve_grounds, split_references
from governance.decide.proposals.services import Incomplete
from governance.models import ProposalRevision
from governance.record.verification.verifier import verify
from projects.models import Project
from tests import acts, pdf
from tests.attacks import Attacks
from tests.governance.world import World
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db
NAMED = ["OD-12", "ONE-001", "OR-1", "campaign 1"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def grounds(project: Project, *names: str) -> list[dict[str, str]]:
    """Resolve references as the form does."""
    known, unknown = resolve_grounds(project, list(names))
    assert unknown == []
    return [ground.plain() for ground in known]


def test_references_are_read_with_commas_and_lines() -> None:
    assert split_references(" OD-12, OR-1;\ncampaign  1\n, OR-1") == ["OD-12", "OR-1", "campaign 1"]


def test_each_capability_finds_its_rows(project_one: Project, project_two: Project) -> None:
    found = grounds(project_one, *NAMED)
    assert [ground["item"].partition(":")[0] for ground in found] == ["decision", "requirement", "risk", "campaign"]
    assert [ground["name"] for ground in found] == NAMED
    assert all(ground["version"] for ground in found)
    assert resolve_grounds(project_two, NAMED) == ([], NAMED)
    assert resolve_grounds(project_one, ["OD-99", "ONE-003", "campaign 2", "Nothing"])[0] == []


def test_what_it_rests_on_is_sealed_and_shown(english: Callable[[Any], Any], owner: Any, project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, "change", rests_on=grounds(project_one, *NAMED))
    assert file.current is not None
    assert [ground["name"] for ground in file.current.sealed_content()["rests_on"]] == NAMED
    decision = acts.decide(owner, file)
    assert verify(project_one).faults == []
    client = english(owner)
    pages = [client.get(page.get_absolute_url()).text for page in (file, decision)]
    printed = pdf.text(client.get(reverse("governance:records:decision_record_pdf", args=[decision.pk])).content)
    for name in NAMED:
        for text in (*pages, printed):
            assert name.replace(" ", "") in text.replace(" ", "")
    assert f'href="{project_one.decisions.get(number=12).get_absolute_url()}"' in pages[0]


def test_a_revision_that_rests_on_nothing_keeps_the_hash_of_earlier_versions(project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, "change")
    assert file.current is not None
    later = ("rests_on", "alternatives")
    plain = {name: value for name, value in file.current.plain_content().items() if name not in later}
    before = {"salt": file.current.salt, "kind": "change", "replaces": "", **plain}
    assert file.current.hash == content_hash(before) == file.current.seal()


def test_it_is_frozen_in_the_version_of_the_submission(amoa: Any, pmo: Any, project_one: Project) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    file = acts.draft(amoa, project_one, rests_on=grounds(project_one, risk.code))
    before = file.draft.rests_on[0]["version"]
    risks.assess(pmo, risk, response="reduce", residual_likelihood=2, residual_impact=4)
    revision = acts.submit(amoa, file)
    assert revision.rests_on[0]["version"] != before
    assert revision.rests_on == grounds(project_one, risk.code)
    fresh = acts.reread(file)
    assert fresh.current is not None
    assert fresh.draft.content() == fresh.current.content()


def test_what_is_not_there_is_refused_on_the_page_and_at_submission(
    english: Callable[[Any], Any], amoa: Any, project_one: Project
) -> None:
    file = acts.draft(amoa, project_one, rests_on=[{"item": "decision:0", "name": "OD-99", "version": "0"}])
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert set(error.value.gaps) == {"rests_on"}
    assert error.value.gaps["rests_on"].startswith("OD-99: no decision")
    page = english(amoa).get(reverse("governance:proposals:proposal_edit", args=[file.pk]))
    assert "OD-99" in page.text


def test_the_page_takes_references(english: Callable[[Any], Any], amoa: Any, project_one: Project) -> None:
    file = acts.draft(amoa, project_one)
    client, address = english(amoa), reverse("governance:proposals:proposal_edit", args=[file.pk])
    text = client.get(address).context["form"]
    fields = {
        name: text[name].value() if text[name].value() is not None else "" for name in text.fields if name != "rests_on"
    }
    options = {"options-TOTAL_FORMS": "2", "options-INITIAL_FORMS": "2"}
    for place, option in enumerate(file.draft.options):
        options |= {f"options-{place}-{name}": value for name, value in option.items()}
    refused = client.post(address, {**fields, **options, "rests_on": "OD-12, OD-99"})
    assert refused.status_code == 422
    assert "OD-99: no decision" in refused.text
    assert client.post(address, {**fields, **options, "rests_on": "OD-12,\nOR-1"}).status_code == 302
    assert [ground["name"] for ground in acts.reread(file).draft.rests_on] == ["OD-12", "OR-1"]


# — the database —


def _resting(**changes: str) -> Callable[[World], None]:
    def attempt(world: World) -> None:
        [ground] = grounds(world.proposal("submitted").project, "OR-1")
        world.revise(rests_on=[ground | changes])

    return attempt


def _of_another_project(world: World) -> None:
    decision = acts.decide(
        world.cast["other_owner"],
        world.proposal("ready_two"),
        waived=acts.missing_opinion_reasons(world.proposal("ready_two")),
    )
    world.revise(rests_on=grounds(decision.project, decision.reference))


def _each_with_another_version(world: World) -> None:
    for name in NAMED:
        [ground] = grounds(world.proposal("submitted").project, name)
        world.revise(rests_on=[ground | {"version": "0" * 64}])


PRESENT = "A proposal rests on rows of its project, in their present version"
OWN_HASH = "A revision carries the hash of its content"
ATTACKS = Attacks(
    triggers=[
        ("proposalrevision.names_what_it_rests_on", "a row that is not there", _resting(item="risk:0"), PRESENT),
        ("proposalrevision.names_what_it_rests_on", "a kind nobody knows", _resting(item="wish:1"), PRESENT),
        ("proposalrevision.names_what_it_rests_on", "an earlier version", _resting(version="OR-1:1x1:1"), PRESENT),
        ("proposalrevision.names_what_it_rests_on", "another version", _each_with_another_version, PRESENT),
        ("proposalrevision.names_what_it_rests_on", "another project", _of_another_project, PRESENT),
        (
            "proposalrevision.carries_its_hash",
            "a ground that is not sealed",
            lambda world: world.revise(then={"rests_on": grounds(world.proposal("submitted").project, "OR-1")}),
            OWN_HASH,
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


@pytest.mark.parametrize("name", NAMED)
def test_the_database_takes_each_kind_in_its_present_version(name: str, amoa: Any, project_one: Project) -> None:
    file = acts.draft(amoa, project_one, rests_on=grounds(project_one, name))
    acts.submit(amoa, file)
    assert ProposalRevision.objects.get(proposal=file).rests_on == grounds(project_one, name)
