"""Test risks as cells: the rules of the forms hold in each row, and pasted rows are raised or refused alone."""

import html
from copy import deepcopy
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused
from core.history import version_of
from core.pages.grid.rows import RowChange
from pmo.enums import Act
from pmo.models import Risk, RiskRating
from pmo.registers.risks.bulk_services import edit_risks, raise_risks
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.services import edit_risk, settle_risk
from projects.models import LedgerEvent, Project
from tests import acts
from tests.database import fire_deferred_triggers, statements
from tests.pmo.registers.risks.factories import (
    FIELDS,
    accept,
    assess,
    create_risk,
    create_unaccepted_risk,
    reread,
    today,
)

pytestmark = pytest.mark.django_db

GRID, PASTE = (reverse(f"pmo:risks:{name}", args=["ONE"]) for name in ("risks_grid", "risks_paste"))
NEW = {name: value for name, value in FIELDS.items() if name != "title"}


@pytest.fixture(scope="module")
def kept_risks(kept_cast: dict[str, Any]) -> list[Risk]:
    """Raise three risks, the second of which is assessed, once for the file."""
    pmo, project = kept_cast["pmo"], Project.objects.get(code="ONE")
    raised = [create_risk(pmo, project, title=f"Crane {n}") for n in range(3)]
    done = [raised[0], assess(pmo, raised[1], response="reduce", owner_role="MOE"), raised[2]]
    fire_deferred_triggers()
    return done


@pytest.fixture
def risks(kept_risks: list[Risk]) -> list[Risk]:
    """Return three risks, the second of which is assessed."""
    return deepcopy(kept_risks)


@pytest.fixture
def browser(client_of: Any, pmo: Any) -> Any:
    """Sign in the PMO, who reads English."""
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text_of(answer: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(html.unescape(answer.content.decode()).split())


def save(actor: Any, *changes: tuple[Risk, dict[str, Any]], **options: Any) -> Any:
    """Change these risks in one act, and check what waits for its end."""
    given = {risk.pk: RowChange(fields, version_of(risk)) for risk, fields in changes}
    done = edit_risks(actor=actor, project=changes[0][0].project, changes=given, **options)
    fire_deferred_triggers()
    return done


def fields_of(client: Any) -> dict[str, Any]:
    """Return the cells of the grid as a browser posts them."""
    posted = {}
    for row in client.get(GRID).context["rows"]:
        for field in row.form:
            value = field.value()
            if field.field.disabled or value is None or value is False:
                continue
            posted[field.html_name] = "on" if value is True else field.field.widget.format_value(value)
    return {name: value[0] if isinstance(value, list) else value or "" for name, value in posted.items()}


def acts_since(count: int) -> list[tuple[str, int]]:
    """List act and risk of the events after the first `count`."""
    return [(event.act, event.subject_id) for event in LedgerEvent.objects.order_by("pk")[count:]]


def test_text_and_assessment_of_a_row_leave_the_events_of_their_forms(risks: Any, pmo: Any) -> None:
    first, second, _third = risks
    before = LedgerEvent.objects.count()
    done = save(
        pmo,
        (first, {"title": "Tides", "likelihood": 2, "response": "reduce", "treated": True}),
        (second, {"owner_role": "PMO", "review_on": today()}),
    )
    assert (done.saved, done.refused) == ([first, second], {})
    first, second = reread(first), reread(second)
    assert (first.title, first.likelihood, first.status) == ("Tides", 2, RiskStatus.TREATED)
    assert (second.owner_role, second.review_on) == ("PMO", today())
    assert acts_since(before) == [
        (Act.EDIT_RISK, first.pk),
        (Act.ASSESS_RISK, first.pk),
        (Act.ASSESS_RISK, second.pk),
    ]
    assert RiskRating.objects.filter(risk=first).count() == 2
    assert first.history.latest("history_id").history_user == pmo


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"likelihood": 9}, "likelihood"),
        ({"residual_likelihood": 2}, "residual_impact"),
        ({"treated": True}, "response"),
        ({"response": "exploit"}, "response"),
        ({"requirements": ["NONE-1"]}, "requirements"),
        ({"title": "Not this either", "likelihood": 9}, "likelihood"),
    ],
)
def test_a_row_that_its_form_would_refuse_is_refused_whole_and_alone(
    fields: dict[str, Any], name: str, risks: Any, pmo: Any
) -> None:
    first, _second, third = risks
    done = save(pmo, (first, fields), (third, {"title": "Saved"}))
    assert done.saved == [third]
    assert list(done.refused[first.pk].message_dict) == [name]
    assert (reread(first).title, reread(first).likelihood, reread(third).title) == ("Crane 0", 4, "Saved")
    assert first.history.count() == 1


