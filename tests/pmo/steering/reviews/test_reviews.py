"""Test the monthly review: who archives it, its questions to the owners, and that it never changes."""

import hashlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from governance.enums import Outcome
from governance.models import Proposal
from pmo.enums import Act
from pmo.models import Review
from pmo.steering.dashboards import exports
from pmo.steering.reviews import forms, questions
from pmo.steering.reviews.services import archive_review
from projects.models import LedgerEvent, Project
from tests import acts
from tests.addresses import full_name
from tests.amoa.change_plan.test_guards import TIED, World
from tests.attacks import Attacks, leaves
from tests.conftest import CAST
from tests.database import owning, run, statements
from tests.pdf import squeezed, text

pytestmark = pytest.mark.django_db


def archive(actor: Any, project: Project, **fields: Any) -> Review:
    """Archive the review of `project` alone."""
    return archive_review(actor=actor, project=project, **{"chosen": [project.code]} | fields)


def test_a_review_contains_figures_questions_and_its_document(pmo: Any, project_one: Project, amoa: Any) -> None:
    ready = acts.prepare(amoa, pmo, project=project_one)
    review = archive(pmo, project_one, asked=[("ONE", "Who pays for the second quay?")])
    assert review.number == 2  # the cast has one already
    assert review.month == timezone.localdate().replace(day=1)
    texts = [question["text"] for question in review.content["questions"]]
    assert texts[0] == "Who pays for the second quay?"
    assert any(ready.reference in text and ready.title in text for text in texts)
    assert bytes(review.pdf).startswith(b"%PDF-")
    assert hashlib.sha256(review.pdf).hexdigest() == review.hash
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.subject_id, event.actor) == (Act.ARCHIVE_REVIEW, review.pk, pmo)


def test_an_archived_review_does_not_change_with_the_figures(
    pmo: Any, owner: Any, amoa: Any, project_one: Project
) -> None:
    ready = acts.prepare(amoa, pmo, project=project_one)
    review = archive(pmo, project_one)
    content, document = review.content, bytes(review.pdf)
    acts.decide(owner, ready, Outcome.APPROVED)
    kept = Review.objects.get(pk=review.pk)
    assert (kept.content, bytes(kept.pdf)) == (content, document)
    later = archive(pmo, project_one)
    assert later.number == review.number + 1
    assert later.content["questions"] != content["questions"]


