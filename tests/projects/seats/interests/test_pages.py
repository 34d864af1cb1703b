"""Test the pages of impartiality: readers, typed values after an error, and the text of a blocked role."""

from typing import Any

import pytest
from django.urls import reverse

from governance.record.erasure.services import erase_text
from projects.models import Bidder, Interest, Ruling
from projects.seats.interests.services import declare_interest, note_bidder, settle_interest
from roles.models import User
from tests.database import owning
from tests.pages.visits import act

pytestmark = pytest.mark.django_db
BIDS = "Dragages de la Baie (fictif)"
PAGE = "/projects/ONE/interests/"
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}
BLOCKED = "Your role on this project is blocked."


def words(response: Any) -> str:
    """Return the page as text."""
    return response.content.decode()  # type: ignore[no-any-return]


def read(client: Any, path: str = PAGE) -> str:
    """Get a page in English."""
    response = client.get(path, headers=ENGLISH)
    assert response.status_code == 200
    return words(response)


@pytest.fixture
def tie(pmo: Any, project_one: Any) -> Interest:
    """Return the PMO's tie with the bidder."""
    return declare_interest(actor=pmo, project=project_one, organisation=BIDS, tie="I <b>sat</b> on its board.")


@pytest.mark.parametrize("member", ["owner", "future_owner", "delegate", "pmo", "amoa", "moe", "recipient"])
def test_everyone_on_the_project_reads_who_bids_and_which_ties_are_declared(
    member: str, cast: dict[str, Any], client_of: Any, tie: Interest
) -> None:
    page = read(client_of(cast[member]))
    for part in (BIDS, "Priya Nair", "I &lt;b&gt;sat&lt;/b&gt; on its board.", "Blocks the role", "My brother sits"):
        assert part in page
    assert (reverse("projects:interests:interest_settle", args=[tie.pk]) in page) == (member == "owner")
    assert (reverse("projects:interests:bidder_note", args=["ONE"]) in page) == (member in {"owner", "amoa"})
    assert (reverse("projects:interests:interest_declare", args=["ONE"]) in page) == (member != "future_owner")


def test_a_tie_with_who_does_not_bid_is_said_to_block_nothing(owner: Any, client_of: Any) -> None:
    page = read(client_of(owner))
    assert "Blocks nothing: it does not bid" in page
    assert "1 declared interest needs the owner's ruling." in page


def test_a_settled_tie_shows_the_ruling_who_gave_it_and_why(owner: Any, client_of: Any, tie: Interest) -> None:
    settle_interest(actor=owner, interest=tie, ruling=Ruling.STAYS, because="Long ago, unpaid.")
    page = read(client_of(owner))
    for part in ("The role continues", "Long ago, unpaid.", "Camille Vasseur", "1 interest with a ruling shown"):
        assert part in page


@pytest.mark.parametrize("place", ["home", "interests", "dossier"])
def test_only_the_blocked_holder_reads_the_reason(
    place: str, cast: dict[str, Any], client_of: Any, proposal: Any, tie: Interest
) -> None:
    paths = {"home": "/projects/ONE/", "interests": PAGE, "dossier": proposal("submitted").get_absolute_url()}
    for member in ("pmo", "amoa", "owner", "recipient"):
        page = read(client_of(cast[member]), paths[place])
        assert (BLOCKED in page, f"You declared an interest in the bidder {BIDS}" in page) == (member == "pmo",) * 2, (
            member
        )


def test_the_notice_goes_once_the_tie_is_settled(owner: Any, pmo: Any, client_of: Any, tie: Interest) -> None:
    settle_interest(actor=owner, interest=tie, ruling=Ruling.STAYS, because="Long ago.")
    assert BLOCKED not in read(client_of(pmo), "/projects/ONE/")


@pytest.mark.parametrize(
    ("member", "name", "key"),
    [
        ("pmo", "advise", "submitted"),
        ("amoa", "edit", "draft"),
        ("owner", "decide", "ready_for_decision"),
        ("owner", "lift", "conditions_open"),
        ("owner", "appoint", ""),
        ("owner", "revoke", ""),
        ("delegate", "decide", "ready_minor"),
        ("moe", "draft", ""),
    ],
)
def test_a_refusal_names_the_tie(
    member: str, name: str, key: str, cast: dict[str, Any], client_of: Any, proposal: Any, project_one: Any
) -> None:
    declare_interest(actor=cast[member], project=project_one, organisation=BIDS, tie="A cousin.")
    path, fields = act(name, proposal(key) if key else None)
    client = client_of(cast[member])
    response = client.post(path, fields, headers=ENGLISH)
    assert response.status_code == 403
    assert f"You declared an interest in the bidder {BIDS}" in words(response)
    assert "Your role on this project is blocked until the project owner rules on it" in words(response)
    french = words(client.post(path, fields, headers=FRENCH))
    assert "Votre rôle sur ce projet est suspendu" in french


def test_a_refusal_for_lack_of_authority_speaks_of_no_tie(pmo: Any, client_of: Any, proposal: Any) -> None:
    response = client_of(pmo).post(*act("decide", proposal("ready_minor")), headers=ENGLISH)
    assert response.status_code == 403
    assert "You declared an interest" not in words(response)


def test_a_tied_owner_ends_their_own_mandate_and_sees_no_way_to_end_another(
    owner: Any, client_of: Any, project_one: Any
) -> None:
    declare_interest(actor=owner, project=project_one, organisation=BIDS, tie="A cousin.")
    client, own = client_of(owner), project_one.mandates.active().deciding().get()
    page = read(client, "/projects/ONE/mandates/")
    for mandate in project_one.mandates.all():
        assert (reverse("projects:mandates:mandate_end", args=[mandate.pk]) in page) == (mandate == own)
    path, fields = act("end_mandate", None)
    assert client.post(path, fields).status_code == 403
    assert (
        client.post(reverse("projects:mandates:mandate_end", args=[own.pk]), fields | {"ends_on": ""}).status_code
        == 302
    )
    assert not project_one.mandates.active().deciding().exists()


