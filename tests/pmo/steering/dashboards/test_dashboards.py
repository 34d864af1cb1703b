"""Test dashboards: each number equals the length of its list, and a recount by hand from the rows."""

import csv
import re
from datetime import date, datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from amoa.models import AcceptanceTest, Requirement
from core.acts import acting_as
from core.history import version_of
from core.pages.charts import bars, dots, line, list_months, round_up
from core.pages.lists import pages
from governance.decide.obligations.queries import load_obligations
from governance.enums import ConditionState, ProposalState
from governance.models import Condition, Decision, Opinion, Proposal
from pmo.models import ConformityCheck, RiskAction, WeatherReport
from pmo.registers.risks.queries import Exposure
from pmo.registers.weather.queries import list_last_months
from pmo.steering.dashboards import chart, decision_charts, figures, register_charts, role_charts, views
from pmo.steering.dashboards.drilldown import LISTINGS
from pmo.steering.dashboards.heatmaps import WEATHERS
from pmo.steering.dashboards.obligations import count_by_role, list_obligations
from pmo.steering.dashboards.overview import load_consolidated, load_overview
from pmo.steering.dashboards.scope import Scope, visible_parts
from projects.models import Mandate, OrganisationSettings, Project
from projects.organisation_settings.services import edit_settings
from projects.seats.mandates.services import end_mandate, name_owner
from projects.seats.mandates.vacancies import vacant_from
from roles.models import User
from tests import acts
from tests.addresses import full_name
from tests.database import statements
from tests.effort import in_turn
from tests.pages.test_lists import asking, sorted_values, walk
from tests.pmo.steering.dashboards.recount import has_its_task

pytestmark = pytest.mark.django_db
CODES = ("SN28", "PARCOURS", "LITS", "RDV")
WAITING = (ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW, ProposalState.READY_FOR_DECISION)


@pytest.fixture
def valette(demo: None, db: None) -> User:
    """Return the project office of the portfolio SN28 alone."""
    return User.objects.get(email="bruno.valette@example.org")


@pytest.fixture
def scope(valette: User) -> Scope:
    """Build the scope of the portfolio for its project office, over a year."""
    root = Project.objects.get(code="SN28")
    return Scope(root, visible_parts(root, valette), timezone.localdate())


def by_hand(code: str) -> dict[str, Any]:
    """Recount the figures of one project in Python from all of its rows."""
    now, today = timezone.now(), timezone.localdate()
    since = today - timedelta(days=365)
    pending = [p for p in Proposal.objects.filter(project__code=code) if p.state in WAITING]
    taken = [
        (d.acted_at - d.revision.acted_at).total_seconds() / 86_400
        for d in Decision.objects.filter(project__code=code).select_related("revision")
        if timezone.localdate(d.acted_at) >= since
    ]
    conditions = Condition.objects.filter(decision__project__code=code)
    asked = [r for r in Requirement.objects.filter(project__code=code) if r.priority == "must" and r.kind != "need"]
    musts = [r for r in asked if r.state not in {"draft", "rejected", "deferred", "withdrawn"}]
    tested = {t.requirement_id for t in AcceptanceTest.objects.filter(project__code=code, retired=False)}
    project = Project.objects.get(code=code)
    needed = [
        role.code
        for role in project.roles()
        if role.mandatory and (project.level == "project" or role.authority in {"decides", "advises"})
    ]
    held = {m.role.code for m in Mandate.objects.active(now).filter(project=project).select_related("role")}
    return {
        "pending": len(pending),
        "late": sum(p.current.decide_by < today for p in pending if p.current),
        "oldest": max(((now - p.current.acted_at).days for p in pending if p.current), default=None),
        "median": round(median(taken), 1) if taken else None,
        "overdue": sum(c.state == ConditionState.OPEN and c.due_on < today for c in conditions),
        "musts": len(musts),
        "uncovered": sum(r.pk not in tested for r in musts),
        "vacant": sorted(set(needed) - held),
        "roles": len(needed),
    }


@pytest.mark.parametrize("code", CODES)
def test_each_line_says_what_counting_by_hand_says(code: str, scope: Scope) -> None:
    line = next(
        line for line in figures.list_lines(scope.projects, timezone.now(), scope.since) if line.project.code == code
    )
    assert {
        "pending": line.pending,
        "late": line.late,
        "oldest": line.oldest,
        "median": line.median,
        "overdue": line.overdue,
        "musts": line.musts,
        "uncovered": line.uncovered,
        "vacant": sorted(line.seats.of("vacant")),
        "roles": len(line.seats.states),
    } == by_hand(code)


