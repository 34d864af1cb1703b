"""The pages on which an option is described, preferred, chosen and read."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.enums import Outcome
from governance.models import Decision, Opinion, Proposal
from projects.models import Notification, Project
from projects.notices.tasks import build_mail
from tests import acts, pdf
from tests.governance.decide.options.test_options import BUDGET, WHY

pytestmark = pytest.mark.django_db

ROWS = {"conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0"}
#: Words of the pages: recommended, preferred by, not as recommended, changes nothing, why not.
WORDS = {
    "en": ("Recommended", "Preferred by", "A was recommended", "changes nothing", "Why not the recommended option"),
    "fr": ("Recommandée", "Préférée par", "A était recommandée", "ne change rien", "Pourquoi pas l’option recommandée"),
}


@pytest.fixture
def file(amoa: Any, pmo: Any, project_one: Project) -> Proposal:
    """Return a budget of three options, of which the PMO prefers the second."""
    file = acts.draft(amoa, project_one, "budget", **BUDGET)
    acts.submit(amoa, file)
    acts.advise(pmo, file, preferred="B")
    return acts.reread(file)


@pytest.fixture(params=["en", "fr"])
def reading(request: pytest.FixtureRequest, client_of: Any, owner: Any) -> Any:
    """Return the browser of the owner in each language."""
    client = client_of(owner)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = request.param
    client.language = request.param
    return client


def answer(file: Proposal, option: str, outcome: str = "approved", **more: str) -> dict[str, str]:
    """Return the fields of an answer, before its review."""
    fields = {"fingerprint": acts.fingerprint(file), "option": option, "outcome": outcome, "reasons": "I choose."}
    return ROWS | fields | {"step": "review"} | more


def address(file: Proposal) -> str:
    return reverse("governance:dossier:proposal_decide", args=[file.pk])


def say(response: Any) -> str:
    """Return the text of a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


def test_the_panel_asks_which_option_and_tells_what_each_one_changes(reading: Any, file: Proposal) -> None:
    page = reading.get(file.get_absolute_url())
    recommended, preferred, *_rest = WORDS[reading.language]
    panel = page.text.partition('id="decide-title"')[2]
    choices = re.findall(r'data-option="(\w+)".*?value="(\w+)"(.*?)</label>', panel, re.DOTALL)
    assert [(mark, value) for mark, value, _text in choices] == [
        ("recommended", "A"),
        ("another", "B"),
        ("another", "C"),
        ("none", "none"),
    ]
    texts = {value: html.unescape(text) for _mark, value, text in choices}
    assert recommended in texts["A"]
    assert ("5" in texts["A"], "6" in texts["B"], preferred in texts["B"]) == (True, True, True)
    assert "checked" not in panel.partition('name="outcome"')[0]


def test_another_option_goes_from_the_panel_to_the_record(
    reading: Any, file: Proposal, project_one: Project, owner: Any
) -> None:
    _recommended, _preferred, against, _nothing, why_not = WORDS[reading.language]
    refused = reading.post(address(file), answer(file, "B"))
    assert refused.status_code == 422
    assert "why_not" in refused.context["answer"].form.errors
    review = reading.post(address(file), answer(file, "B", why_not=WHY))
    assert review.status_code == 200
    said = say(review)
    assert all(text in said for text in (WHY, why_not, "B. Two depots"))
    assert reading.post(address(file), answer(file, "B", why_not=WHY, step="seal")).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert (decision.option, decision.why_not) == ("B", WHY)
    printed = pdf.text(reading.get(reverse("governance:records:decision_record_pdf", args=[decision.pk])).content)
    record = reading.get(decision.get_absolute_url())
    for text in (say(reading.get(file.get_absolute_url())), say(record)):
        assert WHY in text
        assert against in text
    assert WHY.replace(" ", "") in "".join(printed.split())
    register = reverse("governance:register:register", args=[project_one.code])
    assert against in say(reading.get(register))
    others = reading.get(register, {"option": "other"}).text
    assert set(re.findall(r'href="(/decisions/\d+/)"', others)) == {decision.get_absolute_url()}