def test_a_closed_risk_takes_words_but_no_rating(risks: Any, pmo: Any) -> None:
    first = settle_risk(actor=pmo, risk=risks[1], status=RiskStatus.CLOSED, because="The crane is gone.")
    with override("en"):
        done = save(pmo, (first, {"likelihood": 1}))
    assert done.refused[first.pk].messages == ["It is “closed” now."]
    assert save(pmo, (first, {"title": "Old crane"})).saved == [first]


def test_accepted_words_stay_and_a_higher_rating_reopens_the_risk(pmo: Any, owner: Any, project_one: Any) -> None:
    risk = create_unaccepted_risk(pmo, project_one)
    accept(owner, risk)
    done = save(pmo, (reread(risk), {"title": "Other words"}))
    assert list(done.refused[risk.pk].message_dict) == ["title"]
    save(pmo, (reread(risk), {"residual_impact": 5}))
    risk = reread(risk)
    assert (risk.status, risk.acceptance) == (RiskStatus.ASSESSED, None)


def test_cells_on_a_closed_project_follow_the_forms(risks: Any, pmo: Any, owner: Any, project_one: Any) -> None:
    acts.close(owner, project_one)
    first, second, _third = map(reread, risks)
    with pytest.raises(Refused):
        edit_risk(actor=pmo, risk=first, fields={"title": "By the form"}, seen=version_of(first))
    with pytest.raises(Refused):
        save(pmo, (second, {"title": "By the grid"}))


def test_the_grid_saves_changed_rows_and_keeps_what_was_typed_in_a_refused_one(risks: Any, browser: Any) -> None:
    first, second, third = risks
    posted = fields_of(browser)
    assert browser.post(GRID, posted).status_code == 302
    assert [risk.history.count() for risk in risks] == [1, 2, 1]
    posted |= {
        f"r{first.pk}-likelihood": "2",
        f"r{second.pk}-title": "",
        f"r{second.pk}-cause": "Kept.",
        f"r{third.pk}-residual_impact": "2",
    }
    answer = browser.post(GRID, posted)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "1 risk is saved." in page
    assert f"{second.code}, Title: Enter a title." in page
    assert f"{third.code}, Residual impact: Select both the residual likelihood and the residual impact." in page
    assert "Kept." in page
    assert (reread(first).likelihood, reread(second).title) == (2, "Crane 1")


def test_a_holder_that_the_project_has_no_more_stays_while_nobody_touches_it(risks: Any, browser: Any) -> None:
    page = browser.get(GRID)
    [row] = [row for row in page.context["rows"] if row.row.pk == risks[1].pk]
    row.row.owner_role = "GONE"
    [form] = page.context["view"].build_forms([row.row])
    assert '<option value="GONE" selected>' in str(form["owner_role"])


HEADED = "Risque\tCause\tÉvénement\tConséquence\tCatégorie\tProbabilité\tGravité\tCouleur"
ROW = "Grue {n}\tElle est vieille.\tLe moteur tombe en panne.\tLe chantier s'arrête.\tExterne\t4\t4\trouge"


def paste(client: Any, text: str) -> Any:
    """Paste this text, and read the answer."""
    return client.post(PASTE, {"pasted": text})


def posted_of(answer: Any) -> dict[str, str]:
    """Return the new rows of a page as a browser posts them."""
    fields = [field for row in answer.context["rows"] for field in row.form]
    return {field.html_name: str(field.value()) for field in fields if field.value() not in (None, False, "")}


def test_40_pasted_risks_are_shown_before_they_are_raised_in_one_act(browser: Any, project_one: Any) -> None:
    before = project_one.risks.count()
    text = "\n".join([HEADED, *(ROW.format(n=n) for n in range(40))])
    shown = paste(browser, text.replace("\n", "\r\n"))
    assert (shown.status_code, len(shown.context["rows"]), project_one.risks.count()) == (200, 40, before)
    assert shown.context["left_out"] == ["Couleur"]
    with statements() as sent:
        answer = browser.post(PASTE, posted_of(shown), follow=True)
    fire_deferred_triggers()
    assert "40 risks are in the register." in text_of(answer)
    raised = list(project_one.risks.order_by("pk")[before:])
    assert [risk.title for risk in raised] == [f"Grue {n}" for n in range(40)]
    assert {(risk.category, risk.likelihood, risk.impact, risk.status) for risk in raised} == {
        ("external", 4, 4, RiskStatus.ASSESSED)
    }
    assert project_one.events.filter(act=Act.RAISE_RISK, subject_id__in=[risk.pk for risk in raised]).count() == 40
    assert len(sent) < 900


