"""Test waivers (R9): complete requests, granted by the owner alone, and expiry."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import acting_as, back_entry
from core.pages.refusals.exceptions import MovedOn
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.services import Incomplete
from governance.enums import EffectiveFrom, Outcome
from governance.models import Effect, Proposal, ProposalDraft
from pmo.models import Waiver
from pmo.standards.conformity.enums import Result, Standing
from pmo.standards.conformity.services import record_check
from pmo.standards.standards.references import resolve_checkpoints
from pmo.standards.waivers.kinds import WaiverForm, months_after
from pmo.standards.waivers.queries import count_sections, list_ending, list_entries, waiver_status
from pmo.standards.waivers.services import close_waiver, revoke_waiver
from pmo.standards.waivers.statuses import Shown, WaiverStatus
from pmo.standards.waivers.tasks import announce_waivers
from projects.models import LedgerEvent, Notification, Project
from projects.notices.tasks import build_mail
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, owning, run
from tests.days import today
from tests.pmo.standards.conformity.checked_standards import (
    adopted,
    by_standard,
    checkpoint,
    disable_guards,
    list_statuses,
    nested,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)
TERMS = {
    "scope": "The map of the quays.",
    "reason": "The supplier delivers the accessible map in spring.",
    "impact": "Blind crews cannot read the map.",
    "measure": "A list with the same data.",
    "return_plan": "The MOE delivers the map in March.",
    "affects_recipients": "yes",
}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def kept_standard(kept_database: None) -> Any:
    """Write STD-A of project one: two checkpoints that may be waived, a third that may not."""
    version = adopted(Project.objects.get(code="ONE"), "STD-A", "Read", "Heard", "Decided", barred=[3])
    fire_deferred_triggers()
    return version


@pytest.fixture
def standard(kept_standard: Any) -> Any:
    """Return that version of STD-A."""
    return deepcopy(kept_standard)


def terms(*names: str, **changes: str) -> dict[str, str]:
    """Return the terms of a request for these checkpoints."""
    days = {"starts_on": str(today()), "ends_on": str(today() + 60 * DAY)}
    return {**TERMS, **days, "checkpoints": ",".join(names or ("STD-A.1#1",)), **changes}


def grant(project: Any, owner: Any, *names: str, outcome: Outcome = Outcome.APPROVED, **changes: str) -> Waiver:
    """Grant a waiver of these checkpoints, by a decision of the owner."""
    acts.decide(owner, acts.submit_to_owner(project, "waiver", terms=terms(*names, **changes)), outcome)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    return Waiver.objects.with_record().latest("pk")


def expired(project: Any, owner: Any, *, days_ago: int = 5) -> Waiver:
    """Grant a waiver 40 days ago that has expired."""
    past = timezone.now() - timedelta(days=40)
    first, last = str(today() - 40 * DAY), str(today() - days_ago * DAY)
    with owning(), back_entry(past):
        return grant(project, owner, starts_on=first, ends_on=last)


def map_statuses(project: Any, at: Any = None) -> list[Standing]:
    """Map the checkpoints to their status."""
    return [row.standing for row in list_statuses(project, at)]


def checked(pmo: Any, version: Any, number: int, result: Result) -> Any:
    """Record a check."""
    return record_check(
        actor=pmo,
        project=version.standard.project,
        checkpoint=checkpoint(version, number),
        result=result,
        finding="As seen on the quay.",
    )


# — asking —


def test_a_request_names_everything_it_needs(project_one: Any, standard: Any) -> None:
    gaps = kind_of("waiver").gaps(ProposalDraft(**acts.CONTENT), project_one)
    assert set(gaps) == {f"terms-{name}" for name in WaiverForm.base_fields}
    assert all(message.endswith(".") for message in gaps.values())


@pytest.mark.parametrize("missing", sorted(WaiverForm.base_fields))
def test_a_waiver_request_is_not_submitted_with_a_missing_term(
    missing: str, moe: Any, project_one: Any, standard: Any
) -> None:
    asked = {name: text for name, text in terms().items() if name != missing}
    file = acts.draft(moe, project_one, "waiver", terms=asked)
    with pytest.raises(Incomplete) as refused:
        acts.submit(moe, file)
    assert set(refused.value.gaps) == {f"terms-{missing}"}


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"checkpoints": "STD-A.1#3"}, "checkpoints", "STD-A.1#3 cannot be waived"),
        ({"checkpoints": "STD-A.1#1,STD-A.1#3"}, "checkpoints", "cannot be waived"),
        ({"checkpoints": "STD-A.1#9"}, "checkpoints", "not in force for the project"),
        ({"checkpoints": "STD-X.1#1"}, "checkpoints", "not in force for the project"),
        ({"checkpoints": "STD-A.1#1,STD-B.1#1"}, "checkpoints", "of one standard"),
        ({"ends_on": str(TODAY)}, "ends_on", "after the first one"),
        ({"ends_on": str(TODAY - DAY)}, "ends_on", "after the first one"),
        ({"ends_on": str(months_after(TODAY, 24) + 2 * DAY)}, "ends_on", "within 24 months"),
    ],
)
def test_a_waiver_that_cannot_be_granted_is_not_submitted(
    changes: dict[str, str], name: str, said: str, moe: Any, project_one: Any, standard: Any
) -> None:
    adopted(project_one, "STD-B")
    file = acts.draft(moe, project_one, "waiver", terms=terms(**changes))
    with pytest.raises(Incomplete) as refused:
        acts.submit(moe, file)
    assert said in refused.value.gaps[f"terms-{name}"]


@pytest.mark.parametrize("result", [Result.CONFORM, Result.NOT_APPLICABLE])
def test_a_waiver_of_what_is_met_is_not_submitted(
    result: Result, pmo: Any, moe: Any, project_one: Any, standard: Any
) -> None:
    checked(pmo, standard, 1, result)
    file = acts.draft(moe, project_one, "waiver", terms=terms())
    with pytest.raises(Incomplete) as refused:
        acts.submit(moe, file)
    assert "Only a checkpoint that is not met can be waived." in refused.value.gaps["terms-checkpoints"]
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    acts.submit(moe, file)


def test_a_waived_checkpoint_may_be_asked_for_again(owner: Any, project_one: Any, pmo: Any, standard: Any) -> None:
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    grant(project_one, owner)
    form = WaiverForm({"terms-checkpoints": ["STD-A.1#1"]}, project=project_one)
    assert "checkpoints" not in form.errors


def test_twenty_four_months_may_be_asked_for(moe: Any, project_one: Any, owner: Any, standard: Any) -> None:
    last = months_after(today(), 24)
    assert grant(project_one, owner, ends_on=str(last)).ends_on == last


def test_without_a_library_there_is_nothing_to_waive(project_two: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_two, "waiver")
    assert "terms-checkpoints" in error.value.gaps
    assert not Waiver.objects.exists()


def test_the_form_offers_what_is_not_met_and_names_what_cannot_be_waived(
    pmo: Any, project_one: Any, standard: Any
) -> None:
    typed = {f"terms-{name}": text for name, text in terms().items()}
    unanswered = WaiverForm(typed | {"terms-checkpoints": ["STD-A.1#2"]}, project=project_one)
    assert "STD-A.1#2 (Heard) has no answer yet." in unanswered.errors["checkpoints"][0]
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    checked(pmo, standard, 2, Result.CONFORM)
    form = WaiverForm(typed | {"terms-checkpoints": ["STD-A.1#1"]}, project=project_one)
    offered = [value for value, _label in form.fields["checkpoints"].choices]  # type: ignore[attr-defined]
    assert [name for name in offered if name.startswith("STD-A")] == ["STD-A.1#1"]
    assert form.is_valid(), form.errors
    assert form.terms() == terms("STD-A.1#1")
    barred = WaiverForm(typed | {"terms-checkpoints": ["STD-A.1#3"]}, project=project_one)
    assert barred.errors["checkpoints"] == ["STD-A.1#3 (Decided) cannot be waived: the standard says so."]
    met = WaiverForm(typed | {"terms-checkpoints": ["STD-A.1#2"]}, project=project_one)
    assert "Only a checkpoint that is not met can be waived." in met.errors["checkpoints"][0]
    long = WaiverForm(typed | {"terms-ends_on": str(today() + 800 * DAY)}, project=project_one)
    assert long.errors["ends_on"] == ["Enter a last day within 24 months of the first one."]


BOTH = ("project", "programme")


def test_the_nearest_library_is_meant_by_a_code(staff_admin: Any, owner: Any) -> None:
    above, below = nested(staff_admin, owner)
    far = adopted(above, "STD-A", "From above", mandatory=False, levels=BOTH)
    assert resolve_checkpoints(below, "STD-A.1#1") == [checkpoint(far)]
    near = adopted(below, "STD-A", "From here")
    assert resolve_checkpoints(below, "STD-A.1#1") == [checkpoint(near)]
    assert resolve_checkpoints(above, "STD-A.1#1") == [checkpoint(far)]


def test_a_library_below_sets_no_mandatory_standard_aside(staff_admin: Any, owner: Any) -> None:
    """R9: this needs a waiver, which ends, and which some checkpoints exclude."""
    above, below = nested(staff_admin, owner)
    far = adopted(above, "STD-A", "From above", levels=BOTH, barred=[1])
    adopted(below, "STD-A", "Nothing much")
    assert resolve_checkpoints(below, "STD-A.1#1") == [checkpoint(far)]
    assert [row.checkpoint for row in list_statuses(below)] == [checkpoint(far)]
    assert {share.code: share.total for share in by_standard(Project.objects.filter(pk=below.pk))} == {"STD-A": 1}


def test_a_standard_for_another_level_takes_no_place_of_one_that_holds(staff_admin: Any, owner: Any) -> None:
    above, below = nested(staff_admin, owner)
    far = adopted(above, "STD-A", "From above", mandatory=False)
    adopted(below, "STD-A", "For programmes", levels=["programme"])
    assert resolve_checkpoints(below, "STD-A.1#1") == [checkpoint(far)]
    assert resolve_checkpoints(above, "STD-A.1#1") is None
    assert {share.code: share.total for share in by_standard(Project.objects.filter(pk=below.pk))} == {"STD-A": 1}


def test_only_what_is_asked_of_the_project_may_be_waived(project_one: Any) -> None:
    adopted(project_one, "STD-P", "Of a programme", levels=["programme"])
    form = WaiverForm(project=project_one)
    offered = [value for value, _label in form.fields["checkpoints"].choices]  # type: ignore[attr-defined]
    assert [name for name in offered if name.startswith("STD-P")] == []


# — granting —


def test_an_approval_grants_exactly_what_was_asked(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = grant(project_one, owner, "STD-A.1#1", "STD-A.1#2")
    assert (waiver.number, waiver.reference) == (1, f"{project_one.prefix}W-01")
    assert waiver.checkpoints == [checkpoint(standard, 1).pk, checkpoint(standard, 2).pk]
    assert (waiver.starts_on, waiver.ends_on) == (today(), today() + 60 * DAY)
    assert waiver.compensating_measure == "A list with the same data."
    effect = Effect.objects.get(subject="pmo.waiver")
    assert (effect.subject_id, effect.field, effect.after) == (waiver.pk, "waiver", waiver.reference)
    assert effect.decision == waiver.decision
    assert waiver_status(waiver, today()) == WaiverStatus.GRANTED


def test_a_waiver_covers_nothing_before_its_decision(project_one: Any, owner: Any, standard: Any) -> None:
    assert grant(project_one, owner, starts_on=str(today() - 20 * DAY)).starts_on == today()


def test_a_waiver_may_begin_later(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = grant(project_one, owner, starts_on=str(today() + 10 * DAY))
    assert not waiver.holds_on(today())
    assert waiver.holds_on(today() + 10 * DAY)
    assert list(Waiver.objects.in_force(today())) == []
    for days, part in ((0, Shown.COMING), (10, Shown.IN_FORCE), (60, Shown.ENDING), (61, Shown.EXPIRED)):
        assert list_entries(project_one, owner, today() + days * DAY)[-1].shown == part


def test_a_refusal_grants_nothing(project_one: Any, owner: Any, standard: Any) -> None:
    acts.decide(owner, acts.submit_to_owner(project_one, "waiver", terms=terms()), Outcome.REJECTED)
    assert not Waiver.objects.exists()
    first = list_entries(project_one, owner, today())[0]
    assert (first.status, first.shown) == ("refused", "refused")


def test_a_waiver_that_waits_for_its_conditions_is_not_in_force(
    project_one: Any, owner: Any, pmo: Any, standard: Any
) -> None:
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, effective=EffectiveFrom.WHEN_MET)
    assert not Waiver.objects.exists()
    assert map_statuses(project_one)[0] == Standing.NOT_CONFORM
    assert list_entries(project_one, owner, today())[0].status == WaiverStatus.WAITING
    acts.lift(owner, file)
    waiver = Waiver.objects.with_record().get()
    assert waiver_status(waiver, today()) == WaiverStatus.GRANTED_WITH_CONDITIONS
    assert map_statuses(project_one)[0] == Standing.WAIVED


def test_a_waiver_that_waited_too_long_for_its_conditions_has_expired(
    project_one: Any, owner: Any, standard: Any
) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, effective=EffectiveFrom.WHEN_MET)
    for days, status in ((59, WaiverStatus.WAITING), (60, WaiverStatus.EXPIRED)):
        assert list_entries(project_one, owner, today() + days * DAY)[0].status == status


def test_only_the_owner_grants_a_waiver(cast: dict[str, Any], project_one: Any, standard: Any) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    for member in sorted({*CAST} - {"owner", "anonymous"}):
        with pytest.raises(Refused):
            acts.decide(cast[member], file)


def test_a_waiver_of_a_retired_standard_is_not_granted(project_one: Any, owner: Any, standard: Any) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    with disable_guards(), acting_as(owner):
        standard.state, standard.effective_to = "retired", today()
        standard.save()
    with pytest.raises(CannotTakeEffect, match="not in force for the project any more"):
        acts.decide(owner, file)
    assert kind_of("waiver").obstacles(file.current, project_one)


def test_the_owner_reads_that_the_time_asked_for_is_over(project_one: Any, owner: Any, standard: Any) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms(ends_on=str(today() + DAY)))
    assert kind_of("waiver").obstacles(file.current, project_one) == []
    with time_machine.travel(timezone.now() + 2 * DAY, tick=True):
        [said] = kind_of("waiver").obstacles(file.current, project_one)
    assert said == "The time that was asked for is over: ask for another waiver."


def test_another_decision_takes_a_waiver_back(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    waiver = grant(project_one, owner)
    file = acts.submit_to_owner(project_one, "arbitration", replaces=waiver.decision)
    acts.decide(owner, file)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    again = Waiver.objects.with_record().get()
    assert again.early_end is not None
    assert waiver_status(again, today()) == WaiverStatus.REPLACED
    assert map_statuses(project_one)[0] == Standing.NOT_CONFORM


def test_a_waiver_is_changed_by_another_one(project_one: Any, owner: Any, standard: Any) -> None:
    first = grant(project_one, owner)
    longer = terms(ends_on=str(today() + 90 * DAY))
    acts.decide(owner, acts.submit_to_owner(project_one, "waiver", replaces=first.decision, terms=longer))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    rows = Waiver.objects.with_record().order_by("number")
    assert [waiver_status(row, today()) for row in rows] == [WaiverStatus.REPLACED, WaiverStatus.GRANTED]


# — through time —


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next(
    project_one: Any, owner: Any, pmo: Any, standard: Any
) -> None:
    checked(pmo, standard, 1, Result.PARTIALLY_CONFORM)
    checked(pmo, standard, 2, Result.CONFORM)
    assert map_statuses(project_one) == ["partially_conform", "conform", "unanswered"]
    waiver = grant(project_one, owner)
    assert map_statuses(project_one) == ["waived", "conform", "unanswered"]
    last = timezone.now() + timedelta(days=60)
    assert waiver.holds_on(waiver.ends_on)
    assert map_statuses(project_one, last) == ["waived", "conform", "unanswered"]
    assert map_statuses(project_one, last + DAY) == ["not_conform", "conform", "unanswered"]
    assert list_statuses(project_one, last + DAY)[0].has_lapsed
    assert waiver_status(waiver, waiver.ends_on + DAY) == WaiverStatus.EXPIRED


def test_a_waiver_holds_on_its_last_day_for_a_reader_in_a_later_time_zone(
    project_one: Any, owner: Any, standard: Any, client_of: Any
) -> None:
    """A waiver's days are those of Paris, as in the database; in Auckland it is tomorrow by then."""
    waiver = grant(project_one, owner, ends_on=str(today() + DAY))
    with acting_as(owner):
        owner.time_zone = "Pacific/Auckland"
        owner.save()
    evening = datetime.combine(waiver.ends_on, time(20), ZoneInfo("Europe/Paris"))
    with time_machine.travel(evening, tick=False):
        client = client_of(owner)
        page = client.get(waiver.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
        with timezone.override("Pacific/Auckland"):
            assert waiver.days_left == 0
    assert "its last day" in page
    assert reverse("pmo:waivers:waiver_revoke", args=[waiver.pk]) in page


def test_a_waiver_that_was_ended_before_it_began_says_nothing_of_conformity(
    project_one: Any, owner: Any, pmo: Any, standard: Any
) -> None:
    waiver = grant(project_one, owner, starts_on=str(today() + 10 * DAY))
    checked(pmo, standard, 1, Result.CONFORM)
    revoke_waiver(actor=owner, waiver=waiver, because="Not needed after all.")
    later = timezone.now() + timedelta(days=12)
    assert map_statuses(project_one, later)[0] == Standing.CONFORM
    share = next(
        standard_share
        for standard_share in by_standard(Project.objects.filter(pk=project_one.pk), later)
        if standard_share.code == "STD-A"
    )
    assert share.counts[Standing.NOT_CONFORM] == 0


def test_a_check_since_it_began_rules_once_it_is_over(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    checked(pmo, standard, 1, Result.NOT_CONFORM)
    grant(project_one, owner)
    checked(pmo, standard, 1, Result.CONFORM)
    assert map_statuses(project_one)[0] == Standing.WAIVED
    after = timezone.now() + timedelta(days=61)
    assert map_statuses(project_one, after)[0] == Standing.CONFORM


def test_an_expired_waiver_counts_as_not_conform_again(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = expired(project_one, owner)
    assert waiver_status(waiver, today()) == WaiverStatus.EXPIRED
    assert map_statuses(project_one)[0] == Standing.NOT_CONFORM
    assert list_entries(project_one, owner, today())[-1].shown == Shown.EXPIRED


def test_the_register_counts_by_where_each_stands(project_one: Any, owner: Any, moe: Any, standard: Any) -> None:
    before = count_sections(list_entries(project_one, owner, today()))
    grant(project_one, owner)
    grant(project_one, owner, "STD-A.1#2", ends_on=str(today() + 30 * DAY))
    revoke_waiver(actor=owner, waiver=grant(project_one, owner), because="Not needed.")
    acts.decide(owner, acts.submit_to_owner(project_one, "waiver", terms=terms()), Outcome.REJECTED)
    acts.submit(moe, acts.draft(moe, project_one, "waiver", terms=terms()))
    acts.draft(moe, project_one, "waiver", terms=terms())
    after = count_sections(list_entries(project_one, owner, today()))
    found = {part.value: n - before[part] for part, n in after.items() if n > before[part]}
    assert found == {"asked": 1, "in_force": 1, "ending": 1, "revoked": 1, "refused": 1}
    assert count_sections(list_entries(project_one, moe, today()))[Shown.ASKED] == 2  # only its author sees a draft


def test_a_waiver_leads_to_the_waivers_and_requests_beside_it_in_the_list(
    project_one: Any, owner: Any, moe: Any, standard: Any, client_of: Any
) -> None:
    waivers = [grant(project_one, owner, name) for name in ("STD-A.1#1", "STD-A.1#2")]
    request = acts.draft(moe, project_one, "waiver", terms=terms(), title="Another night shift")
    acts.submit(moe, request)
    client, listed = client_of(owner), reverse("pmo:waivers:waiver_list", args=["ONE"])
    query = "?sort=-title"
    rows = [row.address for row in client.get(listed + query).context["page"].rows]
    beside = {row: (before, after) for before, row, after in zip(["", *rows], rows, [*rows[1:], ""], strict=False)}
    assert {reverse("governance:dossier:dossier", args=[request.pk])} < set(rows)
    for waiver in waivers:
        address = reverse("pmo:waivers:waiver", args=[waiver.pk])
        assert "rel=" not in client_of(owner).get(address).text.partition("<h1")[0].partition("<main")[2]
        text = unescape(client.get(address, headers={"referer": f"http://testserver{listed}{query}"}).text)
        links = dict(re.findall(r'<a href="([^"]+)\?list=1&sort=-title" rel="(\w+)"', text))
        before, after = beside[address]
        assert links == {row: rel for row, rel in ((before, "prev"), (after, "next")) if row}
        assert f'href="{listed}{query}"' in text


def test_ending_lists_those_with_few_days_left(project_one: Any, owner: Any, standard: Any) -> None:
    projects = Project.objects.all()
    waiver = grant(project_one, owner)
    assert list(list_ending(projects, today(), 30)) == []
    assert list(list_ending(projects, today() + 30 * DAY, 30)) == [waiver]
    assert list(list_ending(projects, waiver.ends_on, 0)) == [waiver]
    assert list(list_ending(projects, waiver.ends_on + DAY, 30)) == []
    assert list(list_ending(projects.exclude(pk=project_one.pk), waiver.ends_on, 30)) == []


# — ending one —


def test_the_owner_revokes_a_waiver_and_says_why(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    checked(pmo, standard, 1, Result.CONFORM)
    acts.decide(owner, file)
    waiver = Waiver.objects.with_record().latest("pk")
    revoke_waiver(actor=owner, waiver=waiver, because="The measure is not kept.")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    again = Waiver.objects.with_record().get()
    assert again.early_end is not None
    assert (again.early_end.ending, again.early_end.ended_by) == ("revoked", owner)
    assert map_statuses(project_one)[0] == Standing.NOT_CONFORM
    assert LedgerEvent.objects.latest("pk").act == "revoke_waiver"
    told = Notification.objects.filter(reason="waiver_revoked").values_list("recipient__email", flat=True)
    assert "pmo@example.org" in told
    with pytest.raises(MovedOn):
        revoke_waiver(actor=owner, waiver=waiver, because="Again.")


def test_a_waiver_is_closed_once_it_was_found_conform(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    file = acts.submit_to_owner(project_one, "waiver", terms=terms())
    checked(pmo, standard, 1, Result.CONFORM)  # before the waiver: it does not cover the time since
    acts.decide(owner, file)
    waiver = Waiver.objects.with_record().latest("pk")
    with pytest.raises(ValidationError, match=r"STD-A\.1#1"):
        close_waiver(actor=pmo, waiver=waiver)
    checked(pmo, standard, 1, Result.PARTIALLY_CONFORM)
    with pytest.raises(ValidationError, match=r"STD-A\.1#1"):
        close_waiver(actor=pmo, waiver=waiver)
    checked(pmo, standard, 1, Result.CONFORM)
    close_waiver(actor=pmo, waiver=waiver)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert waiver_status(Waiver.objects.with_record().get(), today()) == WaiverStatus.CLOSED
    assert map_statuses(project_one)[0] == Standing.CONFORM
    with pytest.raises(MovedOn):
        close_waiver(actor=pmo, waiver=waiver)


def test_a_waiver_from_what_is_asked_no_more_is_closed(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    """No check can be recorded there any more that would make it conform."""
    waiver = grant(project_one, owner)
    with disable_guards(), acting_as(owner):
        standard.state, standard.effective_to = "retired", today()
        standard.save()
    close_waiver(actor=pmo, waiver=waiver)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert waiver_status(Waiver.objects.with_record().get(), today()) == WaiverStatus.CLOSED


def test_an_expired_waiver_is_neither_revoked_nor_closed(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    waiver = expired(project_one, owner)
    with pytest.raises(MovedOn):
        revoke_waiver(actor=owner, waiver=waiver, because="Too late.")
    checked(pmo, standard, 1, Result.CONFORM)
    with pytest.raises(MovedOn):
        close_waiver(actor=pmo, waiver=waiver)


def test_only_the_owner_revokes_and_only_the_office_closes(
    cast: dict[str, Any], project_one: Any, owner: Any, standard: Any
) -> None:
    waiver = grant(project_one, owner)
    for member in sorted({*CAST} - {"anonymous", "owner"}):
        with pytest.raises(Refused):
            revoke_waiver(actor=cast[member], waiver=waiver, because="Mine.")
    for member in sorted({*CAST} - {"anonymous", "pmo"}):
        with pytest.raises(Refused):
            close_waiver(actor=cast[member], waiver=waiver)


# — what is told —


def test_each_step_of_a_waiver_is_announced_once(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = grant(project_one, owner)
    assert announce_waivers() == 0
    for days, reason in ((30, "waiver_ending"), (61, "waiver_expired")):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=True):
            assert announce_waivers() == 2
            assert announce_waivers() == 0
        told = Notification.objects.filter(reason=reason)
        assert set(told.values_list("recipient__email", flat=True)) == {"owner@example.org", "pmo@example.org"}
        assert {notice.link for notice in told} == {waiver.get_absolute_url()}


def test_a_notice_is_in_the_language_of_its_reader(project_one: Any, owner: Any, pmo: Any, standard: Any) -> None:
    with acting_as(owner):
        owner.language, pmo.language = "fr", "en"
        owner.save()
        pmo.save()
    grant(project_one, owner, ends_on=str(today() + 10 * DAY))
    announce_waivers()
    abouts = dict(Notification.objects.filter(reason="waiver_ending").values_list("recipient__email", "about"))
    assert "Norme STD-A" in abouts["owner@example.org"]
    assert "Standard STD-A" in abouts["pmo@example.org"]
    french = build_mail(Notification.objects.get(recipient=owner, reason="waiver_ending"))
    assert french.subject.startswith("Dérogation échue sous 30 jours\u202f: ")
    assert "30" in french.body
    assert "dérogation" in french.body


def test_a_waiver_that_somebody_ended_is_not_told_of(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = grant(project_one, owner, ends_on=str(today() + 10 * DAY))
    revoke_waiver(actor=owner, waiver=waiver, because="Not needed.")
    assert announce_waivers() == 0


def test_a_waiver_that_expired_long_ago_is_not_announced(project_one: Any, owner: Any, standard: Any) -> None:
    waiver = expired(project_one, owner, days_ago=35)
    assert waiver.ends_on < today()
    assert announce_waivers() == 0


def test_the_beat_tells_every_night(settings: Any) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["tell-of-waivers"]["task"] == announce_waivers.name


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [("2026-01-31", 1, "2026-02-28"), ("2028-02-29", 24, "2030-02-28"), ("2026-11-26", 24, "2028-11-26")],
)
def test_months_are_counted_as_the_database_counts_them(first: str, months: int, last: str) -> None:
    assert months_after(date.fromisoformat(first), months) == date.fromisoformat(last)
    assert run("SELECT (%s::date + make_interval(months => %s))::date", [first, months]) == [
        (date.fromisoformat(last),)
    ]


def test_a_waiver_file_is_a_proposal_like_any_other(project_one: Any, standard: Any) -> None:
    file: Proposal = acts.submit_to_owner(project_one, "waiver", terms=terms())
    assert file.current is not None
    assert "PMO" in file.current.asked_roles or file.author_role == "PMO"
