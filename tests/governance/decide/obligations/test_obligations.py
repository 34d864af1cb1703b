"""Test obligations on the project of the cast: who fulfils and excuses, what acts fulfil, hand-over, pages, guards."""

import re
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from core.access import Refused
from core.history import version_of
from core.templatetags.ui import day
from governance.decide.obligations.enums import Answer, Standing
from governance.decide.obligations.queries import Obligation, list_tenures, load_obligations
from governance.decide.obligations.services import Settled, excuse, fulfil
from governance.decide.obligations.working_days import read_calendar
from governance.enums import Act
from governance.models import Discharge
from governance.record.verification.verifier import verify
from pmo.registers.risks.services import review_risks
from projects.ledger.services import record
from projects.models import LedgerEvent, Mandate, OrganisationSettings, Project
from projects.organisation_settings.queries import today
from projects.organisation_settings.services import edit_settings
from projects.seats.mandates.services import appoint, end_mandate
from roles.models import RoleTemplate
from tests import acts
from tests.attacks import Attacks, Declared, leaves, switch
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, owning, refusal, run, undone
from tests.governance.record.acknowledgements.test_acknowledgements import tie

pytestmark = pytest.mark.django_db
DUTY = {"role": "MOE", "duty": "MOE-10", "key": "G4"}
NOTE = "The build plan is in the shared folder, version 3."
#: Texts that say nothing: blanks, a dot, zero-width spaces, two letters.
EMPTY = ["", "   ", ".", "\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b", "-" * 30, "ok"]
FOREIGN = "An answer is to an obligation of a responsibility in force on an open project"
SAYS = "An answer to an obligation has evidence or a reason, of at least three letters or digits"
WHO = "The role fulfils its obligation, and the project owner alone excuses it (R1)"
ELSEWHERE = "The evidence of an obligation is a document of its project"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"


def one(project: Project, duty: str, key: str) -> Obligation:
    """Return the obligation of a responsibility on an occasion."""
    [found] = [row for row in load_obligations(project) if (row.duty.code, row.key) == (duty, key)]
    return found


def working_days_on(count: int) -> date:
    """Return the day that is so many working days from today."""
    return read_calendar().add_working_days(today(), count)


def month() -> str:
    return f"{timezone.localdate():%Y-%m}"


def test_a_role_that_is_not_mandatory_counts_from_the_day_it_is_first_held(cast: Any, project_one: Any) -> None:
    assert "CDP" not in {row.role for row in load_obligations(project_one)}
    role = RoleTemplate.objects.published().get(pack="fr", code="CDP")
    given = appoint(actor=cast["owner"], project=project_one, role=role, holder=cast["outsider"])
    found = [row for row in load_obligations(project_one) if row.role == "CDP"]
    assert {row.duty.code for row in found} == {duty.code for duty in project_one.matrix.read().role("CDP").duties}
    assert {row.held.since for row in found} == {given.starts_at}


# — the acts —


@pytest.mark.parametrize("member", CAST)
def test_only_a_holder_of_the_role_fulfils_an_obligation(member: str, cast: dict[str, Any], project_one: Any) -> None:
    if member != "moe":
        with pytest.raises(Refused):
            fulfil(actor=cast[member], project=project_one, **DUTY, note=NOTE)
        assert one(project_one, "MOE-10", "G4").is_open
        return
    answer = fulfil(actor=cast[member], project=project_one, **DUTY, note=NOTE)
    fire_deferred_triggers()
    found = one(project_one, "MOE-10", "G4")
    assert (found.standing, found.answer and found.answer.id) == (Standing.GIVEN, answer.pk)
    assert (answer.receivers, answer.check_by) == (["AMOA"], working_days_on(10))
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.subject_id) == (Act.FULFIL, "MOE", answer.pk)
    assert verify(project_one).result == 0