def test_the_figures_of_the_cast_agree_too(owner: User, project_one: Project) -> None:
    [line] = figures.list_lines(
        visible_parts(project_one, owner), timezone.now(), timezone.localdate() - timedelta(days=365)
    )
    counted = by_hand("ONE")
    assert (line.pending, line.late, line.overdue, line.uncovered, sorted(line.seats.of("vacant"))) == (
        counted["pending"],
        counted["late"],
        counted["overdue"],
        counted["uncovered"],
        counted["vacant"],
    )
    assert line.pending


def test_a_period_begins_at_midnight_where_its_reader_is(scope: Scope) -> None:
    decisions = list(Decision.objects.filter(project__code="SN28").select_related("revision").order_by("acted_at"))
    days: dict[str, set[date]] = {}
    for zone in ("Pacific/Apia", "Pacific/Pago_Pago") * 2:  # a day apart, whatever the hour
        with timezone.override(zone):
            days[zone] = {timezone.localdate(decision.acted_at) for decision in decisions}
            for start in days[zone]:
                taken = [
                    (decision.acted_at - decision.revision.acted_at).total_seconds() / 86_400
                    for decision in decisions
                    if timezone.localdate(decision.acted_at) >= start
                ]
                lines = figures.list_lines(scope.projects, timezone.now(), start)
                assert [line.median for line in lines if line.project.code == "SN28"] == [round(median(taken), 1)]
    assert days["Pacific/Apia"] != days["Pacific/Pago_Pago"]


def test_the_median_of_a_month_and_its_number_agree_with_its_decisions(scope: Scope) -> None:
    months, year = figures.count_decisions(scope.projects, list_months(scope.today, 12), scope.since, scope.today)
    for month in months:
        taken = [
            (d.acted_at - d.revision.acted_at).total_seconds() / 86_400
            for d in Decision.objects.filter(project__code__in=CODES).select_related("revision")
            if timezone.localtime(d.acted_at).strftime("%Y-%m") == month.month.strftime("%Y-%m")
        ]
        assert (month.decisions, month.median) == (len(taken), round(median(taken), 1) if taken else None)
    of_these = Decision.objects.filter(project__code__in=CODES, acted_at__date__gte=months[0].month)
    assert sum(month.decisions for month in months) == of_these.count()
    counted = Decision.objects.filter(project__code__in=CODES, acted_at__date__gte=scope.since)
    assert (year.month, year.decisions) == (scope.since, counted.count())


def test_pending_files_are_counted_by_age_and_by_awaited_role(owner: User, project_one: Project) -> None:
    found = figures.count_waiting(visible_parts(project_one, owner), timezone.now())
    pending = [p for p in Proposal.objects.filter(project=project_one) if p.state in WAITING]
    ready = [p for p in pending if p.state == ProposalState.READY_FOR_DECISION]
    asked = [role for p in pending if p not in ready for role in p.awaited_roles]
    assert sum(found.ages) == len(pending)
    assert found.roles == {"": len(ready), **{role: asked.count(role) for role in set(asked)}}


def test_the_goal_of_the_settings_bounds_the_waiting_classes(
    staff_admin: User, owner: User, project_one: Project, client_of: Any
) -> None:
    row = OrganisationSettings.objects.get()
    edit_settings(actor=staff_admin, fields={"answer_days": 3}, seen=version_of(row))
    assert figures.list_age_bounds() == (1, 3, 6)
    with override("en"):
        assert decision_charts.age_labels() == ["Under 1 day", "1 to 3 days", "3 to 6 days", "6 days or more"]
    page = client_of(owner).get(
        reverse("pmo:dashboards:dashboard", args=[project_one.code]), headers={"accept-language": "en"}
    )
    assert "goal 3 days" in page.text


