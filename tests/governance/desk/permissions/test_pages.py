"""Test the pages on permissions: readers, content in both languages, and answers to invalid questions."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.acts import acting_as
from governance.desk.permissions.simulation import ABOUT
from governance.enums import ProposalState
from projects.models import Bidder, Interest, Matrix, Project
from roles.models import User
from tests import acts
from tests.database import statements, undone
from tests.effort import in_turn

pytestmark = pytest.mark.django_db

PAGE, JSON, MINE = "/projects/ONE/permissions/", "/projects/ONE/permissions.json", "/projects/ONE/permissions/mine/"
MOST = 12
ENGLISH = {"accept-language": "en"}


def cells(html: str) -> dict[str, list[str]]:
    """Yield each act of a page with the text of its cells, without icons."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.S):
        head = re.search(r'<th scope="row">(.*?)(?:<small|</th>)', row, re.S)
        if head:
            found[_text(head[1])] = [_text(cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.S)]
    return found


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_the_table_says_in_words_what_each_role_may_do(client_of: Any, recipient: Any) -> None:
    html = client_of(recipient).get(f"{PAGE}?kind=change&author=AMOA&state=submitted", headers=ENGLISH).content.decode()
    found = cells(html)
    assert len(found) == len(ABOUT)
    assert found["Decide on this proposal"] == ["Yes", *["No"] * 10]
    assert found["Give an opinion on this proposal"] == ["No", "Yes", *["No"] * 4, "Yes", "Yes", *["No"] * 3]
    assert found["Mark this condition as met"] == ["Not in this state", *["No"] * 10]
    assert "R1 · Only the project owner, or a delegate within the bounds of a written delegation, decides." in html
    assert "Opinions due: DPD, PMO, RSSI." in html


@pytest.mark.parametrize("query", ["", "?kind=budget&state=decided", "?kind=zzz", "?state=%00&author=zzz"])
def test_whatever_is_asked_the_matrix_is_parsed_a_few_times(
    query: str, client_of: Any, pmo: Any, monkeypatch: Any
) -> None:
    """It was parsed for each cell of hypothetical objects, which took most of the time of the page."""
    parsed, read = [], Matrix.read
    monkeypatch.setattr(Matrix, "read", lambda matrix: [parsed.append(matrix), read(matrix)][1])
    assert client_of(pmo).get(f"{PAGE}{query}").status_code in {200, 422}
    assert len(parsed) <= 4


def test_each_cell_has_a_sign_beside_its_word(client_of: Any, recipient: Any) -> None:
    html = client_of(recipient).get(PAGE, headers=ENGLISH).content.decode()
    table = html[html.index("<tbody>") :]
    assert all("<svg" in cell for cell in re.findall(r"<td>(.*?)</td>", table, re.S))


def test_the_state_and_the_kind_of_the_address_change_the_answers(client_of: Any, recipient: Any) -> None:
    client = client_of(recipient)
    ask = f"{PAGE}?kind=minor_change&author=MOE&state="
    ready = cells(client.get(f"{ask}ready_for_decision", headers=ENGLISH).content.decode())
    closed = cells(client.get(f"{ask}closed", headers=ENGLISH).content.decode())
    delegate = 8  # after the roles
    assert ready["Decide on this proposal"] == ["Yes", *["No"] * 7, "Yes", "No", "No"]
    assert closed["Decide on this proposal"][0] == closed["Decide on this proposal"][delegate] == "Not in this state"


def test_the_page_speaks_french(client_of: Any, recipient: Any) -> None:
    html = client_of(recipient).get(f"{PAGE}?state=decided", headers={"accept-language": "fr"}).content.decode()
    assert "Qui peut faire quoi" in html
    assert {"Oui", "Non", "Pas dans cet état"} <= {cell for row in cells(html).values() for cell in row}


@pytest.mark.parametrize("path", [PAGE, JSON])
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("kind=whim", "Choose a kind of decision."),
        ("state=lost", "Choose a state."),
        ("author=NOBODY", "Choose a role that proposes on this project."),
        ("kind=scope&author=MOE", "MOE does not propose this kind of decision. "),
        ("kind=%00", "Choose a kind of decision."),
    ],
)
def test_a_wrong_question_gets_a_sentence(path: str, asked: str, sentence: str, client_of: Any, recipient: Any) -> None:
    answer = client_of(recipient).get(f"{path}?{asked}", headers=ENGLISH)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_json_has_every_act_in_every_state_for_every_role(client_of: Any, recipient: Any) -> None:
    answer = client_of(recipient).get(f"{JSON}?kind=change&author=AMOA", headers=ENGLISH)
    found = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert set(found["states"]) == set(ProposalState.values)
    assert all(set(state) == set(ABOUT) == set(found["acts"]) for state in found["states"].values())
    assert found["states"]["ready_for_decision"]["governance.decide"] == {
        "MOA": "yes",
        "PMO": "no",
        "AMOA": "no",
        "MOE": "no",
        "DEST": "no",
        "CDP": "no",
        "RSSI": "no",
        "DPD": "no",
        "delegate": "no",
        "without_role": "no",
        "administrator": "no",
    }
    assert found["states"]["decided"]["governance.decide"]["MOA"] == "not_now"
    assert (found["kind"], found["author"], found["asked"]) == ("change", "AMOA", ["DPD", "PMO", "RSSI"])
    assert found["proposing"]["minor_change"] == ["PMO", "AMOA", "MOE", "CDP"]
    matrix = Project.objects.get(code="ONE").matrix
    assert matrix is not None
    assert found["matrix"] == {"version": matrix.number, "hash": matrix.hash, "approved": True}


