"""Test the pages of the risk register: every count links to exactly its rows, and exports follow the filters."""

import csv
import html
import re
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import python_calamine as calamine
from django.http import QueryDict
from django.urls import reverse

from amoa.change_plan.services import give_feedback
from pmo.models import Issue, Risk
from pmo.registers.risks.enums import Band, IssueState, Rated, RiskStatus
from pmo.registers.risks.register import RISKS
from pmo.registers.risks.services import set_risk_scale, settle_issue, settle_risk
from projects.models import Project
from tests import acts
from tests.addresses import full_name
from tests.database import fire_deferred_triggers
from tests.pages.visits import act
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db


def to(name: str, *args: Any) -> str:
    """Return an address of the register."""
    return reverse(full_name(name), args=args)


def page(answer: Any) -> str:
    """Return the words of an answer."""
    return html.unescape(answer.content.decode())


@pytest.fixture(scope="module")
def kept_several(kept_cast: dict[str, Any]) -> list[Risk]:
    """Raise risks of every band and most statuses, by several roles."""
    pmo, amoa, moe = kept_cast["pmo"], kept_cast["amoa"], kept_cast["moe"]
    project_one = Project.objects.get(code="ONE")
    found = [
        risks.create_risk(moe, project_one, title="As raised", likelihood=5, impact=5),
        risks.create_unaccepted_risk(amoa, project_one, 3, 4, title="Amber"),
        risks.create_unaccepted_risk(pmo, project_one, 1, 2, title="Green", category="legal"),
        risks.create_unaccepted_risk(pmo, project_one, 1, 3, title="Closed"),
    ]
    settle_risk(actor=pmo, risk=found[3], status=RiskStatus.CLOSED, because="Over.")
    fire_deferred_triggers()
    return found


@pytest.fixture
def several(kept_several: list[Risk]) -> list[Risk]:
    """Return these risks."""
    return [risks.reread(risk) for risk in kept_several]


@pytest.mark.parametrize("of", Rated)
def test_each_count_of_the_heat_map_leads_to_exactly_these_risks(
    of: Rated, several: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    client = client_of(pmo)
    shown = page(client.get(f"{to('risk_heat', 'ONE')}?of={of}"))
    links = re.findall(r'<a href="([^"]*risks/\?[^"]*)">(\d+)', shown)
    total = 0
    for address, count in links:
        asked = QueryDict(urlsplit(address).query)
        assert parse_qs(urlsplit(address).query)["of"] == [of]
        rows = list(RISKS.build(project_one, asked)[0].rows)
        assert len(rows) == int(count)
        for risk in rows:
            pair = (risk.likelihood, risk.impact) if of == Rated.INITIAL else risk.rating
            assert (pair, risk.is_open) == ((int(asked["likelihood"]), int(asked["impact"])), True)
        listed = page(client.get(address))
        assert all(risk.code in listed for risk in rows)
        total += len(rows)
    assert total == sum(risk.is_open for risk in project_one.risks.all())


@pytest.mark.parametrize("band", Band)
@pytest.mark.parametrize("of", Rated)
def test_a_band_leaves_the_risks_of_that_band(band: Band, of: Rated, several: Any, project_one: Any) -> None:
    found = set(RISKS.build(project_one, QueryDict(f"status=all&band={band}&of={of}"))[0].rows)
    rows = project_one.risks.select_related("scale")
    assert found == {risk for risk in rows if (risk.band if of == Rated.INITIAL else risk.residual_band) == band}


def test_filters_go_together_and_what_cannot_be_read_is_left_out(several: Any, project_one: Any) -> None:
    def titles(address: str) -> list[str]:
        return [risk.title for risk in RISKS.build(project_one, QueryDict(address))[0].rows]

    assert titles("category=legal&role=PMO&status=open") == ["Green"]
    assert titles("q=raised") == ["As raised"]
    assert titles("status=closed") == ["Closed"]
    assert len(titles("status=all&band=blue&likelihood=9&of=x&matter=y")) == project_one.risks.count()
    assert len(titles("status=whim")) == project_one.risks.open().count()
    assert "Amber" in titles("matter=unaccepted")
    assert "Green" not in titles("matter=unaccepted")
    assert [risk.code for risk in RISKS.build(project_one, QueryDict("matter=overdue"))[0].rows] == ["OR-1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_what_is_filtered_and_no_formula(
    kind: str, several: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    risks.create_risk(
        pmo, project_one, title="=HYPERLINK(1)", cause="+1", event="@SUM(A1)", effect="-2", category="legal"
    )
    answer = client_of(pmo).get(f"{to(f'risks_{kind}', 'ONE')}?category=legal", headers={"accept-language": "en"})
    if kind == "csv":
        table = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert not [cell for row in table for cell in row if cell[:1] in {"=", "+", "@", "-"}]
    else:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content)) as book:
            table = [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
    head, *rows = table
    assert (head[:3], head[11]) == (["Code", "Title", "Cause"], "Initial level")
    assert {row[0] for row in rows} == set(project_one.risks.filter(category="legal").values_list("code", flat=True))
    assert any("HYPERLINK(1)" in row[1] for row in rows)


def test_an_opportunity_is_told_apart_in_the_list_and_in_the_file(pmo: Any, project_one: Any, client_of: Any) -> None:
    client, english = client_of(pmo), {"accept-language": "en"}
    for title, opportunity in (("A calm winter", True), ("A stormy one", False)):
        risks.create_risk(pmo, project_one, title=title, opportunity=opportunity, proximity="near", category="legal")
    listed = page(client.get(f"{to('risk_list', 'ONE')}?category=legal", headers=english))
    assert listed.count("Opportunity") == 1
    answer = client.get(f"{to('risks_csv', 'ONE')}?category=legal", headers=english)
    _, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    told = {row[1]: row[-2:] for row in rows}
    assert told["A calm winter"] == ["Opportunity", "Within three months"]
    assert told["A stormy one"] == ["Threat", "Within three months"]


def test_the_page_of_a_risk_tells_its_whole_story(owner: Any, pmo: Any, project_one: Any, client_of: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one, requirements=["ONE-001"])
    decision = risks.accept(owner, risk)
    shown = page(client_of(pmo).get(risk.get_absolute_url(), headers={"accept-language": "en"}))
    for words in (risks.FIELDS["cause"], risks.FIELDS["event"], risks.FIELDS["effect"], "ONE-001"):
        assert words in shown
    assert decision.reference in shown
    assert risks.terms(risk)["trigger"] in shown


def test_an_amber_risk_leads_to_a_proposal_that_names_it(
    pmo: Any, owner: Any, project_one: Any, client_of: Any
) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one)
    client = client_of(pmo)
    shown = page(client.get(risk.get_absolute_url(), headers={"accept-language": "en"}))
    [address] = re.findall(r'href="([^"]*proposals/new/[^"]*)"', shown)
    form = page(client.get(address, headers={"accept-language": "en"}))
    assert re.search(rf'<option value="{re.escape(risks.terms(risk)["risk"])}" selected', form)
    assert "Propose to accept it" not in page(client_of(owner).get(risk.get_absolute_url()))