@pytest.mark.parametrize("member", CAST)
def test_only_the_owner_excuses_a_role(member: str, cast: dict[str, Any], project_one: Any) -> None:
    reason = "The provider delivers no software on this project."
    if member != "owner":
        with pytest.raises(Refused):
            excuse(actor=cast[member], project=project_one, **DUTY, reason=reason)
        return
    answer = excuse(actor=cast[member], project=project_one, **DUTY, reason=reason)
    fire_deferred_triggers()
    assert one(project_one, "MOE-10", "G4").standing == Standing.EXCUSED
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.subject_id) == (Act.EXCUSE, "MOA", answer.pk)


def test_a_role_that_is_excused_counts_as_such_on_the_page(owner: Any, project_one: Any, client_of: Any) -> None:
    address, english = reverse("governance:obligations:obligation_list", args=["ONE"]), {"accept-language": "en"}

    def count() -> int:
        page = client_of(owner).get(address, headers=english).text
        return int(re.findall(r"(\d+) of \d+ obligations are fulfilled or excused", page)[0])

    before = count()
    excuse(actor=owner, project=project_one, **DUTY, reason="The provider delivers no software on this project.")
    assert count() == before + 1


@pytest.mark.parametrize("text", EMPTY)
def test_an_answer_says_something(text: str, moe: Any, owner: Any, project_one: Any) -> None:
    with pytest.raises(ValidationError) as error:
        fulfil(actor=moe, project=project_one, **DUTY, note=text)
    assert list(error.value.message_dict) == ["note"]
    with pytest.raises(ValidationError) as error:
        excuse(actor=owner, project=project_one, **DUTY, reason=text)
    assert list(error.value.message_dict) == ["reason"]


def test_a_document_of_the_project_is_evidence(moe: Any, other_owner: Any, project_one: Any, project_two: Any) -> None:
    foreign = acts.add_document(other_owner, project_two, "Plan of two")
    with pytest.raises(ValidationError) as error:
        fulfil(actor=moe, project=project_one, **DUTY, document=foreign)
    assert list(error.value.message_dict) == ["document"]
    plan = acts.add_document(moe, project_one, "Build plan")
    assert fulfil(actor=moe, project=project_one, **DUTY, document=plan).document == plan
    fire_deferred_triggers()


def test_an_obligation_has_one_answer(moe: Any, owner: Any, project_one: Any) -> None:
    excuse(actor=owner, project=project_one, **DUTY, reason="The plan is part of the contract.")
    with pytest.raises(Settled):
        fulfil(actor=moe, project=project_one, **DUTY, note=NOTE)
    with pytest.raises(Settled):
        excuse(actor=owner, project=project_one, **DUTY, reason="The plan is part of the contract.")


@pytest.mark.parametrize(
    "other",
    [{"duty": "MOE-99"}, {"key": "ONCE"}, {"key": "2099-01"}, {"key": "G2"}, {"duty": "PMO-09"}, {"key": ""}],
)
def test_only_an_obligation_that_exists_is_answered(other: dict[str, str], moe: Any, project_one: Any) -> None:
    with pytest.raises(ValidationError):
        fulfil(actor=moe, project=project_one, **DUTY | other, note=NOTE)


def test_an_act_that_proves_an_obligation_fulfils_it_and_nobody_confirms(pmo: Any, moe: Any, project_one: Any) -> None:
    due = one(project_one, "PMO-05", month())
    assert due.due_on
    is_late = due.due_on < timezone.localdate()  # on a last day of the month that nobody works
    assert (due.standing, due.is_by_act) == (Standing.LATE if is_late else Standing.TO_DO, True)
    with pytest.raises(ValidationError):
        fulfil(actor=pmo, project=project_one, role="PMO", duty="PMO-05", key=month(), note=NOTE)
    review_risks(actor=pmo, project=project_one, note="Looked at with the AMOA.")
    done = one(project_one, "PMO-05", month())
    event = LedgerEvent.objects.latest("pk")
    assert (done.standing, done.proof and done.proof.seq, done.answer) == (Standing.DONE, event.seq, None)