@pytest.mark.parametrize(("option", "outcome"), [("none", "approved"), ("B", "rejected"), ("A", "rework")])
def test_an_option_that_does_not_fit_the_answer_is_refused(
    option: str, outcome: str, reading: Any, file: Proposal
) -> None:
    refused = reading.post(address(file), answer(file, option, outcome, why_not=WHY))
    assert refused.status_code == 422
    assert set(refused.context["answer"].form.errors) == {"outcome"}
    assert WHY in refused.text


@pytest.mark.parametrize("option", ["", "D", "b", "A ", "\x00", "A\n"])
def test_an_option_from_elsewhere_is_refused(option: str, reading: Any, file: Proposal) -> None:
    refused = reading.post(address(file), answer(file, option))
    assert (refused.status_code, acts.reread(file).answer) in {(422, None), (400, None)}


def test_a_delegate_reads_that_an_option_is_beyond_the_cap(
    english: Any, delegate: Any, amoa: Any, pmo: Any, project_one: Project
) -> None:
    dear = {"B": {"amount": "20000.01", "terms": {}}}
    options = BUDGET["options"]
    file = acts.prepare(
        amoa, pmo, project=project_one, kind="minor_change", amount="100.00", options=options, alternatives=dear
    )
    refused = english(delegate).post(address(file), answer(file, "B", why_not=WHY))
    assert (refused.status_code, acts.reread(file).answer) == (422, None)
    assert "beyond your delegation" in say(refused)
    assert WHY in refused.text


def test_no_option_is_rejected_without_a_word_on_one(reading: Any, file: Proposal) -> None:
    assert reading.post(address(file), answer(file, "none", "rejected", step="seal")).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert (decision.outcome, decision.option, decision.why_not) == ("rejected", "", "")


def test_an_option_that_changes_nothing_says_so_everywhere(reading: Any, file: Proposal) -> None:
    nothing = WORDS[reading.language][3]
    review = reading.post(address(file), answer(file, "C", why_not=WHY))
    assert nothing in say(review)
    assert reading.post(address(file), answer(file, "C", why_not=WHY, step="seal")).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert nothing in say(reading.get(file.get_absolute_url()))
    assert nothing in say(reading.get(decision.get_absolute_url()))


def test_the_notice_says_that_another_option_was_taken(english: Any, owner: Any, pmo: Any, file: Proposal) -> None:
    acts.decide(owner, file, option="B", why_not=WHY)
    told = "option B of this proposal, where option A was recommended"
    assert told in say(english(pmo).get(reverse("projects:notices:notification_list")))
    notice = Notification.objects.select_related("event__project", "recipient").get(recipient=pmo, reason="decided")
    notice.recipient.language = "en"
    assert told in build_mail(notice).body


def test_the_notice_of_the_recommended_option_says_no_more_than_before(
    english: Any, owner: Any, pmo: Any, file: Proposal
) -> None:
    acts.decide(owner, file, option="A")
    assert "was recommended" not in say(english(pmo).get(reverse("projects:notices:notification_list")))


# — opinions —


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_adviser_names_an_option_or_none(
    language: str, client_of: Any, amoa: Any, pmo: Any, owner: Any, project_one: Project
) -> None:
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for preferred, shown in (("B", {"en": "Prefers option B", "fr": "Préfère l’option B"}[language]), ("", "")):
        file = acts.draft(amoa, project_one, "budget", **BUDGET)
        acts.submit(amoa, file)
        path = reverse("governance:dossier:proposal_advise", args=[file.pk])
        fields = {
            "fingerprint": acts.fingerprint(acts.reread(file)),
            "position": "favourable",
            "reasons": "It serves everybody.",
        }
        assert client.post(path, fields | {"preferred": "F", "step": "review"}).status_code == 422
        review = client.post(path, fields | {"preferred": preferred, "step": "review"})
        assert ("Two depots" in review.text) == bool(preferred)
        assert client.post(path, fields | {"preferred": preferred, "step": "send"}).status_code == 302
        assert Opinion.objects.get(revision__proposal=file).preferred == preferred
        assert shown in say(client.get(file.get_absolute_url()))


# — the form of a proposal —