def test_an_adviser_is_followed_when_the_answer_goes_with_the_opinion(scope: Scope) -> None:
    agreed: dict[str, list[int]] = {}
    for opinion in Opinion.objects.filter(revision__decision__project__code__in=CODES).select_related(
        "revision__decision"
    ):
        decision, position = opinion.revision.decision, opinion.position
        outcome, is_earlier = decision.outcome, timezone.localdate(decision.acted_at) < scope.since
        if is_earlier or position == "no_opinion" or outcome in {"rework", "deferred", "merged"}:
            continue
        yes = (position != "unfavourable") if outcome != "rejected" else (position != "favourable")
        agreed.setdefault(opinion.role, [0, 0])[not yes] += 1
    found = figures.count_hearings(scope.projects, scope.since, scope.today)
    assert {adviser.role: [adviser.followed, adviser.not_followed] for adviser in found} == agreed


def test_each_advising_role_is_counted_as_heard_waived_or_impossible_as_of_any_day(
    owner: User, pmo: User, amoa: User, moe: User, project_one: Project, client_of: Any
) -> None:
    today = timezone.localdate()
    before = Scope(project_one, visible_parts(project_one, owner), today)
    earlier = {hearing.role: hearing for hearing in figures.count_hearings(before.projects, before.since, today)}
    heard = acts.prepare(moe, pmo, amoa, project=project_one)
    acts.decide(owner, heard)
    waived = acts.prepare(moe, amoa, project=project_one)
    acts.decide(owner, waived, waived={"PMO": "The tide does not wait."})
    seat = project_one.mandates.active().get(role__code="AMOA")
    end_mandate(actor=owner, mandate=seat)
    impossible = acts.prepare(moe, pmo, project=project_one)
    acts.decide(owner, impossible, waived={"AMOA": "Nobody is there."})
    hearings = {hearing.role: hearing for hearing in figures.count_hearings(before.projects, before.since, today)}

    def added(role: str) -> tuple[int, ...]:
        names = ("heard", "followed", "waived", "impossible", "short", "asked")
        return tuple(getattr(hearings[role], name) - getattr(earlier[role], name) for name in names)

    assert added("PMO") == (2, 2, 1, 0, 0, 3)
    assert added("AMOA") == (2, 2, 0, 1, 1, 3)
    yesterday = before.counted_up_to((today - timedelta(days=1)).isoformat())
    assert yesterday.query == {"as_of": yesterday.last_day}
    then = figures.count_hearings(before.projects, yesterday.since, yesterday.last_day)
    assert then == list(earlier.values())
    for nonsense in ("", "today", "2026-02-30", "0001-01-01", today.isoformat(), "2999-01-01"):
        assert before.counted_up_to(nonsense) == before
    client = client_of(owner)
    address = reverse("pmo:dashboards:dashboard_advice", args=["ONE"])
    page = client.get(address, {"as_of": yesterday.last_day}).content.decode()
    assert f'value="{yesterday.last_day}"' in page
    assert f"as_of={yesterday.last_day}" in page
    listed = reverse("pmo:dashboards:dashboard_list", args=["ONE", "unheard"])
    assert client.get(listed, {"case": "impossible", "short": "1"}).context["page"].found == 1
    assert client.get(listed, {"case": "impossible", "as_of": yesterday.last_day}).context["page"].found == 0
    decided = client.get(reverse("pmo:dashboards:dashboard_list", args=["ONE", "decided"])).content.decode()
    assert decided.count("Vacant depuis moins de 7 jours") == 1


def test_a_seat_on_a_portfolio_reads_what_is_part_of_it_and_gives_no_say_there(
    valette: User, client_of: Any, demo: None
) -> None:
    seen = set(Project.objects.visible_to(valette).values_list("code", flat=True))
    assert seen == set(CODES)
    client = client_of(valette)
    assert client.get(reverse("governance:home:project_home", args=["LITS"])).status_code == 200
    assert client.get(reverse("governance:proposals:proposal_new", args=["LITS"])).status_code == 403
    adviser = User.objects.get(email="vera.kolic@example.org")  # of LITS alone: nothing above, nothing beside
    assert set(Project.objects.visible_to(adviser).values_list("code", flat=True)) == {"LITS"}


def test_a_dashboard_holds_what_its_reader_may_read_and_nothing_else(client_of: Any, demo: None) -> None:
    kolic = User.objects.get(email="vera.kolic@example.org")
    client = client_of(kolic)
    assert client.get(reverse("pmo:dashboards:dashboard", args=["SN28"])).status_code == 404
    page = client.get(reverse("pmo:dashboards:dashboard", args=["LITS"]))
    assert [line.project.code for line in page.context["board"].lines] == ["LITS"]


