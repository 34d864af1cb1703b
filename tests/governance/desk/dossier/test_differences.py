"""Test where differences show: on a revision, before a new submission, beside an older opinion."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from governance.enums import Outcome
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client_of: Any) -> Any:
    """Get the page at an address as `user`, in a language."""

    def page(user: Any, path: str, language: str = "en") -> str:
        answer = client_of(user).get(path, headers={"accept-language": language})
        assert answer.status_code == 200, path
        return html.unescape(answer.content.decode())

    return page


def revision(proposal: Any, number: int, more: str = "") -> str:
    """Return the address of a revision."""
    return reverse("governance:dossier:dossier_revision", args=[proposal.pk, number]) + more


def fields(page: str) -> list[str]:
    """List the labels of the difference, each with its text."""
    part = page.partition('<ul class="diff">')[2].partition("</ul>")[0]
    return [re.sub(r"<[^>]*>", "", name).strip() for name in re.findall(r"<h3>(.*?)</h3>", part, re.S)]


def test_a_revision_shows_what_changed_since_the_one_before(recipient: Any, proposal: Any, read: Any) -> None:
    page = read(recipient, revision(proposal("revised"), 2))
    assert "What changed since revision 1" in page
    assert "5 fields changed. The others are unchanged." in page
    assert fields(page) == [
        "What is proposed",
        "Option A",
        "Option B Added",
        "Option C Was option B",
        "Recommendation",
        "Impact on recipients",
        "Committed amount (€)",
    ]
    assert '<del><span class="vh" lang="en">removed: </span>€74,000</del>' in page
    assert '<ins><span class="vh" lang="en">added: </span>€81,000</ins>' in page
    assert re.search(r"Concrete planks <ins><span[^>]*>added: </span>with a light finish</ins>", page)
    assert re.search(r'lang="en">Revision 1: </span><span class="faint" lang="en">Nothing</span>', page)


def test_the_words_around_are_those_of_the_reader_and_the_text_keeps_its_language(
    pmo: Any, proposal: Any, read: Any
) -> None:
    page = read(pmo, revision(proposal("revised"), 2), "fr")
    assert "Ce qui a changé depuis la révision 1" in page
    assert re.search(
        r'<div class="diff-text" lang="en"><span class="diff-side" lang="fr">Révision 2\u202f: </span>', page
    )
    assert '<ins><span class="vh" lang="fr">ajouté\u202f: </span>' in page
    assert '<del><span class="vh" lang="fr">retiré\u202f: </span>' in page
    assert "Option C <span" in page
    assert "Était l’option B" in page


def test_the_first_revision_is_compared_only_on_demand(pmo: Any, proposal: Any, read: Any) -> None:
    file = proposal("revised")
    page = read(pmo, revision(file, 1))
    assert "What changed" not in page
    assert 'href="?with=2#changes"' in page
    asked = read(pmo, revision(file, 1, "?with=2"))
    assert "What changed until revision 2" in asked
    assert fields(asked) == fields(read(pmo, revision(file, 2)))


def test_a_file_submitted_once_has_nothing_to_compare(pmo: Any, proposal: Any, read: Any) -> None:
    page = read(pmo, revision(proposal("ready_for_decision"), 1))
    assert "What changed" not in page
    assert "Compare with" not in page


def test_any_two_revisions_can_be_compared(amoa: Any, pmo: Any, project_one: Any, read: Any) -> None:
    file = acts.draft(amoa, project_one)
    for cost in ("None.", "One week.", "Two weeks."):
        acts.edit(amoa, file, impact_schedule=cost)
        acts.submit(amoa, file)
    page = read(pmo, revision(file, 3, "?with=1"))
    assert "What changed since revision 1" in page
    assert "<ins><span" in page
    assert ">Two weeks.</ins>" in page
    assert ">None.</del>" in page
    assert '<a class="chip" href="?with=1#changes" aria-current="true">Revision 1</a>' in page
    assert "?with=3" not in page
    assert ">One week.</del>" in read(pmo, revision(file, 3))


@pytest.mark.parametrize("asked", ["", "0", "2", "3", "-1", "abc", "²", "9" * 30, "1&with=x", "\x00"])
def test_another_number_is_taken_as_the_revision_before(asked: str, pmo: Any, proposal: Any, read: Any) -> None:
    assert "What changed since revision 1" in read(pmo, revision(proposal("revised"), 2, f"?with={asked}"))


@pytest.mark.parametrize("number", [0, 3, 10**30])
def test_a_revision_that_is_not_there_is_not_found(number: int, pmo: Any, proposal: Any, client_of: Any) -> None:
    assert client_of(pmo).get(revision(proposal("revised"), number, "?with=1")).status_code == 404


def test_a_file_submitted_again_as_it_was_says_so(owner: Any, amoa: Any, pmo: Any, project_one: Any, read: Any) -> None:
    file = acts.prepare(amoa, pmo, project=project_one)
    acts.decide(owner, file, Outcome.DEFERRED)
    acts.submit(amoa, file)
    assert "No difference." in read(owner, revision(file, 2))


# — before submitting —


def test_only_the_author_sees_the_changes_of_an_unsubmitted_revision(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, read: Any
) -> None:
    file = acts.prepare(amoa, pmo, project=project_one)
    path = file.get_absolute_url()
    assert "What your new revision changes" not in read(amoa, path)
    acts.edit(amoa, file, question="Shall two ice machines be ordered now?")
    page = read(amoa, path)
    assert "What your new revision changes" in page
    assert fields(page) == ["Question asked"]
    assert ">two</ins>" in page
    for reader in (owner, pmo):
        assert ">two</ins>" not in read(reader, path)
    acts.submit(amoa, file)
    assert "What your new revision changes" not in read(amoa, path)


def test_a_first_text_has_nothing_to_be_compared_with(amoa: Any, proposal: Any, read: Any) -> None:
    assert "What your new revision changes" not in read(amoa, proposal("draft").get_absolute_url())


def test_an_old_text_full_of_marks_is_shown_as_text(amoa: Any, pmo: Any, project_one: Any, client_of: Any) -> None:
    file = acts.prepare(amoa, pmo, project=project_one, context="<b>bold</b> & <script>old()</script>")
    acts.edit(amoa, file, context="<b>bold</b> & <script>new()</script>")
    page = client_of(amoa).get(file.get_absolute_url()).content.decode()
    assert "&lt;script&gt;new()&lt;/script&gt;</ins>" in page
    assert "<script>new" not in page


# — what an adviser said before —


def test_an_opinion_on_an_older_revision_stays_in_sight_until_its_role_answers_again(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, read: Any
) -> None:
    file = acts.prepare(amoa, project=project_one)
    path = file.get_absolute_url()
    acts.advise(pmo, file, reasons="The first price was too high.")
    assert "(older)" not in read(owner, path)
    acts.edit(amoa, file, recommendation="Order now, at the lower price.")
    acts.submit(amoa, file)
    page = read(owner, path)
    assert "Given on revision 1 (older)" in page
    assert "The first price was too high." in page
    assert f'href="{revision(file, 1)}"' in page
    assert f'href="{revision(file, 2)}?with=1#changes"' in page
    assert "Asked on this revision, not given yet." in page
    acts.advise(pmo, file, reasons="The price is right now.")
    page = read(owner, path)
    assert "(older)" not in page
    assert "The first price was too high." not in page


def test_an_older_opinion_is_the_last_one_and_opens_nothing(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, read: Any
) -> None:
    file = acts.draft(amoa, project_one)
    for number in (1, 2):
        acts.submit(amoa, file)
        acts.advise(pmo, file, reasons=f"Said of revision {number}.")
        acts.decide(owner, file, Outcome.REWORK)
    acts.submit(amoa, file)
    page = read(owner, file.get_absolute_url())
    assert "Given on revision 2 (older)" in page
    assert "Said of revision 1." not in page
    assert "They differ" not in page
    assert 'id="advise"' in read(pmo, file.get_absolute_url())


def test_an_older_revision_says_nothing_of_opinions_given_elsewhere(
    amoa: Any, pmo: Any, project_one: Any, read: Any
) -> None:
    file = acts.draft(amoa, project_one)
    acts.submit(amoa, file)
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    acts.advise(pmo, file, reasons="Said of revision 2.")
    assert "Said of revision 2." not in read(pmo, revision(file, 1))
