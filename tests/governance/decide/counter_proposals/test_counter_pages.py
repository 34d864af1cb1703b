"""Pages of proposals on one question: write another answer, compare, answer once, read the records."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance.enums import Outcome
from governance.models import Decision, Proposal
from projects.models import Project
from tests import acts
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

DEARER = "The other one is dearer and comes later."


@pytest.fixture
def first(project_one: Project) -> Proposal:
    return acts.submit_to_owner(project_one, "change", terms={"budget": "5100000.00"})


@pytest.fixture
def rival(first: Proposal, pmo: Any, amoa: Any) -> Proposal:
    author = pmo if first.author_role == "AMOA" else amoa
    file = acts.counter(author, first, title="Hire ice from quay 2", terms={"budget": "5050000.00"})
    acts.submit(author, file)
    acts.advise(first.author, file)
    return acts.reread(file)


def _counter_page(file: Proposal) -> str:
    return reverse("governance:proposals:proposal_counter", args=[file.pk])


def test_another_answer_is_written_from_the_dossier(
    first: Proposal, pmo: Any, amoa: Any, english: Callable[[Any], Client]
) -> None:
    author = pmo if first.author_role == "AMOA" else amoa
    client = english(author)
    assert _counter_page(first) in client.get(first.get_absolute_url()).text
    form = client.get(_counter_page(first))
    assert acts.CONTENT["question"] in form.text
    assert form.context["form"].fields["kind"].disabled
    lacking = [gap.field for section in form.context["sections"].values() for gap in section.gaps]
    assert "title" in lacking
    assert {"question", "context", "decide_by"}.isdisjoint(lacking), "what it takes over is not asked for again"
    _path, fields = act("draft", None, title="Hire ice", question="Shall ice be hired?", kind="budget", replaces="9")
    posted = client.post(_counter_page(first), fields)
    file = Proposal.objects.latest("pk")
    assert (posted.status_code, posted["Location"]) == (302, file.get_absolute_url())
    assert (file.counter_to, file.kind, file.replaces_id, file.author) == (first, "change", None, author)
    again = client.post(_counter_page(first), fields | {"title": "A third one"})
    assert (again.status_code, Proposal.objects.latest("pk")) == (409, file)
    assert "A third one" in again.text
    assert _counter_page(first) not in client.get(first.get_absolute_url()).text


def test_nobody_writes_one_who_may_not_propose_this_kind(
    first: Proposal, owner: Any, outsider: Any, english: Callable[[Any], Client]
) -> None:
    assert english(owner).get(_counter_page(first)).status_code == 403
    assert english(outsider).get(_counter_page(first)).status_code == 404
    assert _counter_page(first) not in english(owner).get(first.get_absolute_url()).text


def test_the_dossier_shows_the_proposals_side_by_side(
    first: Proposal, rival: Proposal, owner: Any, english: Callable[[Any], Client]
) -> None:
    for shown, other in ((first, rival), (rival, first)):
        page = english(owner).get(shown.get_absolute_url())
        files = page.context["proposed"].question
        assert [file.proposal for file in files] == [first, rival]
        assert [file.is_shown for file in files] == [file.pk == shown.pk for file in (first, rival)]
        assert "2 proposals on this question" in page.text
        assert "approving one closes the others" in page.text
        assert f"Decide on {other.reference} instead" in page.text
        assert f"This role wrote {other.reference} on the same question." in page.text


def test_the_owner_says_why_not_the_other_one_and_reads_it_in_the_review_and_both_records(
    first: Proposal, rival: Proposal, owner: Any, english: Callable[[Any], Client]
) -> None:
    client = english(owner)
    path, fields = act("decide", first, then=False, outcome="approved")
    refused = client.post(path, fields)
    assert (refused.status_code, refused.context["answer"].demands.errors.keys()) == (422, {f"proposal-{rival.pk}"})
    fields |= {f"demand-proposal-{rival.pk}": DEARER}
    review = client.post(path, fields)
    assert review.status_code == 200, review.text
    assert "Other proposals on this question" in review.text
    assert DEARER in review.text
    assert not Decision.objects.filter(proposal=first).exists()
    foreseen = review.context["foreseen"]
    assert client.post(path, fields | {"step": "seal", "foreseen": foreseen}).status_code == 302
    decision, closed = Decision.objects.get(proposal=first), Decision.objects.get(proposal=rival)
    assert closed.outcome == Outcome.MERGED
    answered, other = client.get(decision.get_absolute_url()).text, client.get(closed.get_absolute_url()).text
    assert f"{rival.reference} · {closed.reference}" in answered
    assert f"Wrote {rival.reference} on the same question" in answered
    for words in (DEARER, "Merged into", "Decided together with", decision.reference):
        assert words in other
    page = client.get(rival.get_absolute_url()).text
    assert decision.reference in page
    assert "approving one closes the others" not in page, "the question is answered"


@pytest.mark.parametrize("outcome", ["rejected", "rework"])
def test_no_word_is_asked_with_an_answer_that_closes_nothing(
    outcome: str, first: Proposal, rival: Proposal, owner: Any, english: Callable[[Any], Client]
) -> None:
    path, fields = act("decide", first, then=False, outcome=outcome, option="none")
    assert english(owner).post(path, fields).status_code == 200


def test_what_changed_on_the_other_file_is_said_before_the_answer(
    first: Proposal, rival: Proposal, owner: Any, english: Callable[[Any], Client]
) -> None:
    client = english(owner)
    seen = client.get(first.get_absolute_url()).context["answer"].seen_field
    assert f"rival:{rival.pk}" in seen
    path, fields = act("decide", first, then=False, outcome="rejected", option="none")
    acts.submit(rival.author, rival)
    answer = client.post(path, fields | {"seen": fields.get("seen", "{}")})
    assert answer.status_code == 409
    assert "Another proposal on the same question changed." in answer.text
