"""Test the change of many risks: fields, reasons, what is skipped, and the way back for ten minutes."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.access import Refused
from core.history import Outdated
from pmo.enums import Act
from pmo.models import Risk, RiskReview
from pmo.registers.risks.bulk_services import change_risks, undo_risks
from pmo.registers.risks.enums import RiskStatus
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project
from roles.models import RoleTemplate
from tests import acts
from tests.database import fire_deferred_triggers, run
from tests.pmo.registers.risks.factories import accept, assess, create_risk, create_unaccepted_risk, reread, today

pytestmark = pytest.mark.django_db
LISTED = "/projects/ONE/risks/"
LATER = today() + timedelta(days=40)


@pytest.fixture(scope="module")
def kept_risks(kept_cast: dict[str, Any]) -> list[Risk]:
    """Raise three risks that are assessed, once for the file."""
    pmo, project = kept_cast["pmo"], Project.objects.get(code="ONE")
    raised = [create_risk(pmo, project, title=f"Crane {n}") for n in range(3)]
    done = [assess(pmo, risk, response="reduce", owner_role="MOE") for risk in raised]
    fire_deferred_triggers()
    return done


@pytest.fixture
def risks(kept_risks: list[Risk]) -> list[Risk]:
    """Return three risks that are assessed."""
    return deepcopy(kept_risks)


@pytest.fixture
def browser(client_of: Any, pmo: Any) -> Any:
    """Sign in the PMO, who reads English."""
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


def change(actor: Any, risks: list[Risk], because: str = "", **fields: Any) -> Any:
    """Change these risks at once, and check what waits for the end of the act."""
    numbers = [risk.pk for risk in risks]
    done = change_risks(actor=actor, project=risks[0].project, numbers=numbers, fields=fields, because=because)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    return done


def events(project: Any) -> int:
    """Count the assessments in the ledger."""
    count: int = project.events.filter(act=Act.ASSESS_RISK).count()
    return count


def test_many_risks_get_a_holder_and_a_review_each_with_a_version_and_an_event(
    pmo: Any, risks: list[Risk], project_one: Any
) -> None:
    before, versions = events(project_one), [risk.history.count() for risk in risks]
    done = change(pmo, risks, owner_role="AMOA", review_on=LATER)
    assert [risk.pk for risk in done.changed] == [risk.pk for risk in risks]
    assert {(reread(risk).owner_role, reread(risk).review_on) for risk in risks} == {("AMOA", LATER)}
    assert events(project_one) == before + 3
    assert [risk.history.count() for risk in risks] == [n + 1 for n in versions]


def test_many_risks_are_closed_for_a_reason_that_stays_with_each(pmo: Any, risks: list[Risk]) -> None:
    change(pmo, risks, "The crane is sold.", status="closed")
    assert {reread(risk).status for risk in risks} == {RiskStatus.CLOSED}
    assert RiskReview.objects.filter(risk__in=risks, note="The crane is sold.").count() == 3


def test_what_cannot_follow_is_skipped_with_its_reason(pmo: Any, owner: Any, risks: list[Risk]) -> None:
    accepted = create_unaccepted_risk(pmo, risks[0].project)
    accept(owner, accepted)
    raised = create_risk(pmo, risks[0].project, title="Only raised")
    done = change(pmo, [risks[0], accepted, raised], "Over.", status="closed")
    assert [risk.pk for risk in done.changed] == [risks[0].pk]
    reasons = {risk.pk: reason for risk, reason in done.skipped}
    assert set(reasons) == {accepted.pk, raised.pk}
    assert all(risk.code in reasons[risk.pk] for risk in (accepted, raised))
    assert reread(accepted).acceptance is not None
    again = change(pmo, [risks[0]], owner_role="AMOA")
    assert not again.changed
    assert risks[0].code in again.skipped[0][1]


@pytest.mark.parametrize(
    ("fields", "because", "name"),
    [
        ({"status": "closed"}, "", "because"),
        ({"owner_role": "NONE"}, "", "owner_role"),
        ({"review_on": today()}, "", "review_on"),
    ],
)
def test_a_change_of_many_is_refused_as_a_whole(
    fields: dict[str, Any], because: str, name: str, pmo: Any, risks: list[Risk], project_one: Any
) -> None:
    before = events(project_one)
    with pytest.raises(ValidationError) as refused:
        change(pmo, risks, because, **fields)
    assert set(refused.value.message_dict) == {name}
    assert events(project_one) == before


@pytest.mark.parametrize("member", ["owner", "moe", "recipient", "outsider"])
def test_only_who_keeps_the_register_changes_many(member: str, cast: dict[str, Any], risks: list[Risk]) -> None:
    with pytest.raises(Refused):
        change(cast[member], risks, owner_role="AMOA")
    assert {reread(risk).owner_role for risk in risks} == {"MOE"}


def test_risks_of_another_project_are_left_alone(
    pmo: Any, cast: dict[str, Any], risks: list[Risk], project_three: Any
) -> None:
    theirs = create_risk(cast["other_pmo"], project_three)
    done = change(pmo, [risks[0], theirs], owner_role="AMOA")
    assert [risk.pk for risk in done.changed] == [risks[0].pk]
    assert reread(theirs).owner_role != "AMOA"


# — the way back —


def test_a_change_of_many_is_undone_by_its_author(pmo: Any, risks: list[Risk], project_one: Any) -> None:
    treated = assess(pmo, risks[2], response="reduce", treated=True)
    done = change(pmo, risks, "Sold.", status="closed", owner_role="AMOA", review_on=LATER)
    back = undo_risks(actor=pmo, project=project_one, seq=done.seq)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert (len(back.changed), back.skipped) == (3, [])
    assert [reread(risk).status for risk in risks] == ["assessed", "assessed", "treated"]
    assert {(reread(risk).owner_role, reread(risk).review_on) for risk in risks} == {("MOE", None)}
    assert reread(treated).status == RiskStatus.TREATED


def test_a_risk_changed_since_is_not_undone(pmo: Any, risks: list[Risk], project_one: Any) -> None:
    done = change(pmo, risks, owner_role="AMOA")
    assess(pmo, risks[0], owner_role="PMO")
    back = undo_risks(actor=pmo, project=project_one, seq=done.seq)
    assert [risk.pk for risk, _why in back.skipped] == [risks[0].pk]
    assert [reread(risk).owner_role for risk in risks] == ["PMO", "MOE", "MOE"]


def test_nobody_else_undoes_it(pmo: Any, amoa: Any, risks: list[Risk], project_one: Any) -> None:
    done = change(pmo, risks, owner_role="AMOA")
    for actor, seq in ((amoa, done.seq), (pmo, 1), (pmo, 10**9)):
        with pytest.raises(Outdated):
            undo_risks(actor=actor, project=project_one, seq=seq)


# — the pages —


def test_the_list_offers_the_change_and_its_way_back(browser: Any, risks: list[Risk]) -> None:
    posted = {"one": [risk.pk for risk in risks[:2]], "owner_role": "AMOA", "filter": "q=Crane"}
    answer = browser.post(f"{LISTED}change/", posted)
    assert answer.status_code == 302
    page = text(browser.get(answer["Location"]))
    assert "2 risks are saved." in page
    assert "Undo this change" in page
    seq = answer["Location"].rpartition("edited=")[2]
    back = browser.post(f"{LISTED}grid/undo/{seq}/", {"filter": "q=Crane"}, follow=True)
    assert "2 rows are as they were before." in text(back)
    assert {reread(risk).owner_role for risk in risks} == {"MOE"}


def test_all_of_a_filter_are_changed(browser: Any, risks: list[Risk]) -> None:
    browser.post(f"{LISTED}change/", {"all": "1", "owner_role": "AMOA", "filter": "q=Crane 1"})
    assert [reread(risk).owner_role for risk in risks] == ["MOE", "AMOA", "MOE"]


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"status": "closed"}, "Enter the reasons."),
        ({}, "Choose what changes"),
        ({"owner_role": "NOBODY"}, "Select a valid choice"),
        ({"review_on": "soon"}, "Enter a valid date"),
    ],
)
def test_a_change_that_lacks_something_comes_back_as_it_was_typed(
    posted: dict[str, str], said: str, browser: Any, risks: list[Risk]
) -> None:
    refused = browser.post(f"{LISTED}change/", posted | {"one": [risks[0].pk], "filter": "q=Crane"})
    assert refused.status_code == 422
    page = text(refused)
    assert said in page
    assert f'name="one" value="{risks[0].pk}"' in page
    assert 'name="filter" value="q=Crane"' in page


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 30], ["99999999999"], ["-1"]])
def test_a_change_of_nothing_says_so(ticked: list[str], browser: Any, risks: list[Risk]) -> None:
    answer = browser.post(f"{LISTED}change/", {"one": ticked, "owner_role": "AMOA"})
    assert answer.status_code in {200, 422}
    assert "Nothing" in text(answer) or "Select the risks first." in text(answer) or "0 risks" in text(answer)
    assert {reread(risk).owner_role for risk in risks} == {"MOE"}


def test_a_reader_has_no_boxes(recipient: Any, client_of: Any, risks: list[Risk]) -> None:
    page = text(client_of(recipient).get(LISTED))
    assert 'name="one"' not in page
    assert 'id="bulk"' not in page


# — copies —


def test_risks_of_another_project_are_copied_as_new_ones(
    browser: Any, pmo: Any, owner: Any, staff_admin: Any, risks: list[Risk], project_one: Any
) -> None:
    role = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    words = {"code": "CP", "prefix": "CP", "title_fr": "CP", "title_en": "CP", "language": "en"}
    days = {"starts_on": today(), "ends_on": acts.FUTURE}
    target = found_project(actor=staff_admin, owner=owner, fields=words | days)
    appoint(actor=owner, project=target, role=role, holder=pmo)
    acts.accept_mandates(target)
    page = text(browser.get("/projects/CP/risks/copy/"))
    assert 'action="/projects/CP/risks/copy/?of=ONE"' in page, "the only project to copy from"
    assert "Crane 0" in page
    posted = {"one": [risk.pk for risk in risks[:2]]}
    answer = browser.post("/projects/CP/risks/copy/?of=ONE", posted, follow=True)
    assert "2 risks are copied." in text(answer)
    copies = list(target.risks.order_by("pk"))
    assert [(copy.title, copy.cause, copy.status) for copy in copies] == [
        (risk.title, risk.cause, RiskStatus.PROPOSED) for risk in risks[:2]
    ]
    assert [copy.residual_likelihood for copy in copies] == [None, None]
    assert target.events.filter(act=Act.RAISE_RISK).count() == 2
    assert "already here" in text(browser.get("/projects/CP/risks/copy/?of=ONE"))


@pytest.mark.parametrize("of", ["TWO", "NONE", "\x00", "../ONE"])
def test_only_risks_that_one_may_read_are_copied(of: str, browser: Any, project_two: Any, cast: dict[str, Any]) -> None:
    theirs = create_risk(cast["other_pmo"], project_two)
    before = Risk.objects.count()
    assert browser.post(f"{LISTED}copy/", {"one": [theirs.pk]}, QUERY_STRING=f"of={of}").status_code in {404, 422}
    assert Risk.objects.count() == before


def test_a_copy_of_nothing_says_so(browser: Any, risks: list[Risk]) -> None:
    refused = browser.post(f"{LISTED}copy/?of=ONE", {})
    assert refused.status_code == 422
    assert "Select at least one risk." in text(refused)
