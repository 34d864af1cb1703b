"""The monthly review: who archives it, what it asks the owners, and that it stays as it was given."""

import hashlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from governance.enums import Act, Outcome
from governance.models import LedgerEvent, Review
from governance.reviewing.services import archive_review
from projects.models import Project
from roles.access import Refused
from tests import acts
from tests.conftest import CAST
from tests.database import OWNER, RUNTIME, installed, refusal, triggers
from tests.generic_attacks import GENERIC

pytestmark = pytest.mark.django_db


def archived(actor: Any, project: Project, **fields: Any) -> Review:
    """The review of `project` alone."""
    return archive_review(actor=actor, project=project, **{"chosen": [project.code]} | fields)


def test_it_holds_the_figures_the_questions_and_its_document(pmo: Any, project_one: Project, amoa: Any) -> None:
    ready = acts.ready(amoa, pmo, project=project_one)
    review = archived(pmo, project_one, asked=["Who pays for the second quay?"])
    assert review.number == 2  # the cast has one already
    assert review.month == timezone.localdate().replace(day=1)
    texts = [one["text"] for one in review.content["questions"]]
    assert texts[0] == "Who pays for the second quay?"
    assert any(ready.reference in text and ready.title in text for text in texts)
    assert bytes(review.pdf).startswith(b"%PDF-")
    assert hashlib.sha256(review.pdf).hexdigest() == review.hash
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.subject_id, event.actor) == (Act.ARCHIVE_REVIEW, review.pk, pmo)


def test_it_does_not_move_with_the_figures(pmo: Any, owner: Any, amoa: Any, project_one: Project) -> None:
    ready = acts.ready(amoa, pmo, project=project_one)
    review = archived(pmo, project_one)
    content, document = review.content, bytes(review.pdf)
    acts.decided(owner, ready, Outcome.APPROVED)
    kept = Review.objects.get(pk=review.pk)
    assert (kept.content, bytes(kept.pdf)) == (content, document)
    later = archived(pmo, project_one)
    assert later.number == review.number + 1
    assert later.content["questions"] != content["questions"]


@pytest.mark.parametrize("member", [member for member in CAST if member not in {"pmo", "anonymous"}])
def test_only_who_consolidates_archives_it(member: str, cast: dict[str, Any], project_one: Project) -> None:
    with pytest.raises(Refused):
        archived(cast[member], project_one)
    assert Review.objects.count() == 1


@pytest.mark.parametrize("chosen", [[], ["TWO"], ["ONE", "TWO"], ["NOWHERE"]])
def test_it_holds_only_projects_that_its_author_may_read(chosen: list[str], pmo: Any, project_one: Project) -> None:
    with pytest.raises(ValidationError) as refused:
        archive_review(actor=pmo, project=project_one, chosen=chosen)
    assert refused.value.code == "chosen"


def test_the_journey_choose_archive_read_open_the_document(pmo: Any, owner: Any, client_of: Any) -> None:
    client = client_of(pmo)
    new = reverse("governance:review_new", args=["ONE"])
    refused = client.post(new, {"asked": "Kept?"})
    assert refused.status_code == 422
    assert "Kept?" in refused.content.decode()
    made = client.post(new, {"chosen": ["ONE"], "asked": "One question?\n\nAnd another?"}, follow=True)
    assert [one["text"] for one in made.context["review"].content["questions"]][:2] == ["One question?", "And another?"]
    review = Review.objects.latest("pk")
    reader = client_of(owner)
    assert review.get_absolute_url() in reader.get(reverse("governance:review_list", args=["ONE"])).content.decode()
    document = reader.get(reverse("governance:review_pdf", args=[review.pk]))
    assert hashlib.sha256(document.content).hexdigest() == review.hash
    assert document["Content-Disposition"].startswith("attachment")


def test_a_stranger_finds_no_review(pmo: Any, outsider: Any, project_one: Project, client_of: Any) -> None:
    review = archived(pmo, project_one)
    for name in ("review", "review_pdf"):
        assert client_of(outsider).get(reverse(f"governance:{name}", args=[review.pk])).status_code == 404


# — what the database refuses —


def _written(cast: dict[str, Any], project: Project, **fields: Any) -> None:
    given = {
        "project": project, "number": 2, "month": timezone.localdate().replace(day=1), "reviewed": [project.pk],
        "content": {}, "pdf": b"%PDF", "hash": hashlib.sha256(b"%PDF").hexdigest(), "made_by": cast["pmo"],
        "acted_at": timezone.now(),
    }  # fmt: skip
    Review.objects.bulk_create([Review(**given | fields)])


GUARDS = {"carries_its_hash", "leaves_an_event", "is_refused_to_the_tied"}
CONSTRAINTS = {"one_review_per_number", "a_review_is_of_a_month", "a_review_is_of_some_project"}
HASHED, FOLLOWS = "carries the hash of its document", "The reviews of a project follow each other"
LEAVES = "A change of governance.review leaves an event in the ledger"
ATTACKS: list[tuple[str, Any, str]] = [
    ("carries_its_hash", {"hash": "0" * 64}, HASHED),
    ("carries_its_hash", {"pdf": b"%PDF-other"}, HASHED),
    ("carries_its_hash", {"number": 3}, FOLLOWS),
    ("leaves_an_event", {}, LEAVES),
]


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize(("name", "fields", "words"), ATTACKS)
def test_a_guard_refuses_a_forged_review(
    name: str, fields: Any, words: str, role: str, cast: dict[str, Any], project_one: Project
) -> None:
    assert words in refusal(lambda: _written(cast, project_one, **fields), role=role)
    without = installed(*triggers()[f"governance.review.{name}"])
    assert words not in refusal(lambda: _written(cast, project_one, **fields), role=OWNER, without=without)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("a_review_is_of_a_month", {"month": timezone.localdate().replace(day=2)}),
     ("a_review_is_of_some_project", {"reviewed": []})],
)  # fmt: skip
def test_a_constraint_refuses_by_its_name(name: str, fields: Any, cast: dict[str, Any], project_one: Project) -> None:
    assert name in refusal(lambda: _written(cast, project_one, **fields))


def test_two_reviews_never_have_one_number(cast: dict[str, Any], project_one: Project) -> None:
    def attack() -> None:
        _written(cast, project_one)
        _written(cast, project_one)

    without = installed(*triggers()["governance.review.carries_its_hash"])
    assert "one_review_per_number" in refusal(attack, role=OWNER, without=without)


def test_a_tied_office_archives_nothing(cast: dict[str, Any], project_one: Project) -> None:
    from tests.projects.test_change_guards import TIED, World

    world = World(cast, project_one, project_one)

    def attack() -> None:
        world.tie("pmo")
        _written(cast, project_one)

    without = installed(*triggers()["governance.review.is_refused_to_the_tied"])
    assert TIED in refusal(attack)
    assert TIED not in refusal(attack, role=OWNER, without=without)


def test_every_guard_of_a_review_is_attacked() -> None:
    ours = {name.rpartition(".")[2] for name in triggers() if name.startswith("governance.review.")}
    assert ours - set(GENERIC) == GUARDS