# — acting —


def test_a_bidder_is_noted_after_one_more_reading(owner: Any, client_of: Any) -> None:
    client, before = client_of(owner), Bidder.objects.count()
    path, fields = act("note_bidder", None, then=False)
    review = client.post(path, fields, headers=ENGLISH)
    assert (review.status_code, Bidder.objects.count()) == (200, before)
    assert "Quays and Locks Ltd" in words(review)
    assert "Nothing is recorded yet." in words(review)
    assert client.post(*act("note_bidder", None))["Location"] == PAGE
    assert "Quays and Locks Ltd" in read(client)


def test_a_tie_is_declared_after_one_more_reading(moe: Any, client_of: Any) -> None:
    client = client_of(moe)
    path, fields = act("declare_interest", None, then=False)
    review = client.post(path, fields, headers=ENGLISH)
    assert (review.status_code, moe.interests.count()) == (200, 0)
    assert "your role here is blocked until the project owner rules on it" in words(review)
    assert client.post(path, fields | {"step": "record"})["Location"] == PAGE
    assert moe.interests.get().tie == "I worked there until last year."


@pytest.mark.parametrize(
    ("ruling", "said"),
    [
        ("stays", "acts in their role again immediately"),
        ("leaves", "ends at once, with these reasons"),
    ],
)
def test_the_owner_reads_the_consequences_of_the_ruling_before_it_is_recorded(
    ruling: str, said: str, owner: Any, pmo: Any, client_of: Any, tie: Interest, project_one: Any
) -> None:
    client, path = client_of(owner), reverse("projects:interests:interest_settle", args=[tie.pk])
    fields = {"ruling": ruling, "because": "Because of what was said."}
    page = words(client.get(path, headers=ENGLISH))
    assert "The role continues" in page
    assert "The mandate ends" in page
    review = words(client.post(path, fields | {"step": "review"}, headers=ENGLISH))
    tie.refresh_from_db()
    assert (said in review, "Because of what was said." in review, tie.ruling) == (True, True, "")
    assert client.post(path, fields | {"step": "record"})["Location"] == PAGE
    tie.refresh_from_db()
    assert tie.ruling == ruling
    assert project_one.mandates.filter(holder=pmo).active().exists() == (ruling == "stays")


def test_going_back_keeps_what_was_typed(owner: Any, client_of: Any, tie: Interest) -> None:
    path = reverse("projects:interests:interest_settle", args=[tie.pk])
    fields = {"ruling": "leaves", "because": "A reason to keep.", "step": "change"}
    page = words(client_of(owner).post(path, fields, headers=ENGLISH))
    assert "A reason to keep." in page
    assert "Error" not in page


def test_a_tie_that_is_settled_already_is_said_to_be(owner: Any, client_of: Any, tie: Interest) -> None:
    settle_interest(actor=owner, interest=tie, ruling=Ruling.STAYS, because="Long ago.")
    path = reverse("projects:interests:interest_settle", args=[tie.pk])
    fields = {"ruling": "leaves", "because": "Another.", "step": "record"}
    for response in (client_of(owner).get(path, headers=ENGLISH), client_of(owner).post(path, fields, headers=ENGLISH)):
        assert response.status_code == 409
        assert "The owner has already ruled on this interest" in words(response)
    tie.refresh_from_db()
    assert tie.ruling == "stays"


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("note_bidder", {"organisation": " "}, "Name the organisation."),
        ("note_bidder", {"organisation": BIDS}, "This organisation is already a bidder."),
        ("note_bidder", {"organisation": "x" * 201}, "at most 200 characters"),
        ("declare_interest", {"organisation": ""}, "Name the organisation."),
        ("declare_interest", {"tie": "\u200b"}, "Describe the interest."),
        ("declare_interest", {"tie": "x" * 2001}, "at most 2000 characters"),
        ("settle_interest", {"ruling": "perhaps"}, "Choose a ruling."),
        ("settle_interest", {"because": " "}, "Enter the reasons."),
        ("settle_interest", {"because": "x" * 301}, "at most 300 characters"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    name: str, changes: dict[str, str], sentence: str, owner: Any, client_of: Any
) -> None:
    path, fields = act(name, None, **changes)
    before = (Bidder.objects.count(), Interest.objects.filter(ruling="").count())
    response = client_of(owner).post(path, fields, headers=ENGLISH)
    page = words(response).replace("&#x27;", "'")
    assert response.status_code == 422
    assert sentence in page
    for kept, value in fields.items():
        if kept not in {*changes, "step", "ruling"}:
            assert value in page
    assert (Bidder.objects.count(), Interest.objects.filter(ruling="").count()) == before


def test_the_names_offered_are_those_of_the_project_only(
    moe: Any, other_owner: Any, project_two: Any, client_of: Any
) -> None:
    note_bidder(actor=other_owner, project=project_two, organisation="A secret bidder elsewhere")
    page = read(client_of(moe), reverse("projects:interests:interest_declare", args=["ONE"]))
    assert f'<option value="{BIDS}">' in page
    assert "A secret bidder elsewhere" not in page


def test_an_erased_tie_is_shown_as_erased(owner: Any, client_of: Any, tie: Interest) -> None:
    with owning():
        erase_text(actor=User.objects.installation(), row=tie, fields=["tie"], because="A request.")
    page = read(client_of(owner))
    assert "on its board" not in page
    assert "Erased on" in page