def test_an_opinion_and_a_decision_fulfil_what_a_proposal_asks(
    pmo: Any, amoa: Any, owner: Any, project_one: Any
) -> None:
    file = acts.draft(amoa, project_one)
    acts.submit(amoa, file)
    key = f"P-{file.number}"
    due = one(project_one, "PMO-11", key)
    assert (due.standing, due.due_on) == (Standing.TO_DO, acts.reread(file).current.opinions_due_on)
    assert one(project_one, "AMOA-16", key).standing == Standing.DONE
    assert not [row for row in load_obligations(project_one) if (row.duty.code, row.key) == ("AMOA-06", key)]
    acts.advise(pmo, file)
    assert one(project_one, "PMO-11", key).standing == Standing.DONE
    assert one(project_one, "MOA-04", key).standing == Standing.TO_DO
    acts.decide(owner, file)
    assert one(project_one, "MOA-04", key).standing == Standing.DONE


def test_an_obligation_is_late_after_its_due_date(project_one: Any) -> None:
    later = timezone.now() + timedelta(days=70)
    found = [row for row in load_obligations(project_one, later) if row.duty.code == "MOE-04" and row.key == month()]
    assert [row.standing for row in found] == [Standing.LATE]


def test_an_obligation_is_handed_over_with_the_role(owner: Any, outsider: Any, moe: Any, project_one: Any) -> None:
    mandate = Mandate.objects.get(project=project_one, holder=moe)
    end_mandate(actor=owner, mandate=mandate)
    assert "MOE" not in list_tenures(project_one, timezone.now())
    assert one(project_one, "MOE-10", "G4").is_open
    role = RoleTemplate.objects.get(pack="fr", code="MOE", state="published")
    appoint(actor=owner, project=project_one, role=role, holder=outsider)
    [tenure] = list_tenures(project_one, timezone.now())["MOE"]
    assert (tenure.mandate.holder, tenure.before and tenure.before.holder) == (outsider, moe)
    with pytest.raises(Refused):
        fulfil(actor=moe, project=project_one, **DUTY, note=NOTE)
    fulfil(actor=outsider, project=project_one, **DUTY, note=NOTE)


def test_a_closed_project_settles_no_obligation(cast: Any, project_one: Any) -> None:
    def attempt() -> None:
        with owning():
            run("ALTER TABLE projects_project DISABLE TRIGGER USER")
            run("UPDATE projects_project SET state = 'closed' WHERE id = %s", [project_one.pk])
        write(cast["moe"], project_one)

    assert FOREIGN in refusal(attempt, without=switch("discharge.a_closed_project_takes_nothing"))
    project_one.state = "closed"
    with undone(), owning():
        run("ALTER TABLE projects_project DISABLE TRIGGER USER")
        run("UPDATE projects_project SET state = 'closed' WHERE id = %s", [project_one.pk])
        with pytest.raises(Refused):
            fulfil(actor=cast["moe"], project=project_one, **DUTY, note=NOTE)


# — the pages —


def test_the_page_lists_obligations_by_role_and_state(moe: Any, owner: Any, project_one: Any, client_of: Any) -> None:
    path = reverse("governance:obligations:obligation_list", args=["ONE"])
    page = client_of(moe).get(path, {"role": "MOE"}, headers={"accept-language": "en"})
    assert {row.obligation.role for row in page.context["page"].rows} == {"MOE"}
    assert all(row.obligation.is_open for row in page.context["page"].rows)
    assert any(row.may_fulfil for row in page.context["page"].rows)
    assert not any(row.may_excuse for row in page.context["page"].rows)
    for standing in Standing.values:
        rows = client_of(owner).get(path, {"standing": standing}).context["page"].rows
        assert {row.obligation.standing for row in rows} <= {standing}
    asked = {"standing": "done", "q": "PONTOÔNS design"}
    done = client_of(owner).get(path, asked, headers={"accept-language": "en"})
    assert len(done.context["page"].rows) == 1
    assert "Design file of the pontoons" in done.text


