"""Test the pages of baselines: list, comparison by word, freezing after a review, submission, decision."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from amoa.enums import Act
from amoa.models import Requirement, RequirementBaseline
from amoa.requirements import versions
from amoa.requirements.baseline_diff import get_requested_baseline
from amoa.requirements.baselines import build_term, compare_baselines, describe_differences
from core.acts import acting_as
from core.history import create_many, save_many
from governance.enums import Outcome
from governance.models import Proposal
from projects.ledger.services import record
from tests import acts
from tests.addresses import full_name
from tests.amoa.requirements.factories import approve, edit, freeze, reject, submit_to_owner, write
from tests.database import run, statements
from tests.effort import EFFORT
from tests.pdf import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client_of: Any) -> Any:
    """Get the page at an address as `user`, in a language, without mere markup."""

    def page(user: Any, path: str, language: str = "en", status: int = 200) -> str:
        answer = client_of(user).get(path, headers={"accept-language": language})
        assert answer.status_code == status, path
        return words(answer)

    return page


def words(answer: Any) -> str:
    """Return the text of a page, with links and the tags of changes."""
    text = re.sub(r'<span class="vh"[^>]*>.*?</span>', "", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<(?!/?(ins|del)\b)[^>]*>", " ", text)))


def page_of(number: int, more: str = "") -> str:
    """Return the address of a baseline of project one."""
    return reverse("amoa:requirements:baseline", args=["ONE", number]) + more


LIST, FREEZE = (reverse(full_name(name), args=["ONE"]) for name in ("baseline_list", "baseline_freeze"))


# — the list —


def test_the_list_says_where_each_baseline_stands_and_by_which_decision(
    owner: Any, amoa: Any, recipient: Any, project_one: Any, read: Any
) -> None:
    new = write(amoa, project_one)
    second = freeze(amoa, project_one, reason="Workshop 4")
    assert "Not submitted yet" in read(recipient, LIST)
    submit_to_owner(project_one, second)
    assert "Pending decision" in read(recipient, LIST)
    reject(owner, project_one, second)
    edit(amoa, new, title="Crews read the tide", state="proposed")
    third = freeze(amoa, project_one)
    decision = approve(owner, project_one, third)
    page = read(recipient, LIST)
    rows = re.findall(r"Baseline (\d) [0-9a-f ]+ (\d+) .*?(In force|Replaced|Refused|Pending decision)", page)
    assert rows[0][::2] == ("3", "In force")
    assert ("1", "Replaced") in [(number, state) for number, _size, state in rows]
    assert decision.reference in page
    assert "Workshop 4" in page


def test_only_who_may_freeze_is_offered_to(cast: dict[str, Any], client_of: Any) -> None:
    members = ("owner", "pmo", "amoa", "moe", "recipient")
    assert {member for member in members if FREEZE in client_of(cast[member]).get(LIST).content.decode()} == {"amoa"}


# — freezing —


def test_the_review_shows_what_will_be_frozen_and_why_the_rest_is_left_out(
    amoa: Any, project_one: Any, read: Any
) -> None:
    write(amoa, project_one, title="Brand new")
    page = read(amoa, FREEZE)
    assert "4 requirements will be frozen" in page
    assert "New: 1. Changed: 1. As they are in force: 2." in page
    assert "Brand new" in page
    assert "Version 1 → 2" in page
    assert re.search(r"Left out .* Draft \(1\)", page)


def test_the_review_freezes_exactly_what_was_read(amoa: Any, project_one: Any, client_of: Any) -> None:
    client = client_of(amoa)
    seen = versions.fingerprint_candidates(project_one)
    answer = client.post(FREEZE, {"seen": seen, "reason": "Workshop 4"}, headers={"accept-language": "en"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(2))
    assert RequirementBaseline.objects.get(number=2).reason == "Workshop 4"
    again = client.post(FREEZE, {"seen": seen, "reason": "Once more"}, headers={"accept-language": "en"})
    assert again.status_code == 409
    assert "Once more" in again.content.decode()
    assert RequirementBaseline.objects.count() == 2


def test_freezing_again_what_has_not_changed_says_so(amoa: Any, project_one: Any, read: Any) -> None:
    freeze(amoa, project_one)
    assert "Nothing has changed since baseline 2" in read(amoa, FREEZE)


def test_a_requirement_in_force_but_omitted_is_listed_as_dropped(amoa: Any, project_one: Any, read: Any) -> None:
    edit(amoa, Requirement.objects.get(code="ONE-001"), state="withdrawn")
    assert "1 requirement is in force today and left out" in read(amoa, FREEZE)


def test_a_reason_that_is_too_long_comes_back(amoa: Any, project_one: Any, client_of: Any) -> None:
    answer = client_of(amoa).post(FREEZE, {"reason": "x" * 301})
    assert answer.status_code == 422
    assert RequirementBaseline.objects.count() == 1


# — putting it to the owner —


def test_a_baseline_is_put_to_the_owner_with_its_form_filled_in(amoa: Any, project_one: Any, client_of: Any) -> None:
    baseline = freeze(amoa, project_one)
    text = html.unescape(client_of(amoa).get(page_of(2), headers={"accept-language": "en"}).content.decode())
    link = re.search(r'href="([^"]*/proposals/new/\?[^"]*)"', text)
    assert link is not None
    form = client_of(amoa).get(link[1], headers={"accept-language": "en"}).content.decode()
    assert re.search(r'<option value="change" selected>', form)
    assert f'<option value="{build_term(baseline)}" selected>' in form
    assert "An approval brings exactly the requirements of this baseline into force" in form
    assert "Baseline 1, in force" in form


@pytest.mark.parametrize("baseline", ["2:" + "0" * 64, "x", "", "1:<script>"])
def test_an_address_that_names_no_baseline_fills_nothing_in(baseline: str, amoa: Any, client_of: Any) -> None:
    path = reverse("governance:proposals:proposal_new", args=["ONE"])
    asked = {"kind": "requirement_baseline", "baseline": baseline}
    answer = client_of(amoa).get(path, asked)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<form")[2]
    assert re.search(r'name="terms-baseline".*?<option value="" selected', answer.content.decode(), re.S)


@pytest.mark.parametrize("member", ["owner", "recipient"])
def test_submitting_a_baseline_is_offered_only_to_those_who_may_propose(
    member: str, cast: Any, amoa: Any, project_one: Any, read: Any
) -> None:
    freeze(amoa, project_one)
    assert "Write the proposal for baseline 2" not in read(cast[member], page_of(2))


# — the differences —


def test_a_baseline_is_compared_by_word_with_the_one_in_force(
    amoa: Any, recipient: Any, project_one: Any, read: Any
) -> None:
    first = Requirement.objects.get(code="ONE-001")
    criteria = versions.number_criteria(["The number is read from 40 metres.", "It is lit."], first.criteria)
    edit(amoa, first, priority="should", criteria=criteria, recipients=[])
    write(amoa, project_one, title="Brand new", statement="It shines.")
    edit(amoa, Requirement.objects.get(code="ONE-N01"), state="deferred")
    freeze(amoa, project_one)
    page = read(recipient, page_of(2))
    assert "From baseline 1 to baseline 2" in page
    assert "Added: 1. Changed: 2. Dropped: 1. As before: 0." in page
    assert re.search(r"within <del>2 seconds\.</del>|<del>2 seconds\.</del>|within <del>2</del>", page)
    assert "<del>must</del>" in page
    assert "<ins>should</ins>" in page
    assert re.search(r"Criterion 3 Added", page)
    assert re.search(r"Recipients Removed .*<del>harbour users</del>", page)
    assert re.search(r"Brand new Added It shines\.", page)
    assert re.search(r"ONE-N01 .* Dropped", page)


def test_any_other_baseline_can_be_chosen_in_the_address(
    amoa: Any, recipient: Any, project_one: Any, read: Any
) -> None:
    freeze(amoa, project_one)
    write(amoa, project_one, title="Brand new")
    freeze(amoa, project_one)
    assert "From baseline 2 to baseline 3" in read(recipient, page_of(3, "?with=2"))
    assert "From baseline 1 to baseline 2" in read(recipient, page_of(1, "?with=2"))
    for odd in ("9", "x", "3", "-1", "9" * 30):
        assert "From baseline 1 to baseline 3" in read(recipient, page_of(3, f"?with={odd}"))
    assert "Both contain exactly the same versions" not in read(recipient, page_of(3))


def test_the_first_baseline_says_that_it_is_the_first(recipient: Any, read: Any) -> None:
    page = read(recipient, page_of(1))
    assert "It is the first one: everything in it is new." in page
    assert "These exact versions are in force." in page
    assert "ONE-001" in page


def test_an_absent_baseline_and_one_of_another_project_are_not_found(
    recipient: Any, other_owner: Any, read: Any
) -> None:
    read(recipient, page_of(9), status=404)
    read(other_owner, page_of(1), status=404)


def test_long_lists_go_on_by_code(amoa: Any, recipient: Any, project_one: Any, read: Any) -> None:
    for number in range(28):
        write(amoa, project_one, title=f"Title {number}", code=f"Z-{number:03d}")
    freeze(amoa, project_one)
    page = read(recipient, page_of(2))
    assert "25 requirements shown" in page
    assert "Title 0" in page
    assert "Title 27" not in page
    more = read(recipient, page_of(2, "?change=Z-023&requirement=Z-020"))
    assert "Title 24" in more
    assert "Title 22" in more
    assert "4 requirements shown" in more


def test_the_page_is_read_in_french(amoa: Any, recipient: Any, project_one: Any, read: Any) -> None:
    freeze(amoa, project_one)
    page = read(recipient, page_of(2), "fr")
    assert "De la version de référence 1 à la version de référence 2" in page
    assert "Ajoutées : 0. Modifiées : 1. Retirées : 0. Inchangées : 2." in page


# — the dossier and the record —


def test_a_dossier_that_names_a_baseline_shows_what_changes_in_the_requirements(
    owner: Any, amoa: Any, project_one: Any, client_of: Any, read: Any
) -> None:
    write(amoa, project_one, title="Brand new")
    file = submit_to_owner(project_one, freeze(amoa, project_one), "change")
    page = read(owner, file.get_absolute_url())
    assert "What changes in the requirements" in page
    assert "Compared with baseline 1, in force: Added: 1. Changed: 1. Dropped: 0. As before: 2." in page
    assert "<ins>1</ins>" in page or "<ins>1 second.</ins>" in page
    assert page_of(2, "?with=1") in client_of(owner).get(file.get_absolute_url()).content.decode()
    decided = acts.decide(owner, file)
    assert "Compared with baseline 1, in force: Added: 1. Changed: 1." in read(owner, file.get_absolute_url())
    assert "Requirements in force: baseline 2" in read(owner, file.get_absolute_url())
    assert decided.effects.count() == 1


def test_the_review_of_the_decision_says_how_many_come_into_force(
    owner: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    file = submit_to_owner(project_one, freeze(amoa, project_one))
    fields = {
        "fingerprint": file.current.hash,
        "option": "A",
        "outcome": "approved",
        "reasons": "Good.",
        "step": "review",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "effective": "at_once",
    }
    path = reverse("governance:dossier:proposal_decide", args=[file.pk])
    answer = client_of(owner).post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "3 requirements come into force in exactly these versions." in words(answer)


def test_the_record_names_the_baseline_its_fingerprint_and_the_counts_and_never_changes(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, client_of: Any, read: Any
) -> None:
    write(amoa, project_one, title="Brand new")
    baseline = freeze(amoa, project_one)
    decision = approve(owner, project_one, baseline, kind="change")
    sentence = "4 in all, compared with baseline 1: 1 added, 1 changed, 0 dropped, 2 as before"
    pdf = reverse("governance:records:decision_record_pdf", args=[decision.pk]) + "?lang=en"

    def told_now() -> tuple[str, bytes]:
        return read(pmo, decision.get_absolute_url()), client_of(pmo).get(pdf).content

    before, file = told_now()
    assert sentence in before
    assert "baseline 2" in before
    assert baseline.hash in before
    assert sentence.replace(" ", "") in text(file)
    edit(amoa, Requirement.objects.get(code="ONE-001"), title="Another title")
    approve(owner, project_one, freeze(amoa, project_one))
    after, same = told_now()
    assert sentence in after
    assert same == file


def test_the_record_of_a_rejection_counts_beside_what_was_in_force_then(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, read: Any
) -> None:
    write(amoa, project_one, title="Brand new")
    refused = reject(owner, project_one, freeze(amoa, project_one))
    edit(amoa, Requirement.objects.get(code="ONE-001"), title="Another title")
    approve(owner, project_one, freeze(amoa, project_one))
    assert "compared with baseline 1: 1 added, 1 changed" in read(pmo, refused.get_absolute_url())
    assert refused.outcome == Outcome.REJECTED


# — what it costs —


#: Enough that a query per requirement would be seen; two thousand with EFFORT=5.
MANY = 400 * EFFORT


def test_many_requirements_are_compared_in_few_queries(amoa: Any, project_one: Any, client_of: Any) -> None:
    rows = [
        Requirement(
            project=project_one,
            author=amoa,
            kind="functional",
            code=f"BIG-{number:04d}",
            title=f"Number {number}",
            statement="The harbour office shows the berth plan to each crew. " * 5,
            state="proposed",
            changed_at=project_one.events.latest("pk").acted_at,
        )
        for number in range(MANY)
    ]
    run("SET CONSTRAINTS ALL DEFERRED")
    with acting_as(amoa):
        create_many(rows)
        first = versions.freeze(project_one, amoa, "")
        for row in rows[::2]:
            row.title, row.version = f"{row.title}, better", 2
        save_many(rows[::2], ("title", "version"))
        second = versions.freeze(project_one, amoa, "")
        record(act=Act.IMPORT_REQUIREMENTS, actor=amoa, project=project_one, subject=second)
    compared = compare_baselines(first, second)
    shown = describe_differences(compared.rows[:25])
    assert (len(compared.changed), compared.unchanged, len(shown)) == (MANY // 2, MANY // 2 + 3, 25)
    client = client_of(amoa)
    client.get(LIST)  # the first request of a session costs more
    with statements() as sent:
        assert client.get(page_of(second.number, f"?with={first.number}")).status_code == 200
    assert sent.total() <= 17
    file = acts.draft(amoa, project_one, "change", terms={"baseline": build_term(second)})
    found = get_requested_baseline(Proposal.objects.get(pk=file.pk))
    assert found is not None
    assert (len(found.compared.added), len(found.first)) == (MANY, 3)
