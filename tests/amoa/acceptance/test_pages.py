"""Test the pages of acceptance: the grid with and without htmx, the actions of each reader, the way to the owner."""

import html
from typing import Any

import pytest
from django.urls import reverse

from amoa.acceptance import services
from amoa.acceptance.enums import Result
from amoa.models import AcceptanceCampaign, TestRun
from amoa.requirements.services import implement
from core.record.sealing import term_of
from governance.enums import Outcome
from projects.models import LedgerEvent
from tests import acts
from tests.pages.visits import act, pk_of

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
HTMX = {"hx-request": "true", **ENGLISH}


@pytest.fixture
def campaign(project_one: Any) -> AcceptanceCampaign:
    """Return the open campaign."""
    found: AcceptanceCampaign = project_one.campaigns.select_related("project").get(closed_at=None)
    return found


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_result_comes_back_as_one_row_with_the_progress(amoa: Any, client_of: Any) -> None:
    path, fields = act("run_test", None, result="passed", note="")
    answer = client_of(amoa).post(path, fields, headers=HTMX)
    page = text_of(answer)
    assert answer.status_code == 200
    assert page.count("<tr") == 1
    assert f'id="test-{pk_of("test")}"' in page
    assert 'id="figures" hx-swap-oob="true"' in page
    assert "<html" not in page
    assert TestRun.objects.latest("pk").result == "passed"


def test_a_row_that_is_refused_keeps_what_was_typed_and_records_nothing(amoa: Any, client_of: Any) -> None:
    kept = TestRun.objects.count()
    path, fields = act("run_test", None, note="")
    for result, sentence in (("failed", "Describe what was seen."), ("", "Choose a result."), ("lost", "lost")):
        answer = client_of(amoa).post(path, fields | {"result": result}, headers=HTMX)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True)
        assert "autofocus" in text_of(answer)
        assert "hx-swap-oob" not in text_of(answer)
    typed = client_of(amoa).post(path, fields | {"result": "", "note": "A <b>shadow</b>"}, headers=HTMX)
    assert "A &lt;b&gt;shadow&lt;/b&gt;" in typed.content.decode()
    assert TestRun.objects.count() == kept


def test_without_a_script_the_page_comes_back_at_the_row(amoa: Any, client_of: Any) -> None:
    path, fields = act("run_test", None)
    answer = client_of(amoa).post(path, fields)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/campaigns/{pk_of('campaign')}/#test-{pk_of('test')}")
    refused = client_of(amoa).post(path, fields | {"note": ""}, headers=ENGLISH)
    assert refused.status_code == 422
    assert text_of(refused).count('aria-invalid="true"') == 1


