"""Test evidence given by hand: early, short and repeated texts, who receives it, what reopens, what the owner rules."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from core.access import Refused
from core.acts import back_entry
from core.words.dates import long_day
from governance.decide.obligations.enums import Standing, Verdict
from governance.decide.obligations.evidence import DAYS_TO_GIVE_AGAIN, first_day_of_texts, is_repeated, is_short
from governance.decide.obligations.queries import Obligation, load_obligations
from governance.decide.obligations.services import Settled, check_evidence, excuse, fulfil
from governance.decide.obligations.working_days import read_calendar
from governance.desk.inbox.queries import list_tasks, load_details
from governance.enums import Act, Reason
from governance.models import Discharge, EvidenceCheck
from governance.record.verification.verifier import verify
from projects.ledger.services import record
from projects.models import LedgerEvent, Notification, Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.conftest import CAST
from tests.database import backdate, fire_deferred_triggers, owning, refusal
from tests.governance.record.acknowledgements.test_acknowledgements import tie

pytestmark = pytest.mark.django_db
DUTY = {"role": "MOE", "duty": "MOE-10", "key": "G4"}
LONG = "The environment is set up, its description is in the folder of the build, version 3."
WHY = "The folder has version 2 only."


def find(project: Project, at: datetime | None = None, **names: str) -> Obligation:
    """Return the obligation of DUTY, or of another one."""
    wanted = tuple((DUTY | names).values())
    [found] = [row for row in load_obligations(project, at) if (row.role, row.duty.code, row.key) == wanted]
    return found


def give(by: Any, project: Project, note: str = LONG, **names: Any) -> Discharge:
    return fulfil(actor=by, project=project, **DUTY | names, note=note)


def later(working_days: int) -> datetime:
    """Return noon of the day so many working days from now."""
    return noon(read_calendar().add_working_days(today(), working_days))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


# — what counts, and when —


def test_evidence_waits_for_its_receiver_and_silence_counts_it(moe: Any, project_one: Project) -> None:
    answer = give(moe, project_one)
    assert find(project_one).standing == Standing.GIVEN
    assert find(project_one, later(10)).standing == Standing.GIVEN
    counted = find(project_one, later(11))
    assert counted.standing == Standing.DONE
    assert counted.answer is not None
    assert (counted.answer.id, counted.answer.is_unchecked(later(11).date())) == (answer.pk, True)


@pytest.mark.parametrize("note", ["aaa", "ok done", "x" * 39])
def test_a_short_text_counts_only_once_it_is_received(note: str, moe: Any, amoa: Any, project_one: Project) -> None:
    answer = give(moe, project_one, note)
    assert answer.check_by is None
    assert find(project_one).is_open
    assert find(project_one, later(60)).is_open
    check_evidence(actor=amoa, discharge=answer, is_received=True)
    assert find(project_one).standing == Standing.DONE


def test_the_text_of_an_earlier_answer_counts_only_once_it_is_received(
    moe: Any, amoa: Any, project_one: Project
) -> None:
    first = give(moe, project_one)
    check_evidence(actor=amoa, discharge=first, is_received=False, reason=WHY)
    assert give(moe, project_one, f"  {LONG.upper()} ").check_by is None
    assert find(project_one).is_open
    assert not is_repeated("", [""])
    assert is_short("  ", has_document=False)
    assert not is_short("", has_document=True)


def test_a_short_text_is_given_again_in_more_words(moe: Any, project_one: Project) -> None:
    give(moe, project_one, "aaa")
    second = give(moe, project_one)
    assert (second.attempt, find(project_one).standing) == (2, Standing.GIVEN)
    fire_deferred_triggers()
    assert verify(project_one).result == 0


def test_a_document_needs_no_long_text(moe: Any, project_one: Project) -> None:
    plan = acts.add_document(moe, project_one, "Environment")
    answer = fulfil(actor=moe, project=project_one, **DUTY, document=plan)
    assert (answer.check_by is not None, find(project_one).standing) == (True, Standing.GIVEN)


def test_the_report_of_a_month_that_has_not_run_is_refused_in_words(moe: Any, project_one: Project) -> None:
    last = today().replace(day=1) - timedelta(days=1)
    month = {"duty": "MOE-04", "key": f"{last:%Y-%m}"}
    first = first_day_of_texts(read_calendar(), last)
    with owning(), back_entry(noon(first - timedelta(days=1))), pytest.raises(ValidationError) as error:
        give(moe, project_one, **month)
    assert long_day(first) in error.value.messages[0]
    with owning(), back_entry(noon(first)):
        assert give(moe, project_one, **month).receivers == ["PMO"]


def test_aaa_for_a_month_does_not_count_and_what_is_not_received_reopens_it_for_five_days(
    cast: dict[str, Any], project_one: Project
) -> None:
    last = today().replace(day=1) - timedelta(days=1)
    month = {"role": "MOE", "duty": "MOE-04", "key": f"{last:%Y-%m}"}
    with owning(), back_entry(noon(first_day_of_texts(read_calendar(), last))):
        answer = give(cast["moe"], project_one, "aaa", **month)
    assert find(project_one, **month).is_open
    check_evidence(actor=cast["pmo"], discharge=answer, is_received=False, reason=WHY)
    reopened = find(project_one, **month)
    assert reopened.is_open
    assert reopened.due_on == max(reopened.occasion.due_on or today(), later(DAYS_TO_GIVE_AGAIN).date())
    assert (answer.note, answer.checks.get().reason) == ("aaa", WHY)


def test_what_nobody_receives_is_said_in_enough_words(owner: Any, project_one: Project) -> None:
    found = find_by_hand(project_one, "MOA")
    names = {"role": "MOA", "duty": found.duty.code, "key": found.key}
    with pytest.raises(ValidationError) as error:
        give(owner, project_one, "ok done", **names)
    assert list(error.value.message_dict) == ["note"]
    assert give(owner, project_one, **names).receivers == []
    assert find(project_one, **names).standing == Standing.DONE


def find_by_hand(project: Project, role: str) -> Obligation:
    """Return an open obligation of a role that is given by hand, and that nobody receives."""
    rows = load_obligations(project)
    return next(row for row in rows if row.role == role and row.is_open and not (row.is_by_act or row.held.receivers))


# — received, not received, ruled —


@pytest.mark.parametrize("member", CAST)
def test_only_the_receiver_and_the_owner_say_a_word(member: str, cast: dict[str, Any], project_one: Project) -> None:
    answer = give(cast["moe"], project_one)
    if member in {"amoa", "owner"}:
        word = check_evidence(actor=cast[member], discharge=answer, is_received=True)
        fire_deferred_triggers()
        event = LedgerEvent.objects.latest("pk")
        assert (event.act, event.subject_id, word.verdict) == (Act.CHECK_EVIDENCE, word.pk, Verdict.RECEIVED)
        assert find(project_one).standing == Standing.DONE
        assert verify(project_one).result == 0
        return
    with pytest.raises(Refused):
        check_evidence(actor=cast[member], discharge=answer, is_received=True)


def test_what_is_not_received_reopens_the_obligation_and_both_words_stay(
    moe: Any, amoa: Any, project_one: Project
) -> None:
    answer = give(moe, project_one)
    with pytest.raises(ValidationError) as error:
        check_evidence(actor=amoa, discharge=answer, is_received=False, reason=".")
    assert list(error.value.message_dict) == ["reason"]
    word = check_evidence(actor=amoa, discharge=answer, is_received=False, reason=WHY)
    reopened = find(project_one)
    assert reopened.is_open
    assert reopened.reopened_until == read_calendar().add_working_days(today(), DAYS_TO_GIVE_AGAIN)
    assert Notification.objects.filter(recipient=moe, reason=Reason.EVIDENCE_REFUSED, event__subject_id=word.pk)
    assert (Discharge.objects.get(pk=answer.pk).note, answer.checks.get().reason) == (LONG, WHY)
    with pytest.raises(Settled):
        check_evidence(actor=amoa, discharge=answer, is_received=True)
    second = give(moe, project_one, "The folder has version 3 of the description since this morning.")
    assert (second.attempt, find(project_one).standing) == (2, Standing.GIVEN)
    fire_deferred_triggers()
    assert verify(project_one).result == 0


def _refused_twice(cast: dict[str, Any], project: Project) -> Discharge:
    """Have the receiver refuse two answers in a row; return the second one."""
    first = give(cast["moe"], project)
    check_evidence(actor=cast["amoa"], discharge=first, is_received=False, reason=WHY)
    second = give(cast["moe"], project, "The folder has version 3 of the description since this morning.")
    word = check_evidence(actor=cast["amoa"], discharge=second, is_received=False, reason="It is still version 2.")
    assert word.verdict == Verdict.TO_RULE
    return second


@pytest.mark.parametrize("is_received", [True, False])
def test_the_second_time_the_owner_rules_once(is_received: bool, cast: dict[str, Any], project_one: Project) -> None:
    second = _refused_twice(cast, project_one)
    assert find(project_one).standing == Standing.GIVEN
    assert find(project_one, later(30)).standing == Standing.GIVEN, "silence of the owner decides nothing"
    assert Notification.objects.filter(recipient=cast["owner"], reason=Reason.EVIDENCE_TO_RULE).exists()
    with pytest.raises(Settled):
        check_evidence(actor=cast["amoa"], discharge=second, is_received=True)
    check_evidence(actor=cast["owner"], discharge=second, is_received=is_received, reason="I looked myself.")
    assert find(project_one).standing == (Standing.DONE if is_received else Standing.TO_DO)
    with pytest.raises(Settled):
        check_evidence(actor=cast["owner"], discharge=second, is_received=True)
    fire_deferred_triggers()
    assert verify(project_one).result == 0


def test_evidence_is_checked_in_time_only(cast: dict[str, Any], project_one: Project) -> None:
    answer = give(cast["moe"], project_one)
    fire_deferred_triggers()
    backdate("governance_discharge", "check_by", today() - timedelta(days=1), "id = %s", [answer.pk])
    for member in ("amoa", "owner"):
        with pytest.raises(Settled):
            check_evidence(actor=cast[member], discharge=answer, is_received=False, reason=WHY)
    assert IN_TIME in refusal(lambda: say(cast["amoa"], answer))


def test_nobody_checks_their_own_evidence(cast: dict[str, Any], project_one: Project) -> None:
    answer = give(cast["moe"], project_one)
    answer.answered_by = cast["amoa"]
    with pytest.raises(ValidationError):
        check_evidence(actor=cast["amoa"], discharge=answer, is_received=True)


def test_an_owner_excuses_what_was_not_received(cast: dict[str, Any], project_one: Project) -> None:
    answer = give(cast["moe"], project_one)
    check_evidence(actor=cast["amoa"], discharge=answer, is_received=False, reason=WHY)
    excuse(actor=cast["owner"], project=project_one, **DUTY, reason="The go-live is moved: nothing to prepare.")
    assert find(project_one).standing == Standing.EXCUSED


# — tasks and pages —


def test_the_receiver_has_a_task_until_a_word_is_said(cast: dict[str, Any], project_one: Project) -> None:
    def waiting(member: str) -> list[str]:
        return [task.row for task in list_tasks(cast[member]) if task.kind.name == "evidence"]

    before = waiting("amoa")
    answer = give(cast["moe"], project_one)
    assert set(waiting("amoa")) - set(before) == {str(answer.pk)}
    assert str(answer.pk) not in waiting("owner") + waiting("pmo") + waiting("moe")
    check_evidence(actor=cast["amoa"], discharge=answer, is_received=False, reason=WHY)
    assert waiting("amoa") == before
    second = give(cast["moe"], project_one, "The folder has version 3 of the description since this morning.")
    check_evidence(actor=cast["amoa"], discharge=second, is_received=False, reason="It is still version 2.")
    assert waiting("owner") == [str(second.pk)]
    assert waiting("amoa") == before


def test_the_task_names_the_occasion_in_words(cast: dict[str, Any], project_one: Project) -> None:
    answer = give(cast["moe"], project_one)
    for language, words in (("en", "MOE · G4 · go-live"), ("fr", "MOE · G4 · mise en service")):
        with translation.override(language):
            [task] = [task for task in list_tasks(cast["amoa"]) if task.row == str(answer.pk)]
            load_details([task])
            assert (task.code, task.title) == ("MOE-10", words)


def test_the_page_links_what_the_text_names_and_shows_every_word(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    reference = project_one.decisions.filter(superseded_by=None).latest("pk").reference
    answer = give(cast["moe"], project_one, f"Set up as {reference} asks, described in the <folder> of the build.")
    check_evidence(actor=cast["amoa"], discharge=answer, is_received=False, reason=WHY)
    names = ["ONE", *DUTY.values()]
    page = client_of(cast["recipient"]).get(reverse("governance:obligations:obligation_evidence", args=names))
    assert f">{reference}</a> asks" in page.text
    assert "&lt;folder&gt;" in page.text
    assert WHY in page.text
    fulfil = f'href="{reverse("governance:obligations:obligation_fulfil", args=names)}"'
    assert fulfil not in page.text
    assert fulfil in client_of(cast["moe"]).get(reverse("governance:obligations:obligation_evidence", args=names)).text
    check = reverse("governance:obligations:obligation_check", args=names)
    assert client_of(cast["amoa"]).get(check).status_code == 409
    give(cast["moe"], project_one, "The folder has version 3 of the description since this morning.")
    assert client_of(cast["amoa"]).post(check, {"verdict": "not_received"}).status_code == 422
    assert client_of(cast["amoa"]).post(check, {"verdict": "received"}).status_code == 302
    assert find(project_one).standing == Standing.DONE


# — what the database keeps —


def write(by: Any, project: Project, *, event: bool = True, **fields: Any) -> Discharge:
    """Write an answer past the service, with its event."""
    given = {
        "answered_by": by,
        "answer": "fulfilled",
        "note": LONG,
        "receivers": ["AMOA"],
        "check_by": date(2099, 1, 1),
    }
    [row] = Discharge.objects.bulk_create(
        [Discharge(project=project, acted_at=timezone.now(), **given | DUTY | fields)]
    )
    if event:
        record(act=Act.FULFIL, actor=by, project=project, subject=row)
    return row


def say(by: Any, answer: Discharge, *, event: bool = True, **fields: Any) -> None:
    """Write a word past the service, with its event."""
    given = {"project": answer.project, "verdict": Verdict.NOT_RECEIVED, "reason": WHY, "checked_by": by} | fields
    [row] = EvidenceCheck.objects.bulk_create([EvidenceCheck(discharge=answer, acted_at=timezone.now(), **given)])
    if event:
        record(act=Act.CHECK_EVIDENCE, actor=by, project=answer.project, subject=row)


def _outdated(c: Any, p: Project) -> None:
    first = write(c["moe"], p, note="Short.", check_by=None)
    write(c["moe"], p, attempt=2)
    say(c["amoa"], first)


def _second_refusal(c: Any, p: Project, **word: Any) -> None:
    say(c["amoa"], write(c["moe"], p))
    say(c["amoa"], write(c["moe"], p, attempt=2, note=f"{LONG} Again."), **word)


def _after_the_receiver(c: Any, p: Project) -> None:
    answer = write(c["moe"], p)
    say(c["amoa"], answer)
    say(c["owner"], answer)


def _ruled_by_the_receiver(c: Any, p: Project) -> None:
    say(c["amoa"], write(c["moe"], p))
    second = write(c["moe"], p, attempt=2, note=f"{LONG} Again.")
    say(c["amoa"], second, verdict=Verdict.TO_RULE)
    say(c["amoa"], second, verdict=Verdict.RECEIVED)


def _to_rule_twice(c: Any, p: Project) -> None:
    say(c["amoa"], write(c["moe"], p))
    second = write(c["moe"], p, attempt=2, note=f"{LONG} Again.")
    say(c["amoa"], second, verdict=Verdict.TO_RULE)
    say(c["owner"], second, verdict=Verdict.TO_RULE)


def _tied(c: Any, p: Project) -> None:
    answer = write(c["moe"], p)
    tie(c["amoa"], p.decisions.earliest("pk"))
    say(c["amoa"], answer)


GIVEN, CHECKED = "discharge.is_given_to_its_receivers", "evidencecheck.is_checked_by_its_receiver"
TO_ITS = "Evidence is given to the receivers of its responsibility"
SHORT = "A short text without a document, or the text of before, counts only once it is received"
AGAIN = "An obligation is answered again only if its evidence was not received"
BY_ITS = "Evidence is checked by its receiver, and by the project owner when it is contested again (R1)"
LAST = "The last evidence given by hand on an open project is checked"
IN_TIME = "Evidence is checked in time: silence has counted it"
OWNER_RULES = "What is not received a second time goes to the project owner, who rules"
TRIGGERS: list[Declared] = [
    (GIVEN, "to another role", lambda c, p: write(c["moe"], p, receivers=["PMO"]), TO_ITS),
    (GIVEN, "to nobody", lambda c, p: write(c["moe"], p, receivers=[], check_by=None), TO_ITS),
    (GIVEN, "short, counted by silence", lambda c, p: write(c["moe"], p, note="aaa"), SHORT),
    (
        GIVEN,
        "without time",
        lambda c, p: write(c["moe"], p, check_by=date(2020, 1, 1)),
        "Evidence has time to be looked at",
    ),
    (
        GIVEN,
        "while it waits",
        lambda c, p: (write(c["moe"], p), write(c["moe"], p, attempt=2, note=f"{LONG} 2")),
        AGAIN,
    ),
    (CHECKED, "by another role", lambda c, p: say(c["pmo"], write(c["moe"], p)), BY_ITS),
    (CHECKED, "by the role itself", lambda c, p: say(c["moe"], write(c["moe"], p)), BY_ITS),
    (CHECKED, "by nobody of the project", lambda c, p: say(c["outsider"], write(c["moe"], p)), BY_ITS),
    (CHECKED, "ruled by the receiver", _ruled_by_the_receiver, BY_ITS),
    (CHECKED, "of an earlier answer", _outdated, LAST),
    (
        CHECKED,
        "without a reason",
        lambda c, p: say(c["amoa"], write(c["moe"], p), reason="."),
        "What is not received has a reason, of at least three letters or digits",
    ),
    (CHECKED, "a second refusal that reopens", _second_refusal, OWNER_RULES),
    (
        CHECKED,
        "a first refusal to rule on",
        lambda c, p: say(c["amoa"], write(c["moe"], p), verdict="to_rule"),
        OWNER_RULES,
    ),
    (
        "evidencecheck.is_refused_to_the_tied",
        "by somebody tied",
        _tied,
        "A declared tie with a bidder blocks this role",
    ),
    (
        "evidencecheck.leaves_an_event",
        "without its event",
        lambda c, p: say(c["amoa"], write(c["moe"], p), event=False),
        leaves(EvidenceCheck),
    ),
]
CONSTRAINTS = {
    "one_last_word_on_evidence": _after_the_receiver,
    "evidence_goes_to_the_owner_once": _to_rule_twice,
    "evidence_has_a_known_word": lambda c, p: say(c["amoa"], write(c["moe"], p), verdict="perhaps"),
}
ATTACKS = Attacks(
    TRIGGERS,
    CONSTRAINTS,
    behind={"evidence_goes_to_the_owner_once": CHECKED, "evidence_has_a_known_word": CHECKED},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: Any, project_one: Any) -> None:
    ATTACKS.prove(guard, cast, project_one)