def test_progress_is_on_home_gates_and_dashboard(pmo: Any, project_one: Any, client_of: Any) -> None:
    client = client_of(pmo)
    found = load_obligations(project_one)
    home = client.get(project_one.get_absolute_url())
    assert sum(line.counts.total() for line in home.context["progress"]) == len(found)
    gates = client.get(reverse("pmo:gates:gates", args=["ONE"]), {"gate": "G5"})
    assert sum(line.whole for line in gates.context["progress"]) > 0
    board = client.get(reverse("pmo:dashboards:dashboard_advice", args=["ONE"]))
    [drawn] = [picture for picture in board.context["pictures"] if picture.name == "duties"]
    done = sum(int(row[1].text) for row in drawn.rows)
    assert done == sum(row.standing == Standing.DONE for row in found)


def test_the_form_says_by_when_the_obligation_is_due_or_was(moe: Any, project_one: Any, client_of: Any) -> None:
    row = one(project_one, "MOE-04", month())
    path = reverse("governance:obligations:obligation_fulfil", args=["ONE", "MOE", "MOE-04", row.key])
    assert row.due_on is not None
    for days, words in ((0, "It is due on"), (1, "It was due on")):
        last = row.due_on + timedelta(days=days)
        noon = datetime(last.year, last.month, last.day, 12, tzinfo=timezone.get_default_timezone())
        with time_machine.travel(noon), translation.override("en"):
            page = " ".join(client_of(moe).get(path, headers={"accept-language": "en"}).text.split())
            assert f"{words} {day(row.due_on)}." in page


def test_a_settled_obligation_answers_409_and_an_unknown_one_404(
    owner: Any, moe: Any, project_one: Any, client_of: Any
) -> None:
    client = client_of(moe)
    names = ["ONE", "MOE", "MOE-10", "G4"]
    path = reverse("governance:obligations:obligation_fulfil", args=names)
    assert client.post(path, {"note": "."}).status_code == 422
    assert client.post(path, {"note": NOTE}).status_code == 302
    assert client.get(path).status_code == client.post(path, {"note": NOTE}).status_code == 409
    other = reverse("governance:obligations:obligation_fulfil", args=[*names[:3], "2026-02"])
    assert client.get(other).status_code == 404


# — what the database keeps —


#: Whom the evidence of DUTY is given to, and until when they look at it.
GIVEN = {"receivers": ["AMOA"], "check_by": date(2099, 1, 1)}


def write(by: Any, project: Any, *, event: bool = True, **fields: Any) -> None:
    """Write an answer past the service, with its event."""
    given = {"project": project, "answered_by": by, "answer": Answer.FULFILLED, "note": NOTE} | DUTY | fields
    given = GIVEN | given if given["answer"] == Answer.FULFILLED else given
    answer = Discharge.objects.bulk_create([Discharge(acted_at=timezone.now(), **given)])[0]
    if event:
        record(act=Act.FULFIL, actor=by, project=project, subject=answer)


def _excused(cast: Any, project: Any, member: str) -> None:
    write(cast[member], project, answer=Answer.EXCUSED)


def _twice(cast: Any, project: Any) -> None:
    write(cast["moe"], project, note="Short.", check_by=None)
    write(cast["moe"], project)


def _of_another_project(cast: Any, project: Any) -> None:
    write(
        cast["moe"],
        project,
        document=acts.add_document(cast["other_owner"], Project.objects.get(code="TWO"), "Plan of two"),
    )


def _tied(cast: Any, project: Any) -> None:
    decision = project.decisions.earliest("pk")
    tie(cast["moe"], decision)
    write(cast["moe"], project)


def _of_a_year(cast: Any, project: Any, year: int) -> None:
    write(cast["pmo"], project, role="PMO", duty="PMO-01", key=f"{year}-Y", receivers=["MOA"])


