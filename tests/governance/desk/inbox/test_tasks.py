"""Test the tasks of a person: the badge of every page equals the list, and each leads where it can be done."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from core.access import can
from core.acts import cached_reads
from core.sql.compiled_sql import Named, execute
from governance.decide.obligations.services import fulfil
from governance.desk.inbox import queries
from governance.desk.inbox import statements as compiled
from governance.desk.inbox.folds import FEW
from governance.desk.inbox.models import Snooze
from governance.desk.inbox.obligations import OBLIGATIONS
from governance.desk.inbox.queries import count_by_project, count_waiting, list_tasks, load_details
from governance.desk.inbox.reader import list_rows
from governance.desk.inbox.services import snooze, unsnooze
from governance.desk.inbox.task import Task
from governance.enums import Outcome
from governance.workspace_registry import TASKS, RowTasks
from pmo.registers.risks.services import review_risks, write_action
from pmo.registers.weather.services import publish_weather
from projects.models import Project, Ruling
from projects.organisation_settings.queries import today
from projects.people.accounts.services import close_account
from projects.seats.interests.services import declare_interest, note_bidder, settle_interest
from projects.seats.mandates import seats
from projects.seats.mandates.seats import seats_of
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import RoleTemplate
from tests import acts
from tests.agreement import ASKED, list_asked, list_disagreements
from tests.database import fire_deferred_triggers, statements
from tests.effort import WHOLE
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: How many tasks of a kind each reader opens.
MOST_OF_A_KIND = 2
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


@pytest.fixture(scope="module")
def kept_work(kept_cast: dict[str, Any]) -> Project:
    """Create work for everybody: files ready, awaited and sent back, a condition, risks, on a shared project."""
    project = Project.objects.get(code="ONE")
    amoa, pmo, owner = (kept_cast[key] for key in ("amoa", "pmo", "owner"))
    acts.submit(amoa, acts.draft(amoa, project))
    for outcome in (Outcome.REWORK, Outcome.APPROVED_WITH_CONDITIONS, None):
        file = acts.prepare(amoa, pmo, project=project)
        if outcome:
            acts.decide(owner, file, outcome)
    fire_deferred_triggers()
    return project


@pytest.fixture
def work(kept_work: Project) -> Any:
    """Return the project with work for everybody."""
    return acts.fresh(kept_work)


def words(answer: Any) -> str:
    return " ".join(strip_tags(answer.text).split())


def people(cast: dict[str, Any]) -> dict[str, Any]:
    return {key: user for key, user in cast.items() if user.is_authenticated}


def kinds_of(user: Any) -> set[str]:
    return {task.kind.name for task in list_tasks(user)}


def find(user: Any, kind: str) -> Task:
    task = next(task for task in list_tasks(user) if task.kind.name == kind)
    load_details([task])
    return task


# — what is listed —


def test_the_number_in_the_menu_is_that_of_the_list_for_everybody(cast: dict[str, Any], work: Any) -> None:
    for user in people(cast).values():
        with cached_reads():
            number = count_waiting(user, 1000)[0]
        assert number == len(list_tasks(user))
        assert sum(count_by_project(user).values()) == sum(task.project_id is not None for task in list_tasks(user))
    assert "decide" in kinds_of(cast["owner"])
    assert {"advise", "obligations"} <= kinds_of(cast["pmo"])
    assert "readings" in kinds_of(cast["recipient"])
    assert {"rework", "conditions"} <= kinds_of(cast["amoa"])
    assert not kinds_of(cast["superuser"]) | kinds_of(cast["outsider"])


def test_the_compiled_query_finds_the_rows_that_the_querysets_find(cast: dict[str, Any], work: Any) -> None:
    for user in people(cast).values():
        found = {task.key for task in list_tasks(user) if isinstance(task.kind, RowTasks)}
        assert found == {f"{kind.name}-{row.pk}" for kind in TASKS for row in list_rows(kind, user)}


def test_each_task_leads_to_a_page_that_its_reader_can_open(cast: dict[str, Any], work: Any, client_of: Any) -> None:
    walked = set()
    for user in people(cast).values():
        tasks, client, opened = list_tasks(user), client_of(user), Counter[str]()
        load_details(tasks)
        for task in tasks:
            assert task.title
            assert task.project or not task.project_id
            opened[task.kind.name] += 1
            if not WHOLE and opened[task.kind.name] > MOST_OF_A_KIND:
                continue
            page = client.get(task.url.partition("#")[0])
            assert page.status_code == 200, (user, task.key, task.url)
            walked.add(task.kind.name)
    assert len(walked) >= 12, walked


def test_a_task_is_listed_for_those_alone_who_have_its_permission(cast: dict[str, Any], work: Any) -> None:
    asked = set()
    for user in people(cast).values():
        for kind in TASKS:
            for row in list_rows(kind, user) if kind.permission else ():
                assert can(user, kind.permission, row), (user, kind.name, row)
                asked.add(kind.name)
    assert {"readings", "checks"} <= asked


def test_who_is_asked_to_decide_or_advise_may_and_who_may_is_asked(cast: dict[str, Any], work: Any) -> None:
    assert list_disagreements(people(cast).values()) == []
    assert all(any(list_asked(user)[name] for user in people(cast).values()) for name in ASKED)


def test_the_tasks_follow_a_seat_that_ends_and_another_that_begins(cast: dict[str, Any], work: Any) -> None:
    pmo, outsider = cast["pmo"], cast["outsider"]
    before = count_waiting(pmo, 1000)[0]
    role = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    end_mandate(actor=cast["owner"], mandate=work.mandates.active().get(holder=pmo))
    appoint(actor=cast["owner"], project=work, role=role, holder=outsider)
    assert count_waiting(pmo, 1000)[0] < before
    assert {"acceptances", "advise"} <= kinds_of(outsider)


def test_a_person_and_an_instant_fill_the_statements_and_nothing_else_is_kept(
    cast: dict[str, Any], work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(days=4000)
    with monkeypatch.context() as supposing:
        for module in (seats, queries, compiled):
            supposing.setattr(module, "act_time", lambda: long_ago)
        assert seats_of(cast["owner"]) == []
        assert kinds_of(cast["owner"]) <= {"acceptances"}
    assert len(kinds_of(cast["owner"])) > 1
    for kind in TASKS:
        sql, params = compiled._compile_kind(kind, 7)
        assert sql.count("%s") == len(params)
        assert any(isinstance(value, Named) for value in params), kind.name
        with pytest.raises(KeyError):
            execute((sql, params))


def test_no_more_is_counted_than_is_shown(cast: dict[str, Any], work: Any) -> None:
    assert count_waiting(cast["pmo"], 1)[0] == 1


# — kinds —


def test_a_risk_to_review_is_a_task_of_its_keeper_and_its_action_of_its_role(
    cast: dict[str, Any], project_one: Any
) -> None:
    pmo, moe = cast["pmo"], cast["moe"]
    risk = risks.create_unaccepted_risk(pmo, project_one)
    type(risk)._base_manager.filter(pk=risk.pk)
    soon, later = today() + DAY, today() + 90 * DAY
    review_risks(actor=pmo, project=project_one, risk=risk, review_on=soon)
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        assert f"risk_reviews-{risk.pk}" in {task.key for task in list_tasks(pmo) if task.is_late(today())}
        assert "risk_reviews" not in kinds_of(moe)
        review_risks(actor=pmo, project=project_one, risk=risk, review_on=later)
        assert f"risk_reviews-{risk.pk}" not in {task.key for task in list_tasks(pmo)}
    fields = {"text": "Look at the motor.", "role": "MOE", "due_on": soon}
    action = write_action(actor=pmo, risk=risk, fields=fields)
    keys = {task.key: task for task in list_tasks(moe)}
    assert keys[f"risk_actions-{action.pk}"].role == "MOE"
    assert f"risk_actions-{action.pk}" not in {task.key for task in list_tasks(pmo)}


def test_the_page_says_whose_late_action_a_keeper_of_the_register_is_shown(
    cast: dict[str, Any], project_one: Any, client_of: Any
) -> None:
    risk = risks.create_unaccepted_risk(cast["pmo"], project_one)
    write_action(actor=cast["pmo"], risk=risk, fields={"text": "Look.", "role": "MOE", "due_on": today() + DAY})
    shown = {}
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        for member in ("pmo", "moe"):
            page = words(client_of(cast[member]).get("/?kind=risk_actions", headers=ENGLISH))
            shown[member] = page.partition("Look.")[2].partition("Late since")[0].strip()
    assert shown["pmo"].endswith("Responsible role MOE Your role PMO")
    assert shown["moe"].endswith("Your role MOE")
    assert "responsible" not in shown["moe"]


def test_the_weather_of_the_month_is_a_task_until_it_is_published(cast: dict[str, Any], project_one: Any) -> None:
    pmo = cast["pmo"]
    kind = next(kind for kind in TASKS if kind.name == "weather")
    publish_weather(actor=pmo, project=project_one, overall="stormy", comment="Rain", reason="It rains")
    assert project_one not in list_rows(kind, pmo)
    with time_machine.travel(timezone.now() + 40 * DAY, tick=False):
        assert project_one in list_rows(kind, pmo)
        assert not list_rows(kind, cast["amoa"])


def test_a_role_that_became_vacant_is_a_task_of_the_owner_until_it_is_filled(
    cast: dict[str, Any], project_one: Any, client_of: Any
) -> None:
    owner, role = cast["owner"], role_on(project_one, "AMOA")
    assert "vacancies" not in kinds_of(owner)
    seat = project_one.mandates.active().get(role__code="AMOA")
    end_mandate(actor=owner, mandate=seat)
    task = find(owner, "vacancies")
    assert (task.code, task.since) == ("AMOA", seat.__class__.objects.get(pk=seat.pk).ends_at)
    form = client_of(owner).get(task.url, headers=ENGLISH)
    assert '<option value="AMOA" selected>' in form.text
    assert not [user for user in people(cast).values() if user != owner and "vacancies" in kinds_of(user)]
    appoint(actor=owner, project=project_one, role=role, holder=cast["outsider"], starts_at=timezone.now() + DAY)
    assert "vacancies" not in kinds_of(owner)


def test_a_role_whose_holder_has_no_account_any_more_is_a_task_of_the_owner_who_ends_the_mandate_first(
    cast: dict[str, Any], project_one: Any, client_of: Any
) -> None:
    close_account(actor=cast["staff_admin"], person=cast["pmo"])
    task = find(cast["owner"], "vacancies")
    assert (task.code, task.since) == ("PMO", None)
    seat = project_one.mandates.get(role__code="PMO")
    client, end = client_of(cast["owner"]), reverse("projects:mandates:mandate_end", args=[seat.pk])
    assert f'href="{end}"' in client.get(task.url).text
    home = client.get(project_one.get_absolute_url(), headers=ENGLISH).text
    assert f'<a href="{task.url}">End the mandate, then appoint a person</a>' in home
    end_mandate(actor=cast["owner"], mandate=seat)
    assert find(cast["owner"], "vacancies").url.endswith("/mandates/appoint/?role=PMO")


def test_before_the_launch_a_vacant_role_is_a_step_of_the_launch_alone(cast: dict[str, Any], project_two: Any) -> None:
    end_mandate(actor=cast["other_owner"], mandate=project_two.mandates.active().get(role__code="PMO"))
    assert "vacancies" not in kinds_of(cast["other_owner"])
    assert "launches" in kinds_of(cast["other_owner"])


# — obligations —


def test_the_owner_rules_on_declared_interests_and_on_blocked_roles_from_their_tasks(
    cast: dict[str, Any], client_of: Any
) -> None:
    project = Project.objects.get(code="ONE")
    owner, moe = cast["owner"], cast["moe"]
    tie = declare_interest(actor=moe, project=project, organisation="Grues du Nord (fictif)", tie="A cousin.")
    task = next(task for task in list_tasks(owner) if task.key == f"interests-{tie.pk}")
    load_details([task])
    assert task.url == reverse("projects:interests:interest_settle", args=[tie.pk])
    assert task.title == f"{moe.name} · Grues du Nord (fictif)"
    assert "blocked_roles" not in kinds_of(owner)
    note_bidder(actor=owner, project=project, organisation="Grues du Nord (fictif)")
    assert find(owner, "blocked_roles").row == str(tie.pk)
    assert f"interests-{tie.pk}" not in {task.key for task in list_tasks(owner)}
    text = words(client_of(owner).get(reverse("governance:inbox:inbox"), headers=ENGLISH))
    assert "Rule on the interest that blocks the role" in text
    assert not [user for user in people(cast).values() if user != owner and "blocked_roles" in kinds_of(user)]
    settle_interest(actor=owner, interest=tie, ruling=Ruling.STAYS, because="They recuse themselves.")
    assert not {f"blocked_roles-{tie.pk}", f"interests-{tie.pk}"} & {task.key for task in list_tasks(owner)}


def test_an_owner_has_no_task_to_rule_on_their_own_interest(cast: dict[str, Any]) -> None:
    project = Project.objects.get(code="ONE")
    tie = declare_interest(actor=cast["owner"], project=project, organisation="Grues du Nord (fictif)", tie="Shares.")
    assert f"interests-{tie.pk}" not in {task.key for task in list_tasks(cast["owner"])}


WRITTEN = "Chapter 3 of the report says what was done, and on which day."


def test_an_obligation_is_a_task_of_its_role_until_it_is_fulfilled(cast: dict[str, Any], project_one: Any) -> None:
    pmo = cast["pmo"]
    task = next(
        task
        for task in list_tasks(pmo)
        if task.kind is OBLIGATIONS and task.project_id == project_one.pk and not task.obligation.is_by_act
    )
    row = task.obligation
    assert task.key not in {other.key for other in list_tasks(cast["amoa"])}
    fulfil(actor=pmo, project=project_one, role=row.role, duty=row.duty.code, key=row.key, note=WRITTEN)
    assert task.key not in {other.key for other in list_tasks(pmo)}


def test_obligations_are_derived_once_until_something_happens(cast: dict[str, Any], project_one: Any) -> None:
    pmo = cast["pmo"]
    list_tasks(pmo)
    with statements() as sent:
        list_tasks(pmo)
    acts.draft(cast["amoa"], project_one)
    with statements() as again:
        list_tasks(pmo)
    assert again.total() == sent.total() + 1


# — snooze —


def test_a_snoozed_task_is_left_out_until_its_day(cast: dict[str, Any], work: Any) -> None:
    reader = cast["recipient"]
    task, number = find(reader, "readings"), count_waiting(reader, 1000)[0]
    snooze(person=reader, task=task, until=today() + 2 * DAY)
    assert count_waiting(reader, 1000)[0] == number - 1
    assert len(list_tasks(reader)) == number
    assert {shown.key for shown in list_tasks(reader) if shown.is_snoozed(today())} == {task.key}
    assert not any(shown.is_snoozed(today() + 2 * DAY) for shown in list_tasks(reader))
    unsnooze(person=reader, task=task)
    assert count_waiting(reader, 1000)[0] == number


def test_what_only_one_person_can_do_is_shown_again_once_it_is_late(cast: dict[str, Any], work: Any) -> None:
    owner = cast["owner"]
    task = find(owner, "decide")
    with pytest.raises(ValidationError, match="Personne d’autre"):
        snooze(person=owner, task=task, until=task.due + DAY)
    snooze(person=owner, task=task, until=task.due)
    Snooze.objects.filter(person=owner).update(until=task.due + 10 * DAY)
    [put_off] = [shown for shown in list_tasks(owner) if shown.snoozed]
    assert put_off.is_snoozed(task.due)
    assert not put_off.is_snoozed(task.due + DAY)


@pytest.mark.parametrize("days", [-1, 0])
def test_a_task_is_snoozed_to_a_later_day(cast: dict[str, Any], work: Any, days: int) -> None:
    with pytest.raises(ValidationError):
        snooze(person=cast["recipient"], task=find(cast["recipient"], "readings"), until=today() + days * DAY)
    assert not Snooze.objects.exists()


def test_a_person_snoozes_so_many_tasks_and_no_more(
    cast: dict[str, Any], work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmo = cast["pmo"]
    monkeypatch.setattr("governance.desk.inbox.services.MOST_SNOOZED", 1)
    first, second = list_tasks(pmo)[:2]
    snooze(person=pmo, task=first, until=today() + DAY)
    snooze(person=pmo, task=first, until=today() + 2 * DAY)
    with pytest.raises(ValidationError):
        snooze(person=pmo, task=second, until=today() + DAY)


def test_a_task_is_snoozed_and_shown_again_on_its_pages(cast: dict[str, Any], work: Any, client_of: Any) -> None:
    reader, client = cast["recipient"], client_of(cast["recipient"])
    task = find(reader, "readings")
    address = f"/tasks/snooze/?task={task.key}"
    assert f'{address}&amp;kind=readings"' in client.get("/?kind=readings", headers=ENGLISH).text
    assert '<a class="btn" href="/?kind=readings">' in client.get(f"{address}&kind=readings").text
    refused = client.post(address, {"until": "2001-01-01"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "2001-01-01" in refused.text
    until = {"until": (today() + DAY).isoformat()}
    assert client.post(f"{address}&kind=readings", until)["Location"] == "/?kind=readings"
    assert f"{address}&amp;" not in client.get("/?kind=readings", headers=ENGLISH).text
    assert address in client.get("/?when=snoozed", headers=ENGLISH).text
    assert client.post("/tasks/show/", {"task": task.key}).status_code == 302
    assert not Snooze.objects.exists()
    for stranger in (client_of(cast["outsider"]), client):
        assert stranger.post("/tasks/show/", {"task": "readings-0\x00"}).status_code == 404
    assert client_of(cast["outsider"]).get(address).status_code == 404


# — the page —


def test_the_page_groups_filters_and_counts(cast: dict[str, Any], work: Any, client_of: Any) -> None:
    pmo, client = cast["pmo"], client_of(cast["pmo"])
    tasks = list_tasks(pmo)
    page = client.get("/", headers=ENGLISH)
    assert page.context["whole"] == len(tasks)
    assert sum(group.count for group in page.context["groups"]) == page.context["found"] == len(tasks)
    late = [group for group in page.context["groups"] if group.is_late]
    assert page.context["groups"][: len(late)] == late
    for name, _label, number in page.context["kinds"]:
        narrowed = client.get(f"/?kind={name}", headers=ENGLISH)
        assert narrowed.context["found"] == number == sum(task.kind.name == name for task in tasks)
    for code, _title, number in page.context["projects"]:
        assert client.get(f"/?project={code}").context["found"] == number
    for value, _label, number in page.context["when"]:
        assert client.get(f"/?when={value}").context["found"] == number
    for group in ("project", "kind"):
        grouped = client.get(f"/?group={group}").context["groups"]
        assert sum(found.count for found in grouped) == len(tasks)
    assert "Rien à traiter" not in client.get("/", headers=FRENCH).text
    assert "À traiter" in words(client.get("/", headers=FRENCH))


def test_pages_of_tasks_follow_each_other_without_loss(
    cast: dict[str, Any], work: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.desk.inbox.views.SIZE", 3)
    monkeypatch.setattr("governance.desk.inbox.folds.FEW", 100)
    client, found, after = client_of(cast["pmo"]), [], ""
    for _page in range(100):
        page = client.get("/", {"after": after, "group": "kind"})
        rows = [row for group in page.context["groups"] for row in group.rows]
        assert [folded for _task, folded in rows if folded] == []
        found += [task.key for task, _folded in rows]
        after = page.context["next"]
        if not after:
            break
    assert sorted(found) == sorted(task.key for task in list_tasks(cast["pmo"]))


def test_many_tasks_of_a_kind_are_one_row_that_leads_to_all_of_them(
    cast: dict[str, Any], project_one: Project, client_of: Any
) -> None:
    pmo, client = cast["pmo"], client_of(cast["pmo"])
    own = [task for task in list_tasks(pmo) if task.kind.name == "risks"]
    for number in range(6 - len(own)):
        risks.create_risk(cast["moe"], project_one, title=f"Quay {number}", likelihood=1, impact=1)
    page = client.get("/?group=kind", headers=ENGLISH)
    folds = {folded.kind.name: folded for group in page.context["groups"] for _task, folded in group.rows if folded}
    fold = folds["risks"]
    assert fold.count == 6
    assert "Risks to assess 6" in words(page)
    assert page.context["nav"]["waiting"] == page.context["whole"] == len(list_tasks(pmo))
    assert fold.together_url == "/projects/ONE/risks/grid/?status=proposed"
    assert len(client.get(fold.together_url).context["rows"]) == 6
    each = client.get(fold.url, headers=ENGLISH)
    assert sum(folded is None for group in each.context["groups"] for _task, folded in group.rows) == 6
    by_date = client.get("/", headers=ENGLISH)
    assert any(folded for group in by_date.context["groups"] for _task, folded in group.rows)


def test_each_decision_to_take_is_a_row_of_its_own(cast: dict[str, Any], project_one: Project, client_of: Any) -> None:
    for _number in range(FEW + 1):
        file = acts.draft(cast["amoa"], project_one)
        acts.submit(cast["amoa"], file)
        acts.advise(cast["pmo"], file)
    page = client_of(cast["owner"]).get("/?group=kind")
    rows = [row for group in page.context["groups"] for row in group.rows]
    assert sum(task.kind.name == "decide" for task, folded in rows if folded is None) > FEW
    assert not any(folded.kind.is_reminded for _task, folded in rows if folded and folded.kind is not OBLIGATIONS)


def test_a_filter_that_nothing_matches_offers_all_tasks(cast: dict[str, Any], work: Any, client_of: Any) -> None:
    page = client_of(cast["pmo"]).get("/?kind=vouches", headers=ENGLISH)
    assert "No tasks match this filter." in words(page)