@pytest.mark.parametrize("member", [member for member in CAST if member not in {"pmo", "anonymous"}])
def test_only_the_role_that_consolidates_archives_a_review(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    with pytest.raises(Refused):
        archive(cast[member], project_one)
    assert Review.objects.count() == 1


@pytest.mark.parametrize("chosen", [[], ["TWO"], ["ONE", "TWO"], ["NOWHERE"]])
def test_a_review_contains_only_projects_that_its_author_may_read(
    chosen: list[str], pmo: Any, project_one: Project
) -> None:
    with pytest.raises(ValidationError) as refused:
        archive_review(actor=pmo, project=project_one, chosen=chosen)
    assert set(refused.value.message_dict) == {"chosen"}


def test_the_journey_choose_archive_read_open_the_document(pmo: Any, owner: Any, client_of: Any) -> None:
    client = client_of(pmo)
    new = reverse("pmo:reviews:review_new", args=["ONE"])
    refused = client.post(new, {"question-0": "Kept?"})
    assert refused.status_code == 422
    assert "Kept?" in refused.content.decode()
    fields = {"chosen": ["ONE"], "question-0": "One question?", "question-2": "And another?"}
    kept = Review.objects.count()
    preview = client.post(new, fields)
    assert preview.status_code == 200
    assert "And another?" in preview.text
    assert Review.objects.count() == kept
    assert "And another?" in client.post(new, fields | {"step": "change"}).text
    made = client.post(new, fields | {"step": "record"}, follow=True)
    assert [question["text"] for question in made.context["review"].content["questions"]][:2] == [
        "One question?",
        "And another?",
    ]
    review = Review.objects.latest("pk")
    reader = client_of(owner)
    assert review.get_absolute_url() in reader.get(reverse("pmo:reviews:review_list", args=["ONE"])).content.decode()
    document = reader.get(reverse("pmo:reviews:review_pdf", args=[review.pk]))
    assert hashlib.sha256(document.content).hexdigest() == review.hash
    assert document["Content-Disposition"].startswith("attachment")


def test_questions_go_to_their_owners_in_the_order_of_their_dates(pmo: Any, amoa: Any, project_one: Project) -> None:
    acts.prepare(amoa, pmo, project=project_one)
    review = archive(pmo, project_one, asked=[("ONE", "Who lights the quay?"), ("ONE", "NONE: Where is it?")])
    asked = review.content["questions"]
    assert [(row["project"], row["text"]) for row in asked[:2]] == [
        ("ONE", "Who lights the quay?"),
        ("ONE", "NONE: Where is it?"),
    ]
    assert [row["on"] for row in asked] == sorted(row["on"] for row in asked)
    owner = str(project_one.mandates.active().deciding().get().holder)
    [(name, rows)] = questions.group_questions(asked)
    assert (name, len(rows)) == (owner, len(asked))
    assert squeezed(owner) in text(bytes(review.pdf))


def test_a_review_of_an_earlier_release_names_no_owner() -> None:
    asked = [{"project": "ONE", "text": "Who pays?"}]
    assert questions.group_questions(asked) == [("", asked)]


def test_a_reader_of_the_programme_alone_reads_no_review_of_its_projects(
    pmo: Any, owner: Any, future_owner: Any, project_one: Project, client_of: Any
) -> None:
    """A reader of their own project sees nothing of another one in its reviews."""
    review = archive(pmo, project_one)
    assert {future_owner, owner} == {who for who in (future_owner, owner) if can_read(review, who)}
    other = Project.objects.get(code="TWO")
    mixed = _unguarded(review, reviewed=[project_one.pk, other.pk])
    assert not can_read(mixed, owner)
    listed = client_of(owner).get(reverse("pmo:reviews:review_list", args=["ONE"])).content.decode()
    assert review.get_absolute_url() in listed
    assert mixed.get_absolute_url() not in listed
    for name in ("review", "review_pdf"):
        assert client_of(owner).get(reverse(full_name(name), args=[mixed.pk])).status_code == 404


def can_read(review: Review, who: Any) -> bool:
    """Return whether `who` may read it."""
    return Review.objects.visible_to(who).filter(pk=review.pk).exists()


def _unguarded(review: Review, **fields: Any) -> Review:
    """Write another review like this one, with some other fields."""
    table = Review._meta.db_table
    with owning():
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        values = {f.attname: getattr(review, f.attname) for f in Review._meta.concrete_fields if not f.primary_key}
        [made] = Review.objects.bulk_create([Review(**values | {"number": review.number + 1} | fields)])
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        run("SET CONSTRAINTS ALL DEFERRED")
    return made


def test_nobody_has_to_wait_while_the_pages_are_set(
    pmo: Any, project_one: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = exports.render_pdf
    with statements() as sent:

        def setting(*given: Any) -> bytes:
            assert not [sql for sql in sent if "FOR UPDATE" in sql]
            return made(*given)

        monkeypatch.setattr(exports, "render_pdf", setting)
        archive(pmo, project_one)
    assert [sql for sql in sent if "FOR UPDATE" in sql]


def test_a_review_prints_written_text_verbatim(pmo: Any, amoa: Any, project_one: Project) -> None:
    title = '#panic("x") \\ $x$ *b* "quoted" @ref <label> שלום مرحبا // note'
    ready = acts.prepare(amoa, pmo, project=project_one, title=title)
    review = archive(pmo, project_one, asked=[("ONE", "#set page(width: 1pt)"), ("ONE", "\\#`raw`")])
    said = text(bytes(review.pdf))
    for written in ('#panic("x")', "#setpage(width:1pt)", "\\#`raw`", "@ref<label>"):
        assert squeezed(written) in said, written
    assert any(
        title in question["text"] and ready.reference in question["text"] for question in review.content["questions"]
    )


def test_a_review_counts_the_questions_it_omits(
    pmo: Any, amoa: Any, project_one: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST", 1)
    for _again in range(2):
        acts.prepare(amoa, pmo, project=project_one)
    waiting = Proposal.objects.filter(project=project_one, state="ready_for_decision").count()
    texts = [question["text"] for question in archive(pmo, project_one).content["questions"]]
    assert f"Decisions pending: {waiting - 1} more in the dashboard." in texts


def test_the_form_says_which_projects_and_how_many_questions_it_takes(
    project_one: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects = list(Project.objects.filter(code__in=["ONE", "TWO"]).order_by("code"))
    monkeypatch.setattr(forms, "MOST_PROJECTS", 1)
    with override("en"):
        rows = {f"question-{number}": "What?" for number in range(41)}
        form = forms.ReviewForm({"chosen": ["ONE"]} | rows, project=project_one, projects=projects)
    assert form.fields["chosen"].initial is None
    assert form.initial["chosen"] == ["ONE"]
    assert "1 of 2" in str(form.fields["chosen"].help_text)
    assert "40" in str(form.non_field_errors())
    assert "chosen" in forms.ReviewForm({"chosen": ["TWO"]}, project=project_one, projects=projects).errors


def test_a_question_is_about_a_project_that_is_selected(project_one: Project) -> None:
    projects = list(Project.objects.filter(code__in=["ONE", "TWO"]).order_by("code"))

    def read(**data: Any) -> forms.ReviewForm:
        return forms.ReviewForm({"chosen": ["ONE"]} | data, project=project_one, projects=projects)

    two = {"about-0": "TWO", "question-0": "Who pays?"}
    left_out = read(**two)
    assert set(left_out.errors) == {"about-0"}
    form = read(
        **two,
        chosen=["ONE", "TWO"],
        **{"question-1": "And when?", "about-1": "ONE", "question-2": " ", "about-2": "ONE"},
    )
    assert form.is_valid()
    assert form.cleaned_data == {"chosen": ["ONE", "TWO"], "asked": [("TWO", "Who pays?"), ("ONE", "And when?")]}
    assert set(read(**two | {"about-0": "NOWHERE"}).errors) == {"about-0"}


def test_a_review_refuses_a_question_about_a_project_that_is_not_chosen(pmo: Any, project_one: Project) -> None:
    with pytest.raises(ValidationError):
        archive(pmo, project_one, asked=[("TWO", "Who pays?")])


def test_one_more_question_keeps_what_is_typed_without_a_script(pmo: Any, client_of: Any) -> None:
    client, new, kept = client_of(pmo), reverse("pmo:reviews:review_new", args=["ONE"]), Review.objects.count()
    assert 'name="question-1"' not in client.get(new).text
    answer = client.post(new, {"question-0": "Who pays?", "add_question": "1"})
    assert answer.status_code == 200
    assert (">\nWho pays?</textarea>" in answer.text, 'name="question-1"' in answer.text) == (True, True)
    full = {f"question-{number}": "What?" for number in range(40)} | {"add_question": "1"}
    assert 'name="question-40"' not in client.post(new, full).text
    assert Review.objects.count() == kept


def test_a_stranger_finds_no_review(pmo: Any, outsider: Any, project_one: Project, client_of: Any) -> None:
    review = archive(pmo, project_one)
    for name in ("review", "review_pdf"):
        assert client_of(outsider).get(reverse(full_name(name), args=[review.pk])).status_code == 404


# — what the database refuses —


def _written(cast: dict[str, Any], project: Project, **fields: Any) -> None:
    given = {
        "project": project,
        "number": 2,
        "month": timezone.localdate().replace(day=1),
        "reviewed": [project.pk],
        "content": {},
        "pdf": b"%PDF",
        "hash": hashlib.sha256(b"%PDF").hexdigest(),
        "made_by": cast["pmo"],
        "acted_at": timezone.now(),
    }
    Review.objects.bulk_create([Review(**given | fields)])


HASHED, FOLLOWS = "carries the hash of its document", "The reviews of a project follow each other"
HASH = "review.carries_its_hash"


def _tied(cast: dict[str, Any], project: Project) -> None:
    World(cast, project, project).tie("pmo")
    _written(cast, project)


ATTACKS = Attacks(
    [
        (HASH, "another hash", lambda cast, project: _written(cast, project, hash="0" * 64), HASHED),
        (HASH, "another document", lambda cast, project: _written(cast, project, pdf=b"%PDF-other"), HASHED),
        (HASH, "a number left out", lambda cast, project: _written(cast, project, number=3), FOLLOWS),
        ("review.leaves_an_event", "without its event", _written, leaves(Review)),
        ("review.is_refused_to_the_tied", "archived by a tied office", _tied, TIED),
    ],
    {
        "a_review_is_of_a_month": lambda cast, project: _written(
            cast, project, month=timezone.localdate().replace(day=2)
        ),
        "a_review_is_of_some_project": lambda cast, project: _written(cast, project, reviewed=[]),
        "one_review_per_number": lambda cast, project: [_written(cast, project), _written(cast, project)],
    },
    {"one_review_per_number": HASH},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(
    guard: str, cast: dict[str, Any], project_one: Project
) -> None:
    ATTACKS.prove(guard, cast, project_one)
