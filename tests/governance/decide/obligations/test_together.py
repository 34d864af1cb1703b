"""Test missed obligations of a role: one line for the periods of a responsibility, settled together with one word."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from core.access import Refused
from governance.decide.obligations.enums import Answer, Standing
from governance.decide.obligations.missed import describe_occasions, is_missed, list_missed
from governance.decide.obligations.queries import Obligation, derive_obligations, load_obligations, sort_by_date
from governance.decide.obligations.services import fulfil
from governance.decide.obligations.together import NotMissed, catch_up, excuse_missed
from governance.enums import Act
from governance.models import Discharge
from projects.models import LedgerEvent, Project
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers
from tests.governance.decide.obligations import test_ages as ages
from tests.governance.decide.obligations.made_up import make_facts
from tests.governance.decide.obligations.test_obligations import EMPTY

pytestmark = pytest.mark.django_db
ROLE, DUTY = "MOE", "MOE-04"
NOTE = "The reports of these months are in the shared folder, from July on."
REASON = "The provider had nothing to report while the port was closed."
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


def missed(project: Project, duty: str = DUTY, role: str = ROLE) -> list[Obligation]:
    return list_missed(project, role, duty)


def places(project: Project, duty: str = DUTY) -> list[str]:
    return [row.place for row in missed(project, duty)]


def path_of(act: str, role: str = ROLE, duty: str = DUTY) -> str:
    address = reverse(f"governance:obligations:obligation_{act}", args=["ONE", role])
    return f"{address}?duty={duty}" if duty else address


def list_late_of(*rhythms: str) -> list[Obligation]:
    """List what the PMO missed in two years on a project where it has a responsibility in each of these rhythms."""
    found = ages.project(rhythms[0], pk=1)
    found.code = "ONE"
    [role] = found.matrices_[0]["content"]["roles"]
    [duty] = role["duties"]
    role["duties"] = [duty | {"code": f"D-{n}", "recurrence": rhythm} for n, rhythm in enumerate(rhythms, 1)]
    rows = derive_obligations(make_facts(found, datetime(2028, 3, 1, 12, tzinfo=UTC)))
    return sort_by_date(row for row in rows if is_missed(row))


# — the words —


@pytest.mark.parametrize(
    ("rhythms", "english", "french"),
    [
        (["weekly"], "112 weeks missed since week 2 of 2026", "112 semaines manquées depuis la semaine 2 de 2026"),
        (["monthly"], "25 months missed since January 2026", "25 mois manqués depuis janvier 2026"),
        (["quarterly"], "8 quarters missed since Q1 2026", "8 trimestres manqués depuis T1 2026"),
        (["yearly"], "2 years missed since the year to 2027", "2 années manquées depuis l’année jusqu’en 2027"),
        (["yearly", "quarterly"], "10 periods missed, Q1 2026 first", "10 périodes manquées, T1 2026 en premier"),
    ],
)
def test_missed_periods_are_counted_in_words_of_their_rhythm(rhythms: list[str], english: str, french: str) -> None:
    rows = list_late_of(*rhythms)
    for language, words in (("en", english), ("fr", french)):
        with translation.override(language):
            assert describe_occasions(rows) == words


# — the acts —


@pytest.mark.parametrize("member", CAST)
def test_a_holder_of_the_role_alone_fulfils_what_it_missed(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    chosen, number = missed(project_one), LedgerEvent.objects.count()
    assert len(chosen) > 2
    answered = Discharge.objects.count()
    if member != "moe":
        with pytest.raises(Refused):
            catch_up(actor=cast[member], project=project_one, role=ROLE, missed=places(project_one), note=NOTE)
        assert Discharge.objects.count() == answered
        return
    answers = catch_up(actor=cast["moe"], project=project_one, role=ROLE, missed=places(project_one), note=NOTE)
    fire_deferred_triggers()
    assert [(one.duty, one.key, one.note, one.answer) for one in answers] == [
        (DUTY, row.key, NOTE, Answer.FULFILLED) for row in chosen
    ]
    events = LedgerEvent.objects.order_by("seq")[number:]
    assert [(event.act, event.subject_id, event.detail) for event in events] == [
        (Act.FULFIL, one.pk, one.key) for one in answers
    ]
    assert missed(project_one) == []


@pytest.mark.parametrize("member", CAST)
def test_the_owner_alone_excuses_a_role_from_what_it_missed(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    chosen = places(project_one)
    if member != "owner":
        answered = Discharge.objects.count()
        with pytest.raises(Refused):
            excuse_missed(actor=cast[member], project=project_one, role=ROLE, missed=chosen, reason=REASON)
        assert Discharge.objects.count() == answered
        return
    answers = excuse_missed(actor=cast["owner"], project=project_one, role=ROLE, missed=chosen, reason=REASON)
    fire_deferred_triggers()
    assert {(one.answer, one.note) for one in answers} == {(Answer.EXCUSED, REASON)}
    assert len(answers) == len(chosen)
    standings = {row.standing for row in load_obligations(project_one) if row.place in chosen}
    assert standings == {Standing.EXCUSED}


def test_several_responsibilities_of_a_role_are_caught_up_with_a_document(
    cast: dict[str, Any], project_one: Project
) -> None:
    report = acts.add_document(cast["pmo"], project_one, "Reports of the year")
    rows = missed(project_one, "", "PMO")
    assert len({row.duty.code for row in rows}) > 1
    answers = catch_up(
        actor=cast["pmo"], project=project_one, role="PMO", missed=[row.place for row in rows], document=report
    )
    assert {one.document for one in answers} == {report}
    assert missed(project_one, "", "PMO") == []


@pytest.mark.parametrize("text", EMPTY)
def test_a_word_that_says_nothing_settles_none(text: str, cast: dict[str, Any], project_one: Project) -> None:
    chosen = places(project_one)
    with pytest.raises(ValidationError):
        catch_up(actor=cast["moe"], project=project_one, role=ROLE, missed=chosen, note=text)
    with pytest.raises(ValidationError):
        excuse_missed(actor=cast["owner"], project=project_one, role=ROLE, missed=chosen, reason=text)
    assert places(project_one) == chosen


def test_all_or_none_are_settled(cast: dict[str, Any], project_one: Project) -> None:
    first, *others = missed(project_one)
    fulfil(actor=cast["moe"], project=project_one, role=ROLE, duty=DUTY, key=first.key, note=NOTE)
    left = [row.place for row in others]
    wrong = (
        [first.place, *left],
        [*left, f"PMO.{missed(project_one, '', 'PMO')[0].duty.code}.{others[0].key}"],
        [*left, f"{ROLE}.{DUTY}.2099-01"],
        [*left, next(row.place for row in load_obligations(project_one) if row.standing == Standing.TO_DO)],
    )
    for chosen in wrong:
        with pytest.raises(NotMissed):
            catch_up(actor=cast["moe"], project=project_one, role=ROLE, missed=chosen, note=NOTE)
        with pytest.raises(NotMissed):
            excuse_missed(actor=cast["owner"], project=project_one, role=ROLE, missed=chosen, reason=REASON)
    for none in (catch_up, excuse_missed):
        word = {"note": NOTE} if none is catch_up else {"reason": REASON}
        actor = cast["moe" if none is catch_up else "owner"]
        with pytest.raises(ValidationError, match=r"(?i)obligation"):
            none(actor=actor, project=project_one, role=ROLE, missed=[], **word)
    assert places(project_one) == left


# — the pages —


def test_the_list_shows_one_row_for_the_months_that_a_responsibility_missed(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    path, client = reverse("governance:obligations:obligation_list", args=["ONE"]), client_of(cast["moe"])
    late = missed(project_one)
    page = client.get(path, {"role": ROLE}, headers=ENGLISH)
    [row] = [row for row in page.context["page"].rows if row.obligation.place == late[0].place]
    assert [row.obligation, *row.more] == late
    with translation.override("en"):
        words = f"{len(late)} months missed since {late[0].occasion_label}"
        assert describe_occasions(late) == words
    assert words in page.text
    assert f'href="{path_of("catch_up")}"' in page.text
    assert path_of("excuse_missed") not in page.text
    assert f"{len(late)} mois manqués depuis" in client.get(path, {"role": ROLE}, headers=FRENCH).text
    each = client.get(path, {"role": ROLE, "q": DUTY}).context["page"].rows
    assert [row.obligation.place for row in each if row.obligation in late] == [row.place for row in late]
    assert {row.more for row in client.get(path, {"role": ROLE, "standing": "late"}).context["page"].rows} == {()}
    exported = client.get(path, {"role": ROLE, "standing": "all", "export": "csv"}).content.decode("utf-8-sig")
    assert exported.count(DUTY) == len([row for row in load_obligations(project_one) if row.duty.code == DUTY])
    owners = client_of(cast["owner"]).get(path, {"role": ROLE})
    assert f'href="{path_of("excuse_missed")}"' in owners.text
    assert path_of("catch_up") not in owners.text


@pytest.mark.parametrize(
    ("act", "member", "field"), [("catch_up", "moe", "note"), ("excuse_missed", "owner", "reason")]
)
def test_what_is_missed_is_settled_from_its_page_or_some_of_it(
    act: str, member: str, field: str, cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    client, path, chosen = client_of(cast[member]), path_of(act), places(project_one)
    shown = client.get(path, headers=ENGLISH)
    assert shown.text.count("checked") == len(chosen)
    assert "months missed since" in shown.text
    assert client.post(path, {field: NOTE}).status_code == 422
    assert client.post(path, {field: ".", "missed": chosen}).status_code == 422
    assert client.post(path, {field: NOTE, "missed": [*chosen, "MOE.MOE-04.2099-01"]}).status_code == 422
    done = client.post(path, {field: NOTE, "missed": chosen[1:]}, headers=ENGLISH, follow=True)
    assert f"{len(chosen) - 1} obligations" in done.text
    assert places(project_one) == chosen[:1]
    client.post(path, {field: "The report of the first month came with the minutes of May.", "missed": chosen[:1]})
    for method in (client.get, client.post):
        assert method(path).status_code == 409


def test_nothing_missed_answers_409_and_an_unknown_role_404(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    client = client_of(cast["moe"])
    assert client.get(path_of("catch_up", duty="MOE-99")).status_code == 409
    assert client.get(path_of("catch_up", role="NONE")).status_code == 404
    assert client.get(path_of("excuse_missed")).status_code == 403