def test_the_address_narrows_a_portfolio_to_a_programme_an_owner_and_a_period(valette: User, client_of: Any) -> None:
    client, path = client_of(valette), reverse("pmo:dashboards:dashboard", args=["SN28"])

    def codes(query: str) -> set[str]:
        return {line.project.code for line in client.get(path + query).context["board"].lines}

    esteve = User.objects.get(email="maud.esteve@example.org")
    assert codes("?within=PARCOURS") == {"PARCOURS", "LITS", "RDV"}
    assert codes(f"?owner={esteve.key}") == {"SN28"}
    assert codes("?within=NOWHERE") == set()
    assert codes("?owner=%00&period=x&within=") == set(CODES)
    short = client.get(f"{path}?period=30").context["board"].taken.decisions
    assert short < client.get(path).context["board"].taken.decisions


HOSTILE = ("%00", "%F0%9F%92%A5", "'--", "9" * 400, "%D9%A1", "%E2%80%AE", "a%0Ab")
FILTERS = sorted({name for listing in LISTINGS.values() for name in listing.filters})


def test_an_invalid_filter_of_the_address_is_ignored(owner: User, client_of: Any) -> None:
    client = client_of(owner)
    names = ("within", "owner", "period", "project", "export", *FILTERS)
    said = ["&".join(f"{name}={value}" for name in names) for value in HOSTILE]
    for place, page in enumerate(("dashboard", "dashboard_standards", "dashboard_risks", "dashboard_advice")):
        path = reverse(full_name(page), args=["ONE"])
        plain = client.get(path)
        for query in in_turn(place, said, 2):  # a list has filters of its own, a page has not
            odd = client.get(f"{path}?{query}")
            assert odd.status_code == 200
            for shown in ("numbers", "pictures", "heat"):
                assert odd.context.get(shown) == plain.context.get(shown), (page, query)
    for place, name in enumerate(LISTINGS):
        path = reverse("pmo:dashboards:dashboard_list", args=["ONE", name])
        count = client.get(path).context["page"].found
        for query in in_turn(place, said, 4):
            assert client.get(f"{path}?{query}").context["page"].found == count, (name, query)


