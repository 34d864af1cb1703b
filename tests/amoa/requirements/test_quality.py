"""Test the gaps of many requirements: found once, frozen with a proposal, and opened as lists by their numbers."""

from typing import Any

import pytest
from django.urls import reverse

from amoa.requirements.quality import Gap, Reading, count_gaps, list_alike, read_baseline, read_requirements
from core.acts import acting_as
from governance.models import Proposal, ProposalRevision
from projects.models import Project
from tests import acts
from tests.addresses import full_name
from tests.amoa.requirements.factories import edit, freeze, submit_to_owner, write
from tests.database import refusal

pytestmark = pytest.mark.django_db

WITHOUT = "A baseline is submitted with the gaps of its requirements"
CLEAR = {"statement": "The crane driver records each lift within 5 seconds.", "state": "proposed"}


def reading(code: str, text: str) -> Reading:
    """Read a requirement with every gap but those of its words."""
    return Reading(code, text, is_need=False, has_parent=False, has_recipients=False, has_criteria=False)


def codes(counts: Any) -> dict[str, list[str]]:
    """Map the codes by gap."""
    return {count.gap.value: count.codes for count in counts}


def test_texts_that_share_most_of_their_words_are_alike() -> None:
    rows = [
        reading("A", "The harbour master records the arrival of each vessel at the quay"),
        reading("B", "The harbour master records the arrival of every vessel at the quay"),
        reading("C", "A crew reads the tide of the next day before the departure"),
        reading("D", "Ice"),
        reading("E", "Ice"),
    ]
    assert list_alike(rows) == ["A", "B"]
    assert list_alike(reversed(rows)) == ["A", "B"]


def test_each_gap_names_its_requirements_in_a_baseline_as_among_the_working_versions(
    amoa: Any, project_one: Project
) -> None:
    vague = write(amoa, project_one, title="Lifts", statement="The driver records lifts quickly, if possible.")
    rows = project_one.requirements.filter(pk=vague.pk)
    found = codes(count_gaps(project_one, read_requirements(rows)))
    assert found[Gap.VAGUE] == [vague.code]
    assert found[Gap.NEEDLESS] == [vague.code]
    frozen = freeze(amoa, project_one)
    edit(amoa, vague, **CLEAR)
    assert vague.code in codes(count_gaps(project_one, read_baseline(frozen)))[Gap.VAGUE]
    assert codes(count_gaps(project_one, read_requirements(rows)))[Gap.VAGUE] == []


@pytest.mark.parametrize("gap", list(Gap))
def test_a_number_opens_the_list_of_exactly_its_requirements(
    gap: Gap, amoa: Any, project_one: Project, english: Any
) -> None:
    for title in ("Lifts of the first crane", "Lifts of the second crane"):
        write(amoa, project_one, title=title, statement="The driver records each lift of the crane quickly.")
    client = english(amoa)
    preview = client.get(reverse(full_name("baseline_freeze"), args=["ONE"])).context["preview"]
    [count] = [count for count in preview.gaps if count.gap == gap]
    listed = client.get(f"{count.link}&size=200")
    assert count.codes
    assert sorted(row.code for row in listed.context["page"].rows) == sorted(count.codes)


def test_the_page_of_a_baseline_tells_its_gaps(amoa: Any, project_one: Project, english: Any) -> None:
    write(amoa, project_one, statement="The driver records lifts quickly, if possible.")
    page = english(amoa).get(freeze(amoa, project_one).get_absolute_url())
    assert "To reword (vague words)" in page.text
    assert [count.gap for count in page.context["gaps"]] == list(Gap)
    assert page.text.index('id="gaps"') < page.text.index('id="changes"')


def test_a_proposal_freezes_the_gaps_of_its_baseline(amoa: Any, owner: Any, project_one: Project, english: Any) -> None:
    vague = write(amoa, project_one, statement="The driver records lifts quickly, if possible.")
    file = submit_to_owner(project_one, freeze(amoa, project_one))
    [part] = acts.reread(file).current.snapshot  # type: ignore[union-attr]
    [words] = [figure for figure in part["figures"] if figure["name"] == Gap.VAGUE]
    assert vague.code in [item["name"] for item in words["items"]]
    page = english(owner).get(file.get_absolute_url()).text
    assert part["heading"] in page
    assert "lack=vague" in page


def test_the_database_refuses_a_baseline_without_its_gaps(amoa: Any, project_one: Project) -> None:
    file = acts.reread(submit_to_owner(project_one, freeze_one(amoa, project_one)))

    def submit(*, whole: bool) -> None:
        assert file.current is not None
        revision = ProposalRevision(
            **file.current.content(),
            proposal=file,
            number=900,
            submitted_by=file.author,
            asked_roles=file.current.asked_roles,
            acted_at=file.current.acted_at,
            snapshot=file.current.snapshot if whole else [],
        )
        revision.hash = revision.seal()
        with acting_as(file.author):
            ProposalRevision.objects.bulk_create([revision])

    assert WITHOUT in refusal(lambda: submit(whole=False))
    assert WITHOUT not in refusal(lambda: submit(whole=True))


def freeze_one(amoa: Any, project: Project) -> Any:
    """Freeze a requirement of its own."""
    write(amoa, project)
    return freeze(amoa, project)


def test_a_text_that_names_no_baseline_freezes_nothing(project_one: Project) -> None:
    file: Proposal = acts.submit_to_owner(project_one, "change")
    assert file.current is not None
    assert file.current.snapshot == []
    assert "snapshot" not in file.current.sealed_content()