def test_a_refused_form_keeps_what_was_typed(recipient: Any, project_one: Any, client_of: Any) -> None:
    path, fields = act("raise_risk", None, effect="", requirements="ONE-999")
    answer = client_of(recipient).post(path, fields)
    assert answer.status_code == 422
    assert fields["cause"] in page(answer)
    assert not Risk.objects.filter(title=fields["title"]).exists()


def test_raising_leads_to_the_page_of_the_risk_and_happening_to_that_of_the_issue(
    recipient: Any, amoa: Any, client_of: Any
) -> None:
    path, fields = act("raise_risk", None)
    answer = client_of(recipient).post(path, fields)
    assert answer.url == Risk.objects.get(title=fields["title"]).get_absolute_url()
    path, fields = act("materialise_risk", None)
    answer = client_of(amoa).post(path, fields)
    assert answer.url == Issue.objects.get(title=fields["title"]).get_absolute_url()


def test_a_stale_assessment_is_a_conflict_that_records_nothing(pmo: Any, amoa: Any, client_of: Any) -> None:
    path, fields = act("assess_risk", None)
    risks.assess(amoa, Risk.objects.get(code="OR-1"), owner_role="PMO")
    before = acts.count_evidence()
    assert client_of(pmo).post(path, fields).status_code == 409
    assert acts.count_evidence() == before


def test_an_issue_that_somebody_followed_meanwhile_is_a_conflict_that_keeps_what_was_typed(
    pmo: Any, amoa: Any, client_of: Any
) -> None:
    path, fields = act("settle_issue", None)
    form = client_of(pmo).get(path).context["form"]
    issue = Issue.objects.get(pk=int(path.split("/")[2]))
    told = {"resolution": "Another crane."}
    settle_issue(actor=amoa, issue=issue, state=IssueState.POSTPONED, fields=told)
    before = acts.count_evidence()
    answer = client_of(pmo).post(path, fields | {"seen": form["seen"].value()})
    assert (answer.status_code, acts.count_evidence()) == (409, before)
    assert fields["resolution"] in page(answer)


def test_the_scale_is_shown_in_the_words_of_the_reader(owner: Any, project_one: Any, client_of: Any) -> None:
    client = client_of(owner)
    path, fields = act("set_risk_scale", None)
    assert client.post(path, fields).status_code == 302
    assert "Severe" in page(client.get(to("risk_scale", "ONE"), headers={"accept-language": "en"}))
    assert "Grave" in page(client.get(to("risk_heat", "ONE"), headers={"accept-language": "fr"}))


def test_risks_of_another_scale_are_told_apart_on_the_heat_map(owner: Any, project_one: Any, client_of: Any) -> None:
    _, fields = act("set_risk_scale", None)
    words = {name: [word.strip() for word in text.split(",")] for name, text in fields.items() if "_from" not in name}
    set_risk_scale(
        actor=owner,
        project=project_one,
        fields={**{n: w for n, w in words.items() if len(w) == 4}, "size": 4, "amber_from": 4, "red_from": 9},
    )
    shown = page(client_of(owner).get(to("risk_heat", "ONE"), headers={"accept-language": "en"}))
    assert "rated on another scale" in shown


def test_a_code_leads_to_the_risk_where_the_register_has_it(
    pmo: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    group = project_one.recipient_groups.earliest("pk")
    for code in ("OR-1", "OR-77"):
        give_feedback(actor=pmo, project=project_one, group=group, kind="question", text=f"{code}?", risk=code)
    shown = page(client_of(amoa).get(to("change_feedback", "ONE"), headers={"accept-language": "en"}))
    risk = project_one.risks.get(code="OR-1")
    assert f'<a href="{risk.get_absolute_url()}">risk OR-1</a>' in shown
    assert "risk OR-77" in shown
    assert "risk OR-77</a>" not in shown