@pytest.mark.parametrize("name", LISTINGS)
def test_every_column_of_a_list_sorts_both_ways_and_pages_through_the_same_rows(
    name: str, valette: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client_of(valette).get(reverse("pmo:dashboards:dashboard_list", args=["SN28", name]))
    listing = answer.context["page"].listing
    everything = set(listing.list_keys(200))
    assert len(everything) == answer.context["page"].found
    size = max(3, len(everything) // 3)
    monkeypatch.setattr(pages, "SIZES", (size, 50))
    for place, column in enumerate(listing.columns):
        both = (column.name, f"-{column.name}")
        for sort in in_turn(place, both):
            rows = walk(listing, sort=sort, size=size)
            assert len(rows) == len(everything), sort
            assert set(rows) == everything, sort
        found = [sorted_values(asking(listing, sort=sort)) for sort in both]
        up, down = ([value for value in values if value is not None] for values in found)
        assert up == down[::-1], column.name


def test_a_list_and_its_file_say_in_words_what_they_leave_out(valette: User, client_of: Any) -> None:
    client, path = client_of(valette), reverse("pmo:dashboards:dashboard_list", args=["SN28", "pending"])
    lemercier = User.objects.get(email="antoine.lemercier@example.org")
    said = {"within": "PARCOURS", "owner": lemercier.key, "project": "RDV", "for": "owner", "period": 30}
    page = client.get(path, said, headers={"accept-language": "en"})
    programme = Project.objects.get(code="PARCOURS").title_en
    words = f"{programme}, {lemercier.name}, RDV, pending with Owner"
    assert page.context["only"] == words
    assert f"Only: {words}." in unescape(page.content.decode())
    file = client.get(path, said | {"export": "xlsx"}, headers={"accept-language": "en"}).content
    about = dict(CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(1).to_python())
    assert about["Only"] == words
    assert str(lemercier.key) not in str(about)


def test_an_unknown_list_is_absent_and_an_unreadable_filter_is_left_out(valette: User, client_of: Any) -> None:
    client = client_of(valette)
    assert client.get(reverse("pmo:dashboards:dashboard_list", args=["SN28", "secrets"])).status_code == 404
    whole = client.get(reverse("pmo:dashboards:dashboard_list", args=["SN28", "decided"])).context["page"].found
    odd = client.get(reverse("pmo:dashboards:dashboard_list", args=["SN28", "decided"]) + "?month=2026-13&age=x")
    assert odd.context["page"].found == whole > 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_files_hold_what_the_page_shows(language: str, valette: User, client_of: Any) -> None:
    client, path = client_of(valette), reverse("pmo:dashboards:dashboard", args=["SN28"])
    with acting_as(valette):
        valette.language = language
        valette.save(update_fields=["language"])
    lines = client.get(path).context["board"].lines
    rows = list(csv.reader(StringIO(client.get(f"{path}?export=csv").content.decode("utf-8-sig"))))
    assert rows[0][2] == {"en": "Level", "fr": "Niveau"}[language]
    assert [row[0] for row in rows[1:]] == [line.project.code for line in lines]
    assert [row[5] for row in rows[1:]] == [str(line.pending) for line in lines]
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{path}?export=xlsx").content))
    assert book.get_sheet_by_index(0).to_python()[1:] == rows[1:]
    assert client.get(f"{path}?export=pdf").content.startswith(b"%PDF-")
    listed = client.get(reverse("pmo:dashboards:dashboard_list", args=["SN28", "decided"]))
    exported = client.get(reverse("pmo:dashboards:dashboard_list", args=["SN28", "decided"]) + "?export=csv")
    assert len(list(csv.reader(StringIO(exported.content.decode("utf-8-sig"))))) - 1 == listed.context["page"].found


@pytest.mark.parametrize("part", ["standards", "risks", "advice"])
def test_each_page_gives_the_data_of_its_charts_as_a_table(part: str, valette: User, client_of: Any) -> None:
    client, path = client_of(valette), reverse(f"pmo:dashboards:dashboard_{part}", args=["SN28"])
    rows = list(csv.reader(StringIO(client.get(f"{path}?export=csv").content.decode("utf-8-sig"))))
    context = client.get(path).context
    shown = context["pictures"] if part != "risks" else [context["stands"], context["exposure"], context["sky"]]
    assert len(rows) - 1 == sum(len(picture.values()) for picture in shown) > 0
    assert {row[0] for row in rows[1:]} == {picture.question for picture in shown if picture.rows}
    for picture in shown:
        assert picture.rows or is_without_weather(picture)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{path}?export=xlsx").content))
    assert book.get_sheet_by_index(0).to_python()[1:] == rows[1:]


def is_without_weather(picture: chart.Chart) -> bool:
    """Tell whether it is the chart of the weather, and none was published in its months."""
    first = list_last_months(WEATHERS, timezone.localdate())[0]
    lately = WeatherReport.objects.filter(project__code__in=CODES, acted_at__date__gte=first)
    return picture.name == "weather" and not lately.exists()


def test_no_cell_of_a_file_is_a_formula(owner: User, amoa: User, project_one: Project, client_of: Any) -> None:
    acts.submit(amoa, acts.draft(amoa, project_one, title="=1+1+1"))
    path = reverse("pmo:dashboards:dashboard_list", args=["ONE", "pending"])
    rows = list(csv.reader(StringIO(client_of(owner).get(f"{path}?export=csv").content.decode("utf-8-sig"))))
    assert "'=1+1+1" in {row[1] for row in rows}


def test_each_chart_is_a_picture_with_its_conclusion_and_its_data(valette: User, client_of: Any) -> None:
    answer = client_of(valette).get(reverse("pmo:dashboards:dashboard", args=["SN28"]))
    page, pictures = answer.content.decode(), {picture.name: picture for picture in answer.context["pictures"]}
    charts = r'role="(?:img|group)" aria-labelledby="(chart-\w+)"><title id="(chart-\w+)">([^<]+)</title>'
    titles = re.findall(charts, page)
    points = {name: [row for row in pictures[name].rows if row[1].text != "–"] for name in ("faster", "backlog")}
    trends = {f"chart-{name}" for name, rows in points.items() if len(rows) > 1}  # none on a story of a year ago
    assert {name for name, _same, _text in titles} == {"chart-aging", "chart-who", "chart-roles", *trends}
    assert all(name == same and len(text) > 10 for name, same, text in titles)
    assert page.count("<summary>") >= len(titles)
    assert "style=" not in page


def test_the_dashboard_costs_the_same_whatever_is_part_of_it(valette: User, client_of: Any, owner: User) -> None:
    client = client_of(valette)
    with statements() as many:
        client.get(reverse("pmo:dashboards:dashboard", args=["SN28"]))
    with statements() as one:
        client.get(reverse("pmo:dashboards:dashboard", args=["RDV"]))
    assert many.total() <= 24
    assert one.total() <= many.total()


def test_a_role_whose_next_holder_is_named_is_not_about_to_be_vacant(
    other_owner: User, outsider: User, project_two: Project
) -> None:
    def state() -> str:
        [line] = figures.list_lines(Project.objects.filter(pk=project_two.pk), timezone.now(), timezone.localdate())
        return line.seats.states["MOA"]

    assert state() == "held"
    name_owner(actor=other_owner, project=project_two, holder=outsider, starts_at=timezone.now() + timedelta(days=9))
    assert state() == "held"
    assert vacant_from([(timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=9))], timezone.now())


def test_the_grid_of_roles_and_its_table_say_the_same(scope: Scope) -> None:
    picture = next(chart for chart in load_overview(scope).drawn if chart.name == "roles")
    assert picture.dots is not None
    drawn = [[dot.state for dot in row.dots] for row in picture.dots.rows]
    words = {"filled": "held", "ends within 60 days": "ending", "vacant": "vacant"}
    with override("en"):
        picture = next(chart for chart in load_overview(scope).drawn if chart.name == "roles")
        assert [[words[cell.text] for cell in row[1:] if cell.text != "–"] for row in picture.rows] == drawn


def test_the_weather_is_told_of_every_project_also_of_those_that_the_page_leaves_out(
    valette: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reverse("pmo:dashboards:dashboard_risks", args=["SN28"])
    whole = client_of(valette).get(path).context
    monkeypatch.setattr(views, "LISTED", 1)
    page = client_of(valette).get(path)
    assert (len(page.context["weather"]), page.context["sky"]) == (1, whole["sky"])
    assert len(whole["weather"]) == whole["projects"] == len(CODES)


def test_no_risk_is_open_today_whatever_was_open_last_month() -> None:
    today = datetime(2026, 11, 24).date()
    before = Exposure(datetime(2026, 10, 31).date(), "PMO", 12, 6, 2)
    scope = Scope(Project(code="ONE"), Project.objects.none(), today)
    with override("en"):
        assert register_charts.chart_exposure(scope, [before]).conclusion == "No risk is open."
        assert register_charts.chart_exposure(scope, [before]).bars is None
        risen = register_charts.chart_exposure(scope, [Exposure(today, "PMO", 6, 12, 1)])
    assert risen.conclusion == "The level of open risks was 6 initially and is 12 now: no reduction."


def test_one_month_of_decisions_is_no_trend(scope: Scope) -> None:
    month = figures.Month(datetime(2026, 11, 1).date(), 3.0, 2)
    with override("en"):
        said = decision_charts.chart_decision_times(scope, [month]).conclusion
    assert said == "Median time to decide: 3 days in November 2026. The goal is 10 days."


def test_a_drawing_says_that_it_leaves_projects_out(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def notes() -> list[str]:
        return [chart.left_out for chart in load_consolidated(scope).drawn if chart.name in {"roles", "covered"}]

    assert notes() == ["", ""]
    for module in (chart, role_charts):
        monkeypatch.setattr(module, "DRAWN", 1)
    with override("en"):
        assert notes()[0] == f"The chart shows the first 1 of {len(CODES)} projects. The data include all of them."


def _list_open_duties(code: str) -> list[Any]:
    """List what responsibilities ask for by the end of the next thirty days, without what has tasks of its own."""
    project = Project.objects.get(code=code)
    if project.state != "active":
        return []
    soon = timezone.localdate() + timedelta(days=30)
    rows = [row for row in load_obligations(project) if row.is_open and row.due_on and row.due_on <= soon]
    return [row for row in rows if not row.key.startswith("P-") and not has_its_task(row)]


def test_commitments_are_listed_by_role_and_by_day(scope: Scope, owner: User, project_one: Project) -> None:
    for part in (scope, Scope(project_one, visible_parts(project_one, owner), timezone.localdate())):
        found, codes = list_obligations(part), set(part.projects.values_list("code", flat=True))
        conditions = [c for c in Condition.objects.all() if c.state == "open" and c.decision.project.code in codes]
        may_happen = {"proposed", "assessed", "treated", "accepted"}
        actions = [
            a
            for a in RiskAction.objects.all()
            if a.done_on is None and a.project.code in codes and a.risk.status in may_happen
        ]
        newest: dict[tuple[int, int], ConformityCheck] = {}
        for check in ConformityCheck.objects.filter(project__code__in=codes).order_by("pk"):
            newest[check.project_id, check.checkpoint_id] = check
        after = [c for c in newest.values() if c.action and c.result in {"not_conform", "partially_conform"}]
        duties = [row for code in codes for row in _list_open_duties(code)]
        assert len(found) == len(conditions) + len(actions) + len(after) + len(duties) > 0
        counted: dict[str, list[int]] = {}
        for due in found:
            counted.setdefault(due.role, [0, 0])[due.due_on is None or due.due_on >= part.today] += 1
        assert count_by_role(part) == {role: (late, in_time) for role, (late, in_time) in counted.items()}
        assert [o.due_on for o in found if o.due_on] == sorted(o.due_on for o in found if o.due_on)


# — drawings —


def test_a_line_stands_on_zero_and_passes_over_what_is_missing() -> None:
    drawn = line([("Jan", 4.0), ("Feb", None), ("Mar", 8.0)], "days", goal=10)
    assert drawn is not None
    assert [point.split(",")[0] for point in drawn.points.split()] == ["34.0", "426.0"]
    assert drawn.scale[0].text == "0"
    assert drawn.scale[-1].text == "10"
    assert drawn.last.text == "8 days"
    assert line([("Jan", 1.0)], "") is None
    assert line([("Jan", None), ("Feb", None)], "") is None


@pytest.mark.parametrize(("value", "top"), [(0, 4), (3, 4), (4, 4), (5, 8), (10, 10), (11, 20), (41, 80), (0.5, 4)])
def test_the_top_of_a_scale_is_round_and_not_below_the_value(value: float, top: float) -> None:
    assert round_up(value) == top


def test_bars_share_a_scale_or_are_filled_each_by_its_own_parts() -> None:
    from core.pages.charts import Row

    rows = [Row("A", [("approved", 1), ("rejected", 1)], "1/2"), Row("B", [("approved", 4)], "4/4")]
    whole, shares = bars(rows), bars(rows, shares=True)
    assert whole is not None
    assert shares is not None
    assert [round(sum(p.width for p in bar.parts)) for bar in shares.bars] == [241, 242]
    assert sum(p.width for p in whole.bars[0].parts) < sum(p.width for p in whole.bars[1].parts)
    assert bars([Row("A", [("approved", 0)], "0")]) is None
    with pytest.raises(ValueError, match="purple"):
        bars([Row("A", [("purple", 1)], "1")])


def test_dots_leave_out_what_a_project_does_not_need() -> None:
    drawn = dots(["MOA", "MOE"], [("ONE", ["held", "vacant"]), ("ALL", ["ending", ""])])
    assert drawn is not None
    assert [[dot.state for dot in row.dots] for row in drawn.rows] == [["held", "vacant"], ["ending"]]
    assert dots([], []) is None


@pytest.mark.parametrize("names", [["MOA", "PMO", "AMOA"], ["PFMOA", "PGDIR", "PGAMO"] * 4, ["MOA"] * 9])
def test_the_names_above_dots_never_run_into_each_other(names: list[str]) -> None:
    drawn = dots(names, [("A-LONGER-CODE", ["held"] * len(names))])
    assert drawn is not None
    for height in {column.y for column in drawn.columns}:
        here = [column for column in drawn.columns if column.y == height]
        for left, right in pairwise(here):
            assert right.x - left.x >= 4 * (len(left.text) + len(right.text))
    assert max(column.y for column in drawn.columns) < drawn.rows[0].line_y < drawn.height


def test_months_go_back_over_the_turn_of_the_year() -> None:
    assert [f"{month:%Y-%m}" for month in list_months(datetime(2026, 2, 24).date(), 4)] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