def test_the_page_and_the_json_say_the_same(client_of: Any, recipient: Any) -> None:
    client = client_of(recipient)
    words = {"yes": "Yes", "no": "No", "not_now": "Not in this state"}
    found = client.get(f"{JSON}?kind=budget", headers=ENGLISH).json()
    for state in in_turn(0, ProposalState.values, 4):
        shown = cells(client.get(f"{PAGE}?kind=budget&state={state}", headers=ENGLISH).content.decode())
        said = {
            found["acts"][name]["act"].capitalize(): [words[answer] for answer in answers.values()]
            for name, answers in found["states"][state].items()
        }
        assert {act.capitalize(): row for act, row in shown.items()} == said


@pytest.mark.parametrize("path", [PAGE, JSON, MINE, f"{MINE}?person=owner"])
def test_a_page_asks_the_database_a_few_times_whatever_it_shows(path: str, client_of: Any, owner: Any) -> None:
    path = path.replace("person=owner", f"person={owner.key}")
    client = client_of(owner)
    client.get(path)
    with statements() as sent:
        assert client.get(path).status_code == 200
    assert sent.total() <= MOST
    assert max(sent.values()) <= 2


# — what may I do here —


def test_a_reader_sees_what_they_may_do_why_not_the_rest_and_who_could(client_of: Any, moe: Any) -> None:
    found = cells(client_of(moe).get(MINE, headers=ENGLISH).content.decode())
    assert len(found) == len(ABOUT)
    propose, decide = found["Write a proposal on this project"], found["Decide on this proposal"]
    kinds = "Change, Minor change, Schedule, Budget, Arbitration, Waiver"
    assert " ".join(propose[0].split()) == f"Yes 6 kinds of decision {kinds}"
    assert decide[0] == "No"
    assert decide[1].startswith("R1 · Only the project owner")
    assert "Camille Vasseur, Tobias Renner" in decide[2]


def test_another_holder_may_be_asked_about_and_nobody_else(
    client_of: Any, moe: Any, owner: Any, outsider: Any, former_owner: Any, other_owner: Any
) -> None:
    client = client_of(moe)
    answer = client.get(f"{MINE}?person={owner.key}", headers=ENGLISH)
    assert "What can Camille Vasseur do here?" in answer.content.decode()
    assert cells(answer.content.decode())["Decide on this proposal"][0] == "Yes"
    for key in (outsider.key, former_owner.key, other_owner.key, uuid4(), "x", "%00"):
        assert client.get(f"{MINE}?person={key}").status_code == 404


def test_a_future_owner_reads_that_there_is_nothing_to_do_yet(client_of: Any, future_owner: Any) -> None:
    html = client_of(future_owner).get(MINE, headers=ENGLISH).content.decode()
    assert "You hold no role here today" in html
    if_one_were_given = {"Accept this mandate", "Decline this mandate", "State your competence for this mandate"}
    assert {act for act, row in cells(html).items() if row[0] != "No"} == if_one_were_given


def test_a_delegate_reads_the_bounds_of_the_delegation(client_of: Any, delegate: Any) -> None:
    html = client_of(delegate).get(MINE, headers=ENGLISH).content.decode()
    assert cells(html)["Decide on this proposal"][0].startswith("Yes ")
    given = delegate.delegations.get()
    assert all(label in html for label in given.kind_labels)
    assert "by delegation of Camille Vasseur" in html
    assert given.document in html


def test_a_declared_tie_is_said_to_freeze_the_role(client_of: Any, moe: Any, pmo: Any, project_one: Project) -> None:
    with undone():
        _tie(project_one, moe, pmo)
        html = client_of(pmo).get(f"{MINE}?person={moe.key}", headers=ENGLISH).content.decode()
        own = client_of(pmo).get(MINE, headers=ENGLISH).content.decode()
    assert cells(html)["Write a proposal on this project"][0].startswith("Frozen")
    assert "A declared interest in a bidder blocks this role until the owner rules on it." in html
    assert cells(html)["Decide on this proposal"][0] == "No"
    assert "Frozen" not in {row[0].split()[0] for row in cells(own).values()}


def test_the_page_follows_the_mandates_of_this_moment(client_of: Any, moe: Any, owner: Any, project_one: Any) -> None:
    from projects.seats.mandates.services import end_mandate

    end_mandate(actor=owner, mandate=project_one.mandates.active().get(holder=moe), because="Done.")
    assert client_of(owner).get(f"{MINE}?person={moe.key}").status_code == 404
    assert "Declan Foyle" not in client_of(owner).get(MINE, headers=ENGLISH).content.decode()


def _tie(project: Project, person: User, by: User) -> None:
    with acting_as(by):
        about = {"project": project, "organisation": person.organisation, "acted_at": timezone.now()}
        Bidder.objects.create(**about, noted_by=by)
        Interest.objects.create(**about, person=person, tie="Employed there.")


def test_reading_writes_nothing(client_of: Any, owner: Any) -> None:
    kept = acts.count_evidence()
    for path in (PAGE, JSON, MINE):
        assert client_of(owner).post(path).status_code == 405
    assert acts.count_evidence() == kept