def text(**more: str) -> dict[str, str]:
    """Return the fields of a complete proposal on the budget."""
    return {
        "version": "0",
        "kind": "budget",
        "title": "Pilot depot",
        "question": "Which depot opens first?",
        "context": "The pilot opens in March.",
        "options-TOTAL_FORMS": "3",
        "options-INITIAL_FORMS": "0",
        "options-0-title": "One depot",
        "options-1-title": "Two depots",
        "options-2-title": "Do nothing",
        "recommended": "A",
        "recommendation": "One depot is enough.",
        "impact_cost": "As said.",
        "risks": "None is known.",
        "evidence": "Study 7",
        "decide_by": str(timezone.localdate() + timezone.timedelta(30)),
        "terms-budget": "5 100 000",
        "options-1-changes": "own",
        "options-1-amount": "2 450 000",
        "options-1-own-budget": "6 550 000",
        **more,
    }


def test_an_author_says_what_each_option_changes(english: Any, amoa: Any, project_one: Project) -> None:
    client, path = english(amoa), reverse("governance:proposals:proposal_new", args=[project_one.code])
    assert client.post(path, text()).status_code == 302
    file = Proposal.objects.latest("pk")
    own = {"amount": "2450000.00", "terms": {"budget": "6550000.00"}}
    assert file.draft.alternatives == {"B": own}
    edit = reverse("governance:proposals:proposal_edit", args=[file.pk])
    form = client.get(edit).context["text"]
    row = form.rows()[1][1]
    assert (row["changes"].value(), row["amount"].value(), row["own-budget"].value()) == (
        "own",
        "2,450,000",
        "6,550,000",
    )
    same = text(version="1") | {"options-1-changes": "same", "options-1-amount": ""}
    assert client.post(edit, same).status_code == 302
    assert acts.reread(file).draft.alternatives == {"B": {"amount": "", "terms": {"budget": "5100000.00"}}}
    swapped = text(version="2", recommended="B") | {"options-0-changes": ""}
    assert client.post(edit, swapped).status_code == 302
    assert acts.reread(file).draft.alternatives == {}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"options-1-own-budget": "much"}, "options-1-own-budget"),
        ({"options-1-changes": "everything"}, "options-1-changes"),
        ({"options-1-amount": "-4"}, "options-1-amount"),
        ({"options-1-changes": "", "options-1-amount": "12"}, "options-1-amount"),
    ],
)
def test_what_cannot_be_read_of_an_option_is_said_and_kept(
    fields: dict[str, str], wrong: str, english: Any, amoa: Any, project_one: Project
) -> None:
    before = Proposal.objects.count()
    path = reverse("governance:proposals:proposal_new", args=[project_one.code])
    refused = english(amoa).post(path, text(**fields))
    assert refused.status_code == 422
    assert f'id="id_{wrong}' in refused.text
    assert refused.context["options"].forms[1].errors
    assert "Two depots" in refused.text
    assert Proposal.objects.count() == before


def test_an_option_of_its_own_lacks_what_its_kind_needs(english: Any, amoa: Any, project_one: Project) -> None:
    client, path = english(amoa), reverse("governance:proposals:proposal_new", args=[project_one.code])
    assert client.post(path, text() | {"options-1-own-budget": ""}).status_code == 302
    file = Proposal.objects.latest("pk")
    assert "Option B: Enter the new budget of the project." in say(client.get(file.get_absolute_url()))


def test_an_arbitration_records_each_option_even_without_changes(english: Any, amoa: Any, project_one: Project) -> None:
    client, path = english(amoa), reverse("governance:proposals:proposal_new", args=[project_one.code])
    fields = text(kind="arbitration") | {"options-1-changes": "", "options-1-amount": "9", "terms-budget": ""}
    assert client.post(path, fields).status_code == 302
    nothing = {"amount": "", "terms": {}}
    assert Proposal.objects.latest("pk").draft.alternatives == {"B": nothing | {"amount": "9.00"}, "C": nothing}


def test_what_changed_of_the_other_options_is_shown_between_two_texts(
    english: Any, amoa: Any, owner: Any, file: Proposal
) -> None:
    acts.decide(owner, file, Outcome.REWORK)
    other = {"B": {"amount": "2450000.00", "terms": {"budget": "7000000.00"}}, "C": {"amount": "", "terms": {}}}
    acts.edit(amoa, file, alternatives=other)
    assert "7000000.00" in say(english(amoa).get(file.get_absolute_url()))
    acts.edit(amoa, file, alternatives={"B": other["B"]})
    acts.submit(amoa, file)
    page = reverse("governance:dossier:dossier_revision", args=[file.pk, 2])
    assert "7000000.00" in say(english(owner).get(page))
