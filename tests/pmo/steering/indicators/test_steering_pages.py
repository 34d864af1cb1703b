"""Test the pages of steering: texts, a table of values, readers of a dependency, values kept after an error."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from core.history import version_of
from pmo.models import Dependency, IndicatorReading, MilestoneForecast, WeatherReport
from pmo.steering.indicators.services import add_catalogue
from projects.seats.mandates.services import appoint, role_on
from roles.models import User
from tests.addresses import full_name
from tests.days import today
from tests.pages.visits import Sent, act

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_pmo(db: None) -> User:
    """Appoint the PMO of projects two and three."""
    return User.objects.get(email="other.pmo@example.org")


def page(client: Any, name: str, code: str = "ONE", language: str = "en", **query: str) -> str:
    """Return the text of a page."""
    address = reverse(full_name(name), args=[code])
    response = client.get(address, query, headers={"accept-language": language})
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_weather_says_in_words_what_it_comes_from(pmo: Any, client_of: Any) -> None:
    text = page(client_of(pmo), "weather")
    for said in (
        "Computed today: stormy",
        "The largest slip is 14 days.",
        "Open risks: 2. Red and not accepted: 1.",
        "Two weeks late for the divers",
    ):
        assert said in text
    assert text.count("<svg") > 10  # a word always has its icon, and an icon its word


def test_the_weather_is_published_from_its_page_with_a_reason(pmo: Any, client_of: Any) -> None:
    before = WeatherReport.objects.count()
    address, fields = act("publish_weather")
    refused = client_of(pmo).post(address, fields | {"reason": ""}, headers={"accept-language": "en"})
    assert (refused.status_code, WeatherReport.objects.count()) == (422, before)
    assert "Enter why it differs from the computed weather." in refused.content.decode()
    assert fields["comment"] in refused.content.decode()
    assert client_of(pmo).post(address, fields).status_code == 302
    assert WeatherReport.objects.latest("pk").reason == fields["reason"]


@pytest.mark.parametrize("name", ["weather", "steering_indicators", "schedule", "means", "success", "lessons"])
def test_a_reader_is_offered_no_act(name: str, recipient: Any, pmo: Any, client_of: Any) -> None:
    offers = {"lessons"}
    act = '<a class="btn" data-kind="primary"'  # the display of a list has a primary button for everybody
    assert (act in page(client_of(recipient), name)) == (name in offers)
    assert act in page(client_of(pmo), name)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["weather", "steering_indicators", "means", "success", "lessons"])
def test_an_empty_page_says_what_will_come(name: str, language: str, other_pmo: User, client_of: Any) -> None:
    text = page(client_of(other_pmo), name, "THREE", language)
    assert 'class="empty"' in text or name == "weather"


def test_the_slip_chart_says_its_conclusion_and_shows_its_data(recipient: Any, client_of: Any) -> None:
    text = page(client_of(recipient), "schedule")
    assert 'role="img"' in text
    assert "Milestone slip chart: M-2 slips most, by 14 days" in text
    assert "The divers come two weeks later." in text
    assert "style=" not in text


def test_indicators_are_coloured_in_words(pmo: Any, project_one: Any, client_of: Any) -> None:
    add_catalogue(actor=pmo, project=project_one)
    text = page(client_of(pmo), "steering_indicators")
    for said in ("amber", "green", "computed", "green up to 5, amber up to 10"):
        assert said in text


# — a table of values —


def sent(client: Any, *lines: str, **fields: str) -> Any:
    """Send a table of values."""
    table = Sent("values.csv", "\n".join(("code;date;value", *lines)))
    address = reverse("pmo:indicators:steering_import", args=["ONE"])
    return client.post(address, {"file": table} | fields, headers={"accept-language": "en"})


def test_a_table_is_shown_first_and_written_once_it_is_confirmed(pmo: Any, client_of: Any) -> None:
    client, before = client_of(pmo), IndicatorReading.objects.count()
    shown = sent(client, f"NOISE;{today()};4", f"NOISE;{today() - timedelta(days=1)};5")
    assert (shown.status_code, IndicatorReading.objects.count()) == (200, before)
    carried = shown.context["found"].carried()
    address = reverse("pmo:indicators:steering_import", args=["ONE"])
    done = client.post(address, {"carried": carried, "step": "record"})
    assert done.status_code == 302
    assert IndicatorReading.objects.count() == before + len(shown.context["found"].lines)


def test_a_table_is_shown_as_it_is_read_not_as_it_is_typed(pmo: Any, client_of: Any) -> None:
    shown = sent(client_of(pmo), f'NOISE;{today()};"12,345"')
    assert '<td class="n" data-label="Value">12345</td>' in shown.content.decode()


def test_a_retired_indicator_can_still_be_read_and_followed_again(pmo: Any, project_one: Any, client_of: Any) -> None:
    client, row = client_of(pmo), project_one.steering_indicators.get(code="NOISE")
    address = reverse("pmo:indicators:steering_indicator_edit", args=[row.pk])
    _, fields = act("edit_steering")
    for retired in ({"retired": "on"}, {}):
        assert client.post(address, fields | retired | {"seen": version_of(row)}).status_code == 302
        text = page(client, "steering_indicators")
        assert ("Not followed any more" in text) == bool(retired)
        assert address in text


def test_a_table_with_a_wrong_line_is_not_written_even_when_it_is_confirmed(pmo: Any, client_of: Any) -> None:
    client, before = client_of(pmo), IndicatorReading.objects.count()
    shown = sent(client, f"NOISE;{today()};4", "NOISE;soon;5", step="record")
    assert (shown.status_code, IndicatorReading.objects.count()) == (422, before)
    assert "1 line has an error" in shown.content.decode()
    assert "Add these values" not in shown.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("values.exe", b"MZ"), ("values.csv", b""), ("values.xlsx", b"PK\x03\x04 no"), ("values.csv", b"a;b\n1;2\n")],
)
def test_a_file_that_is_no_table_is_refused_in_words(name: str, content: bytes, pmo: Any, client_of: Any) -> None:
    address = reverse("pmo:indicators:steering_import", args=["ONE"])
    response = client_of(pmo).post(address, {"file": Sent(name, content)})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


# — dependencies: both ends —


def test_a_dependency_is_read_and_changed_by_who_sees_both_ends(
    other_pmo: User, cast: dict[str, Any], client_of: Any
) -> None:
    row = Dependency.objects.get()
    client = client_of(other_pmo)
    assert "The list of landing stages" in page(client, "schedule", "THREE")
    assert "The list of landing stages" in page(client, "schedule", "TWO")
    address = reverse("pmo:schedule:dependency_edit", args=[row.pk])
    fields = {"what": row.what, "needed_on": str(row.needed_on), "state": "broken", "seen": version_of(row)}
    assert client.get(address).status_code == 200
    assert client.post(address, fields).status_code == 302
    assert Dependency.objects.get().state == "broken"
    for member in ("owner", "pmo", "outsider", "superuser"):
        assert client_of(cast[member]).get(address).status_code == 404


def test_a_reader_of_one_end_of_a_dependency_reads_nothing_of_the_other(
    cast: dict[str, Any], project_two: Any, client_of: Any
) -> None:
    outsider, seat = cast["outsider"], role_on(project_two, "DEST")
    appoint(actor=cast["other_owner"], project=project_two, role=seat, holder=outsider)
    text = page(client_of(outsider), "schedule", "TWO")
    assert "The list of landing stages" not in text
    assert "THREE" not in text


def test_the_owner_of_one_end_of_a_dependency_reads_it_without_a_way_to_the_other(
    cast: dict[str, Any], project_three: Any, client_of: Any
) -> None:
    text = page(client_of(cast["other_owner"]), "schedule", "TWO")
    assert "The list of landing stages" in text
    assert "THREE" in text
    assert project_three.get_absolute_url() not in text


def test_a_project_that_is_hidden_and_one_that_is_absent_are_refused_alike(pmo: Any, client_of: Any) -> None:
    address = reverse("pmo:schedule:dependency_new", args=["ONE"])
    fields = {"what": "Tickets", "needed_on": str(today()), "state": "open"}
    told = []
    for code in ("TWO", "NONE"):
        response = client_of(pmo).post(address, fields | {"needs": code}, headers={"accept-language": "en"})
        assert response.status_code == 422
        told.append(response.context["form"].errors["needs"])
    assert told[0] == told[1] == ["You see no project of this code."]


# — success criteria —


def test_a_proposed_criterion_is_reworded_and_left_out_and_an_approved_one_is_not(
    pmo: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    approved = project_one.success_criteria.get(number=1)
    address, fields = act("reword_criterion")
    assert client_of(amoa).post(address, fields).status_code == 302
    late = client_of(pmo).post(address, fields)
    assert late.status_code == 409
    client = client_of(pmo)
    told = {"seen": version_of(approved)} | {name: value for name, value in fields.items() if name != "seen"}
    assert client.post(reverse("pmo:success_criteria:criterion_edit", args=[approved.pk]), told).status_code == 422
    assert client.post(reverse("pmo:success_criteria:criterion_drop", args=[approved.pk])).status_code == 422
    address, fields = act("drop_criterion")
    assert client.get(address).status_code == 200
    assert client.post(address, fields).status_code == 302


def test_an_approved_set_names_its_decision(recipient: Any, proposal: Any, client_of: Any) -> None:
    text = page(client_of(recipient), "success")
    assert proposal("launch_one").answer.reference in text
    assert "2 criteria are approved by the owner." in text


def test_an_approved_criterion_is_left_out_of_the_next_set(pmo: Any, project_one: Any, client_of: Any) -> None:
    address, _ = act("freeze_criteria")
    client = client_of(pmo)
    offered = [number for number, _label in client.get(address).context["form"].fields["leaving_out"].choices]
    assert (1 in offered, 3 in offered) == (True, False)  # SC-03 is only proposed
    for strange in ("3", "99", "x"):
        assert client.post(address, {"leaving_out": [strange]}).status_code == 422
    assert client.post(address, {"leaving_out": ["1"]}).status_code == 302
    assert project_one.criteria_sets.latest("number").numbers == [2, 3]


def test_freezing_twice_is_a_conflict(pmo: Any, client_of: Any) -> None:
    address, fields = act("freeze_criteria")
    assert [client_of(pmo).post(address, fields).status_code for _ in range(2)] == [302, 409]


def test_the_catalogue_is_added_and_todays_values_are_noted_once(pmo: Any, client_of: Any) -> None:
    client = client_of(pmo)
    for name in ("steering_catalogue", "steering_compute"):
        address = reverse(full_name(name), args=["ONE"])
        assert [client.post(address).status_code for _ in range(2)] == [302, 409]


def test_a_forecast_that_is_refused_keeps_what_was_typed(pmo: Any, client_of: Any) -> None:
    before = MilestoneForecast.objects.count()
    address, fields = act("forecast", reason="")
    response = client_of(pmo).post(address, fields)
    assert (response.status_code, MilestoneForecast.objects.count()) == (422, before)
    assert fields["forecast_on"] in response.content.decode()