def test_a_closed_campaign_takes_no_result_and_gives_back_what_was_typed(
    amoa: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    path, fields = act("run_test", None, note="Typed in vain.")
    services.close_campaign(actor=amoa, campaign=campaign)
    answer = client_of(amoa).post(path, fields, headers=ENGLISH)
    assert (answer.status_code, "Typed in vain." in text_of(answer)) == (409, True)


def test_a_test_of_another_project_is_not_found(
    amoa: Any, cast: dict[str, Any], client_of: Any, campaign: AcceptanceCampaign, project_two: Any
) -> None:
    theirs = services.write_test(actor=cast["other_amoa"], project=project_two, fields={"title": "Theirs"})
    path = reverse("amoa:acceptance:campaign_run", args=[campaign.pk, theirs.pk])
    assert client_of(amoa).post(path, {"result": "passed"}).status_code == 404


@pytest.mark.parametrize(
    ("shown", "codes"),
    [("", ["T-001", "T-002", "T-003"]), ("todo", ["T-003"]), ("failed", ["T-002"]), ("passed", ["T-001"])],
)
def test_the_grid_is_narrowed_by_the_address(
    shown: str, codes: list[str], amoa: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    answer = client_of(amoa).get(f"{campaign.get_absolute_url()}?show={shown}")
    assert [test.code for test in answer.context["page"].rows] == codes
    assert answer.context["progress"].total == 3


@pytest.mark.parametrize(
    ("member", "offered"),
    [
        ("amoa", {"run", "edit", "close", "defects/new"}),
        ("moe", {"defects/new"}),
        ("recipient", {"run", "defects/new"}),
        ("owner", set()),
        ("pmo", set()),
        ("delegate", set()),
    ],
)
def test_each_reader_is_offered_what_they_may_do(
    member: str, offered: set[str], cast: dict[str, Any], client_of: Any, campaign: AcceptanceCampaign
) -> None:
    page = text_of(client_of(cast[member]).get(campaign.get_absolute_url()))
    found = {
        name for name in ("run", "edit", "close", "defects/new") if f"{campaign.get_absolute_url()}{name}/" in page
    }
    if 'class="run"' in page:
        found.add("run")
    assert found == offered


def test_a_closed_campaign_leads_to_a_proposal_that_names_it_and_its_dossier_shows_the_report(
    owner: Any, amoa: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    done = services.close_campaign(actor=amoa, campaign=campaign)
    page = text_of(client_of(amoa).get(done.get_absolute_url(), headers=ENGLISH))
    way = f"/projects/ONE/proposals/new/?kind=acceptance&campaign={done.number}:{done.hash}"
    assert way in page
    assert way not in text_of(client_of(owner).get(done.get_absolute_url()))
    form = client_of(amoa).get(way).context
    assert (form["form"]["kind"].value(), form["terms"]["campaign"].value()) == (
        "acceptance",
        term_of(done.number, done.hash),
    )
    file = acts.submit_to_owner(campaign.project, "acceptance", terms={"campaign": term_of(done.number, done.hash)})
    dossier = text_of(client_of(owner).get(file.get_absolute_url(), headers=ENGLISH))
    assert "Report of campaign 2" in dossier
    assert "Of 2 tests run, 1 passed, 1 failed and 0 could not be run." in dossier
    assert "1 test of the campaign was not run." in dossier
    assert '<span class="mono small nowrap">T-003</span>' in dossier
    assert "The screen cannot be read in the sun" in dossier
    left = {figure["name"]: figure for figure in acts.reread(file).current.snapshot[0]["figures"]}  # type: ignore[union-attr]
    assert [item["name"] for figure in left.values() for item in figure["items"]] == [
        defect.reference for defect in campaign.defects.unsettled().worst_first()
    ]
    assert "Unsettled defects of campaign 2" in dossier
    decision = acts.decide(owner, file, Outcome.ACCEPTED_WITH_PRICE_REDUCTION)
    page = text_of(client_of(owner).get(done.get_absolute_url(), headers=ENGLISH))
    assert decision.reference in page.partition("Decision of the owner")[2]


def test_a_campaign_shows_its_acceptance_decision(
    owner: Any, amoa: Any, moe: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    test = campaign.project.tests.select_related("requirement").get(code="T-001")
    implement(actor=moe, project=campaign.project, numbers=[test.requirement.pk])
    services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.PASSED)
    done = services.close_campaign(actor=amoa, campaign=campaign)
    file = acts.submit_to_owner(campaign.project, "acceptance", terms={"campaign": term_of(done.number, done.hash)})
    decision = acts.decide(owner, file, Outcome.ACCEPTED)
    page = text_of(client_of(owner).get(done.get_absolute_url(), headers=ENGLISH))
    assert f"Accepted because of decision {decision.reference}:" in page
    assert "ONE-001" in page.partition("Accepted because of")[2]


def test_a_campaign_that_found_nothing_says_why_it_is_not_closed(amoa: Any, client_of: Any) -> None:
    path, fields = act("open_campaign")
    client_of(amoa).post(path, fields)
    made = AcceptanceCampaign.objects.latest("pk")
    kept = LedgerEvent.objects.count()
    answer = client_of(amoa).post(reverse("amoa:acceptance:campaign_close", args=[made.pk]), headers=ENGLISH)
    assert (answer.status_code, "No test was run in this campaign" in text_of(answer)) == (409, True)
    assert LedgerEvent.objects.count() == kept


def test_a_defect_is_reported_from_a_failed_run(amoa: Any, client_of: Any, campaign: AcceptanceCampaign) -> None:
    page = text_of(client_of(amoa).get(campaign.get_absolute_url()))
    address = f"{campaign.get_absolute_url()}defects/new/?test=T-002"
    assert address in page
    assert client_of(amoa).get(address).context["form"]["test"].value() == "T-002"
    path, fields = act("report_defect", None, test="t-002")
    assert client_of(amoa).post(path, fields).status_code == 302
    assert campaign.defects.latest("pk").test == campaign.project.tests.get(code="T-002")


def test_the_provider_and_the_tester_read_the_defect_where_they_act_on_it(
    amoa: Any, moe: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    about = {"severity": "major", "description": "It stays dark for a second.", "test": campaign.project.tests.first()}
    defect = services.report_defect(actor=amoa, campaign=campaign, title="Dark lamp", **about)
    page = text_of(client_of(moe).get(reverse("amoa:acceptance:defect_correct", args=[defect.pk]), headers=ENGLISH))
    for words in ("Dark lamp", "Major", "It stays dark for a second.", about["test"].code, campaign.title):
        assert words in page, words
    services.correct_defect(actor=moe, defect=defect, correction="A new lamp.")
    for act_of_the_tester in ("defect_close", "defect_reopen"):
        page = text_of(client_of(amoa).get(reverse(f"amoa:acceptance:{act_of_the_tester}", args=[defect.pk])))
        assert "It stays dark for a second." in page
        assert "A new lamp." in page


def test_closing_shows_first_what_is_frozen_and_what_is_missing(
    amoa: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    close = reverse("amoa:acceptance:campaign_close", args=[campaign.pk])
    failed = campaign.project.tests.get(pk=pk_of("test"))
    services.run_test(actor=amoa, campaign=campaign, test=failed, result=Result.FAILED, note="It stays dark.")
    page = client_of(amoa).get(close, headers=ENGLISH)
    preview = page.context["preview"]
    reported = set(campaign.defects.exclude(test=None).values_list("test", flat=True))
    assert (failed in preview.undocumented) == (failed.pk not in reported)
    assert [defect.reference for defect in preview.defects] == [
        defect.reference for defect in campaign.defects.unsettled().worst_first()
    ]
    for test in (*preview.undocumented, *preview.not_run):
        assert test.code in page.text
    assert not AcceptanceCampaign.objects.get(pk=campaign.pk).is_closed


def test_a_campaign_that_changed_since_it_was_read_is_not_closed(
    amoa: Any, client_of: Any, campaign: AcceptanceCampaign
) -> None:
    close = reverse("amoa:acceptance:campaign_close", args=[campaign.pk])
    client = client_of(amoa)
    seen = client.get(close).context["form"]["seen"].value()
    test = campaign.project.tests.get(pk=pk_of("test"))
    services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.BLOCKED, note="No power at the quay.")
    kept = acts.count_evidence()
    refused = client.post(close, {"seen": seen}, headers=ENGLISH)
    assert refused.status_code == 409
    assert close in refused.text
    assert acts.count_evidence() == kept
    again = client.get(close).context["form"]["seen"].value()
    assert client.post(close, {"seen": again}).status_code == 302
    assert AcceptanceCampaign.objects.get(pk=campaign.pk).hash == again