def _before_its_gate(cast: Any, project: Any) -> None:
    write(cast["recipient"], project, role="DEST", duty="DEST-07", key="2026-01", receivers=["AMOA"])


BY = "discharge.answers_its_responsibility"
TRIGGERS: list[Declared] = [
    (BY, "of no responsibility", lambda c, p: write(c["moe"], p, duty="MOE-99"), FOREIGN),
    (BY, "of another role", lambda c, p: write(c["moe"], p, role="PMO"), FOREIGN),
    (BY, "on an occasion of another rhythm", lambda c, p: write(c["moe"], p, key="2026-01"), FOREIGN),
    (BY, "of a month to come", lambda c, p: write(c["moe"], p, duty="MOE-04", key="2099-01"), FOREIGN),
    (BY, "of a year to come", lambda c, p: _of_a_year(c, p, today().year + 2), FOREIGN),
    (BY, "of a month before its gate", _before_its_gate, FOREIGN),
    (BY, "of a month that is none", lambda c, p: write(c["moe"], p, duty="MOE-04", key="2026-13"), FOREIGN),
    (BY, "of no proposal", lambda c, p: write(c["moe"], p, duty="MOE-11", key="P-9999"), FOREIGN),
    (BY, "by another role", lambda c, p: write(c["pmo"], p), WHO),
    (BY, "by the owner for the role", lambda c, p: write(c["owner"], p), WHO),
    (BY, "by nobody of the project", lambda c, p: write(c["outsider"], p), WHO),
    (BY, "excused by the role", lambda c, p: _excused(c, p, "moe"), WHO),
    (BY, "excused by an adviser", lambda c, p: _excused(c, p, "pmo"), WHO),
    (BY, "excused by the former owner", lambda c, p: _excused(c, p, "former_owner"), WHO),
    (BY, "excused by the delegate", lambda c, p: _excused(c, p, "delegate"), WHO),
    (BY, "without evidence", lambda c, p: write(c["moe"], p, note=""), SAYS),
    (BY, "with zero-width spaces", lambda c, p: write(c["moe"], p, note=EMPTY[3]), SAYS),
    (BY, "with a document of another project", _of_another_project, ELSEWHERE),
    ("discharge.is_refused_to_the_tied", "by somebody tied", _tied, TIED),
    ("discharge.leaves_an_event", "without its event", lambda c, p: write(c["moe"], p, event=False), leaves(Discharge)),
]
CONSTRAINTS = {
    "one_answer_per_attempt": _twice,
    "an_obligation_has_a_known_answer": lambda c, p: write(c["moe"], p, answer="perhaps"),
}
ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


def test_the_year_that_runs_is_answered_before_the_year_in_which_it_ends(cast: Any, project_one: Any) -> None:
    assert refusal(lambda: _of_a_year(cast, project_one, today().year + 1)) == ""


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_an_event_is_of_a_day_of_the_organisation(zone: str, cast: Any, project_one: Any) -> None:
    """At each hour one of these zones has another day than universal time."""
    seen = version_of(OrganisationSettings.objects.get())
    edit_settings(actor=cast["staff_admin"], fields={"time_zone": zone}, seen=seen)

    def said(key: date) -> str:
        return refusal(lambda: write(cast["pmo"], project_one, role="PMO", duty="PMO-06", key=f"E-{key}"))

    assert FOREIGN not in said(today())
    assert FOREIGN in said(today() + timedelta(days=1))


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: Any, project_one: Any) -> None:
    ATTACKS.prove(guard, cast, project_one)


@pytest.mark.parametrize("text", EMPTY)
def test_the_database_refuses_an_answer_that_says_nothing(text: str, cast: Any, project_one: Any) -> None:
    for answer in Answer.values:
        member = "moe" if answer == Answer.FULFILLED else "owner"
        words = refusal(partial(write, cast[member], project_one, answer=answer, note=text))
        assert SAYS in words
