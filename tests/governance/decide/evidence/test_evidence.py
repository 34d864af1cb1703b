"""Test the documents behind decisions: added, attached, frozen, replaced, and the decisions marked by a replacement."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.access import Refused, can
from governance.decide.evidence.attachments import attach, detach, list_attached, load_versions
from governance.decide.evidence.changes import MOST_LINES, Change, Line, list_changes
from governance.decide.evidence.seals import with_seals
from governance.enums import Act, Outcome
from governance.models import Decision, SealBreak
from projects.models import Document, DocumentVersion, LedgerEvent, Notification
from tests import acts
from tests.conftest import CAST
from tests.database import undone
from tests.facts import facts_of
from tests.files import WEIRD_NAMES, upload

pytestmark = pytest.mark.django_db

WHO_MAY = {"owner", "pmo", "amoa", "moe"}


def decided_on(cast: dict[str, Any], project: Any, outcome: Outcome = Outcome.APPROVED) -> tuple[Decision, Document]:
    """Decide a proposal with one document attached, and return both."""
    version = acts.add_document(cast["amoa"], project, "Quotation 99")
    file = acts.attach(cast["amoa"], acts.draft(cast["amoa"], project), version)
    acts.submit(cast["amoa"], file)
    acts.advise(cast["pmo"], file)
    return acts.decide(cast["owner"], file, outcome), version.document


def changes_after(*decisions: Decision) -> list[Change]:
    """Return what a page says about them."""
    read = list(Decision.objects.prefetch_related("breaks").filter(pk__in=[decision.pk for decision in decisions]))
    return list_changes(read, load_versions(decisions[0].revision, read))


def files_of(content: Any) -> list[DocumentVersion]:
    """List the files attached to a content."""
    return list_attached(content, load_versions(content))


# — adding —


def test_a_document_is_kept_with_its_bytes_its_author_and_its_event(amoa: Any, project_one: Any) -> None:
    version = acts.add_document(amoa, project_one, text="One.\n")
    version.refresh_from_db()
    assert (version.number, version.file_name, version.media_type) == (1, "quotation.txt", "text/plain")
    assert (bytes(version.content), version.size, version.added_by) == (b"One.\n", 5, amoa)
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.subject, event.subject_id) == (
        Act.ADD_DOCUMENT,
        "AMOA",
        "projects.documentversion",
        version.pk,
    )
    told = {"document": str(version.document_id), "version": "1", "sha256": version.sha256, "content": version.seal()}
    assert facts_of(event) == told


def test_a_document_without_a_name_is_called_like_its_file(moe: Any, project_one: Any) -> None:
    assert acts.add_document(moe, project_one, name="").document.name == "quotation.txt"


def test_lists_of_versions_do_not_read_the_bytes(amoa: Any, project_one: Any) -> None:
    acts.add_document(amoa, project_one)
    for version in [*DocumentVersion.objects.all(), *Document.objects.latest("pk").versions.all()]:
        assert "content" in version.get_deferred_fields()


@pytest.mark.parametrize("act", ["add", "replace"])
def test_only_proposers_and_the_owner_add_and_replace_documents(
    act: str, cast: dict[str, Any], project_one: Any
) -> None:
    document = acts.add_document(cast["pmo"], project_one).document
    done = set()
    for member in CAST:
        kept = acts.count_evidence()
        with undone():
            try:
                if act == "add":
                    acts.add_document(cast[member], project_one, f"By {member}")
                else:
                    acts.replace(cast[member], document)
                done.add(member)
            except Refused:
                assert acts.count_evidence() == kept
    assert done == WHO_MAY
    assert {m for m in CAST if can(cast[m], f"governance.{act}_document", project_one)} == WHO_MAY


def test_the_owner_of_another_project_adds_nothing_here(other_owner: Any, cast: Any, project_one: Any) -> None:
    for member in ("other_owner", "other_pmo"):
        with pytest.raises(Refused):
            acts.add_document(cast[member], project_one)


def test_a_project_has_one_document_of_a_name_and_another_project_may_have_it_too(
    cast: dict[str, Any], project_one: Any, project_two: Any
) -> None:
    acts.add_document(cast["amoa"], project_one)
    kept = acts.count_evidence()
    with pytest.raises(ValidationError) as error:
        acts.add_document(cast["pmo"], project_one)
    assert error.value.code == "taken"
    assert acts.count_evidence() == kept
    assert acts.add_document(cast["other_amoa"], project_two).number == 1


@pytest.mark.parametrize("name", [name for name in WEIRD_NAMES if name.strip()])
def test_a_weird_name_is_not_kept(name: str, amoa: Any, project_one: Any) -> None:
    kept = acts.count_evidence()
    with pytest.raises(ValidationError):
        acts.add_document(amoa, project_one, name)
    assert acts.count_evidence() == kept


# — attaching —


def test_an_attachment_is_frozen_with_the_revision_and_sealed_by_the_decision(
    cast: dict[str, Any], project_one: Any
) -> None:
    decision, document = decided_on(cast, project_one)
    version = document.versions.get()
    assert decision.revision.attachments == [
        {"document": str(document.pk), "version": "1", "name": "Quotation 99", "sha256": version.sha256}
    ]
    assert {"item": f"document:{document.pk}", "hash": version.sha256} in decision.file
    assert files_of(decision.revision) == [version]


def test_a_newer_version_leaves_the_revision_as_it_is_and_says_so(cast: dict[str, Any], project_one: Any) -> None:
    decision, document = decided_on(cast, project_one)
    acts.replace(cast["amoa"], document)
    (file,) = files_of(decision.revision)
    assert (file.number, file.newest) == (1, 2)  # type: ignore[attr-defined]


def test_files_keep_the_order_in_which_they_were_attached(amoa: Any, project_one: Any) -> None:
    first, second = (acts.add_document(amoa, project_one, name) for name in ("Zebra", "Ape"))
    file = acts.attach(amoa, acts.draft(amoa, project_one), second)
    file = acts.attach(amoa, file, first)
    newer = acts.replace(amoa, second.document)
    file = acts.reread(acts.attach(amoa, file, newer))
    assert files_of(file.draft) == [newer, first]
    assert detach(file.draft.attachments, second.document_id) == [first.attachment()]
    assert attach([], first) == [first.attachment()]


# — replacing —


def test_replacing_keeps_both_versions_and_says_why(amoa: Any, project_one: Any) -> None:
    first = acts.add_document(amoa, project_one)
    second = acts.replace(amoa, first.document)
    assert [v.number for v in first.document.versions.order_by("number")] == [1, 2]
    assert (second.why, second.sha256 != first.sha256) == ("The supplier corrected it.", True)
    assert list(DocumentVersion.objects.newest().filter(document=first.document)) == [second]
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, facts_of(event)["version"]) == (Act.REPLACE_DOCUMENT, "2")


def test_the_same_bytes_are_no_new_version(amoa: Any, project_one: Any) -> None:
    first = acts.add_document(amoa, project_one, text="Same.\n")
    kept = acts.count_evidence()
    with pytest.raises(ValidationError) as error:
        acts.replace(amoa, first.document, "Same.\n")
    assert error.value.code == "same"
    assert acts.count_evidence() == kept


def test_replacing_what_no_decision_rests_on_breaks_nothing(amoa: Any, project_one: Any) -> None:
    before = SealBreak.objects.count()
    acts.replace(amoa, acts.add_document(amoa, project_one).document)
    assert SealBreak.objects.count() == before


@pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.REJECTED, Outcome.REWORK, Outcome.DEFERRED])
def test_replacing_a_sealed_document_makes_the_decision_no_longer_current(
    outcome: Outcome, cast: dict[str, Any], project_one: Any
) -> None:
    decision, document = decided_on(cast, project_one, outcome)
    assert Decision.objects.current().filter(pk=decision.pk).exists()
    sealed = document.versions.get().sha256
    version = acts.replace(cast["moe"], document)
    change = decision.breaks.get()
    assert (change.item, change.before, change.after) == (f"document:{document.pk}", sealed, version.sha256)
    assert change.acted_at == version.acted_at
    assert not Decision.objects.current().filter(pk=decision.pk).exists()
    assert Decision.objects.get(pk=decision.pk).changed_at == change.acted_at
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.subject_id, event.proposal_id) == (Act.BREAK_SEAL, change.pk, decision.proposal_id)
    assert facts_of(event) == {
        "decision": str(decision.pk),
        "item": document.item,
        "document": str(document.pk),
        "version": "2",
        "before": sealed,
        "after": version.sha256,
    }


def test_each_further_change_is_noted_and_a_return_to_what_was_sealed_is_none(
    cast: dict[str, Any], project_one: Any
) -> None:
    decision, document = decided_on(cast, project_one)
    sealed = document.versions.get()
    texts = ["Two.\n", "Three.\n", "Two.\n", "Ice machine: EUR 18,000.\n", "Six.\n"]
    versions = [acts.replace(cast["amoa"], document, text) for text in texts]
    assert versions[3].sha256 == sealed.sha256
    noted = decision.breaks.order_by("pk").values_list("before", "after")
    assert list(noted) == [(sealed.sha256, v.sha256) for v in versions if v is not versions[3]]
    (change,) = changes_after(decision)
    assert (change.before, change.after) == (sealed, versions[4])


def test_every_decision_that_sealed_the_document_is_told(cast: dict[str, Any], project_one: Any) -> None:
    first, document = decided_on(cast, project_one)
    newer = acts.replace(cast["amoa"], document)
    file = acts.attach(cast["amoa"], acts.draft(cast["amoa"], project_one), newer)
    acts.submit(cast["amoa"], file)
    acts.advise(cast["pmo"], file)
    second = acts.decide(cast["owner"], file)
    acts.replace(cast["amoa"], document, "Third.\n")
    assert [first.breaks.count(), second.breaks.count()] == [2, 1]
    found = {change.decision: change.before.number for change in changes_after(first, second)}
    assert found == {first: 1, second: 2}


def test_the_owner_and_those_who_propose_are_told_but_not_who_replaced_it(
    cast: dict[str, Any], project_one: Any
) -> None:
    _decision, document = decided_on(cast, project_one)
    acts.replace(cast["moe"], document)
    told = Notification.objects.filter(reason="no_longer_current").values_list("recipient__email", flat=True)
    assert sorted(told) == sorted(cast[member].email for member in ("owner", "pmo", "amoa"))


def test_a_decision_on_an_older_version_is_marked_though_the_newer_one_could_be_seen(
    cast: dict[str, Any], project_one: Any
) -> None:
    version = acts.add_document(cast["amoa"], project_one)
    file = acts.attach(cast["amoa"], acts.draft(cast["amoa"], project_one), version)
    acts.submit(cast["amoa"], file)
    newer = acts.replace(cast["amoa"], version.document)
    acts.advise(cast["pmo"], file)
    assert acts.decide(cast["owner"], file).breaks.get().after == newer.sha256


# — what is said of it —


def test_the_difference_of_a_text_is_shown_line_by_line(cast: dict[str, Any], project_one: Any) -> None:
    decision, document = decided_on(cast, project_one)
    acts.replace(cast["amoa"], document, "Ice machine: EUR 19,500.\nPaid in two parts.\n")
    (change,) = changes_after(decision)
    assert change.lines == [
        Line("removed", "Ice machine: EUR 18,000."),
        Line("added", "Ice machine: EUR 19,500."),
        Line("added", "Paid in two parts."),
    ]


def _lines_between(cast: dict[str, Any], project: Any, before: str, after: str) -> list[Line]:
    amoa = cast["amoa"]
    file = acts.attach(amoa, acts.draft(amoa, project), acts.add_document(amoa, project, "Text", before))
    acts.submit(amoa, file)
    acts.advise(cast["pmo"], file)
    decision = acts.decide(cast["owner"], file)
    acts.replace(amoa, Document.objects.get(name="Text"), after)
    (change,) = changes_after(decision)
    return change.lines


def test_unchanged_lines_far_from_a_change_are_left_out(cast: dict[str, Any], project_one: Any) -> None:
    lines = [f"Line {n}" for n in range(100)]
    changed = [*lines[:50], "New", *lines[50:]]
    found = _lines_between(cast, project_one, "\n".join(lines), "\n".join(changed))
    assert [line.kind for line in found] == ["gap", "same", "same", "added", "same", "same", "gap"]


def test_a_text_that_changed_everywhere_is_not_compared(cast: dict[str, Any], project_one: Any) -> None:
    before = "\n".join(f"a{n}" for n in range(MOST_LINES + 1))
    after = "\n".join(f"b{n}" for n in range(MOST_LINES + 1))
    assert _lines_between(cast, project_one, before, after) == []


def test_a_long_text_is_not_compared(cast: dict[str, Any], project_one: Any) -> None:
    assert _lines_between(cast, project_one, "a" * 300_000, "b\n") == []


def test_the_documents_of_a_project_say_which_decisions_sealed_which_version(
    cast: dict[str, Any], project_one: Any
) -> None:
    decision, document = decided_on(cast, project_one)
    acts.replace(cast["amoa"], document)
    ((found, versions),) = with_seals([document])
    assert found == document
    assert [(kept.version.number, [seal.decision for seal in kept.seals]) for kept in versions] == [
        (2, []),
        (1, [decision]),
    ]
    assert versions[1].seals[0].changed_at == decision.breaks.get().acted_at


def test_the_cast_has_a_decision_that_holds_and_one_that_is_no_longer_current(proposal: Any) -> None:
    current = Decision.objects.current()
    assert current.filter(proposal=proposal("decided")).exists()
    assert not current.filter(proposal=proposal("closed")).exists()


def test_an_upload_shows_no_bytes_where_it_is_printed() -> None:
    assert "Ice machine" not in repr(upload())