def test_rows_without_names_are_read_in_the_order_of_the_page(browser: Any) -> None:
    names = [str(column.label) for column in browser.get(PASTE).context["view"].get_columns()]
    assert names[:4] == ["Title", "Cause", "Event", "Effect"]
    [row] = paste(browser, "Tides\tHigh.\tA berth floods.\tWorks stop.\tBusiness").context["rows"]
    assert [row.form[name].value() for name in ("title", "effect", "category")] == ["Tides", "Works stop.", "business"]


def test_a_refused_row_says_why_and_the_others_are_raised_once(browser: Any, project_one: Any) -> None:
    text = "\n".join([HEADED, ROW.format(n=1), ROW.format(n=2).replace("Externe", "Vert"), ROW.format(n=3)])
    shown = paste(browser, text)
    assert shown.status_code == 422
    assert "2, Category: Select a valid choice. Vert is not one of the available choices." in text_of(shown)
    posted = posted_of(shown) | {"n2-out": "on"}
    answer = browser.post(PASTE, posted)
    assert answer.status_code == 422
    assert "1 risk is in the register." in text_of(answer)
    assert [row.form["title"].value() for row in answer.context["rows"]] == ["Grue 2"]
    again = browser.post(PASTE, posted)
    assert "1, Title: This title is already used. Enter another title." in text_of(again)
    assert project_one.risks.filter(title__startswith="Grue").count() == 1


def test_the_days_and_the_unknown_words_of_a_paste_are_what_a_browser_shows_and_sends(browser: Any) -> None:
    head, row = f"{HEADED}\tProchaine revue", f"{ROW}\t31/12/2046".replace("Externe", "Vert")
    shown = paste(browser, "\n".join([head, *(row.format(n=n) for n in range(3))]))
    page = html.unescape(shown.content.decode())
    assert page.count('value="2046-12-31"') == 3
    assert page.count('<option value="Vert" selected>Vert</option>') == 3
    assert "1 and 2 other rows, Category: Select a valid choice. Vert is not" in text_of(shown)
    assert browser.post(PASTE, posted_of(shown)).status_code == 422, (
        "an unknown word is chosen by the person, not by the list"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste at least one row."),
        ("\t\t\n", "Paste at least one row."),
        ("Title\tCause", "no row below its head"),
        ('Title\tCause\n"Open\tquote', "quotation marks"),
        ("Title\n" + "Crane\n" * 61, "Paste at most 60 rows at once."),
    ],
)
def test_a_paste_that_cannot_be_read_says_why_and_keeps_the_text(text: str, words: str, browser: Any) -> None:
    answer = paste(browser, text)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert text.strip() in html.unescape(answer.content.decode())


def test_two_who_paste_the_same_list_raise_it_once(pmo: Any, amoa: Any, project_one: Any) -> None:
    rows = {n: NEW | {"title": f"Crane {n}"} for n in range(2)}
    assert len(raise_risks(actor=pmo, project=project_one, rows=rows).saved) == 2
    again = raise_risks(actor=amoa, project=project_one, rows=rows | {2: NEW | {"title": "CRANE 1"}})
    assert (again.saved, sorted(again.refused)) == ([], [0, 1, 2])
    assert all(isinstance(error, ValidationError) for error in again.refused.values())


def test_nobody_without_a_role_pastes_risks(outsider: Any, client_of: Any) -> None:
    assert client_of(outsider).post(PASTE, {"pasted": "Title\nCrane"}).status_code == 404


@pytest.mark.parametrize("name", ["risk_new", "risks_paste", "risks_copy", "issue_new"])
def test_the_register_of_an_ended_project_takes_nothing_new(
    name: str, browser: Any, owner: Any, project_one: Any
) -> None:
    acts.abandon(owner, project_one)
    before = project_one.risks.count()
    path = reverse(f"pmo:risks:{name}", args=["ONE"])
    for answer in (browser.get(path), browser.post(path, {"pasted": "Title\nCrane", "title": "Crane"})):
        assert answer.status_code == 403
        assert "takes nothing new until the owner reopens it" in text_of(answer)
    assert path not in browser.get(reverse("pmo:risks:risk_list", args=["ONE"])).text
    assert project_one.risks.count() == before


def test_no_service_raises_a_risk_on_an_ended_project(pmo: Any, owner: Any, project_one: Any) -> None:
    acts.abandon(owner, project_one)
    project = acts.fresh(project_one)
    with pytest.raises(Refused):
        create_risk(pmo, project, title="Crane")
    with pytest.raises(Refused):
        raise_risks(actor=pmo, project=project, rows={0: FIELDS})
