"""Send bad input: each answer is clear and in the reader's language, nothing crashes, is recorded or is lost."""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from governance.models import Decision, Opinion, Proposal
from tests import acts
from tests.conftest import StrictClient
from tests.database import undone
from tests.effort import in_turn
from tests.pages.test_access_matrix import Line, address
from tests.pages.test_ended_sessions import FORMS as FORMS_OF_PAGES
from tests.pages.test_ended_sessions import sender_of
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
#: A field of a page by its name.
NAMED_FIELD = re.compile(r'<(?:textarea|select|input)[^>]* name="([^"]+)"')
LONG, TOO_MUCH = 1_000_000, 3_000_000
INVISIBLE = ["", " \n\t ", "\u200b\u200d\ufeff", "\u00a0\u2003"]


@dataclass(frozen=True)
class Form:
    """An act with a form: its sender, its proposal of the cast, and its required visible fields."""

    act: str
    by: str
    on: str | None
    required: tuple[str, ...]
    prose: str


FORMS = {
    form.act: form
    for form in (
        Form("draft", "amoa", None, ("title",), "context"),
        Form("edit", "amoa", "draft", ("title",), "context"),
        Form("advise", "pmo", "submitted", ("reasons",), "reasons"),
        Form("decide", "owner", "ready_for_decision", ("reasons", "conditions-0-text"), "reasons"),
        Form("appoint", "owner", None, ("email",), "group"),
        Form("name_owner", "owner", None, ("email",), "email"),
        Form("end_mandate", "owner", None, ("because",), "because"),
        Form("delegate", "owner", None, ("email", "document"), "document"),
        Form("lift", "owner", "conditions_open", ("proof",), "proof"),
        Form("withdraw", "amoa", "ready_for_decision", ("reasons",), "reasons"),
    )
}
EACH_FORM = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def place_of(form: Form) -> int:
    """Return the place of a form among all of them."""
    return [*FORMS].index(form.act)


@pytest.fixture
def send(cast: dict[str, Any], proposal: Any, client_of: Any) -> Any:
    """Post a form with some changed fields; return the answer, which is never a crash, and the proposal."""

    def posted(form: Form, language: str = "en", **changes: Any) -> Any:
        path, fields = act(form.act, proposal(form.on) if form.on else None, **changes)
        client: StrictClient = client_of(cast[form.by])
        client.raise_request_exception = False
        answer = client.post(path, fields, headers={"accept-language": language})
        assert answer.status_code < 500, (form.act, changes)
        return answer

    return posted


def page(answer: Any) -> str:
    """Return the words of the answer."""
    return html.unescape(answer.content.decode())


def refuses(answer: Any, before: dict[str, int], status: int = 422) -> bool:
    """Return whether the answer has this status and nothing was recorded."""
    assert answer.status_code == status, answer.status_code
    return acts.count_evidence() == before


# — what is missing —


@EACH_FORM
def test_an_invisible_text_is_not_an_answer(form: Form, send: Any) -> None:
    """Leave out each required text; all that is invisible at once, and by itself in turn."""
    before = acts.count_evidence()
    for place, name in enumerate(form.required):
        for nothing in ("".join(INVISIBLE), *in_turn(place_of(form) + place, INVISIBLE)):
            answer = send(form, **{name: nothing})
            assert refuses(answer, before), (name, nothing)
            assert "error-summary" in page(answer), (name, nothing)


@EACH_FORM
def test_an_empty_form_is_refused_in_its_language(form: Form, cast: Any, proposal: Any, client_of: Any) -> None:
    path, _ = act(form.act, proposal(form.on) if form.on else None)
    before = acts.count_evidence()
    for language in in_turn(place_of(form), ("en", "fr")):
        answer = client_of(cast[form.by]).post(path, {}, headers={"accept-language": language})
        assert answer.status_code in {409, 422}
        assert f'<html lang="{language}"' in page(answer)
    assert acts.count_evidence() == before


def test_the_message_is_in_the_language_of_the_page(send: Any) -> None:
    with override("fr"):
        message = gettext("There is a problem")
    assert message != "There is a problem"
    assert message in page(send(FORMS["lift"], language="fr", proof=""))


# — what is too much —


@EACH_FORM
def test_a_megabyte_is_refused_and_stays_on_the_page(form: Form, send: Any) -> None:
    before = acts.count_evidence()
    answer = send(form, **{form.prose: "é" * (LONG // 2)})
    assert refuses(answer, before)
    assert "é" * (LONG // 2) in page(answer)


@EACH_FORM
def test_three_megabytes_are_refused_by_a_page_that_says_so(form: Form, send: Any) -> None:
    before = acts.count_evidence()
    for language in in_turn(place_of(form), ("en", "fr")):
        answer = send(form, language=language, **{form.prose: "a" * TOO_MUCH})
        assert refuses(answer, before, 400)
        with override(language):
            assert gettext("The request cannot be read") in page(answer)


def test_a_form_of_thousands_of_fields_is_refused(send: Any) -> None:
    before = acts.count_evidence()
    assert refuses(send(FORMS["lift"], **{f"extra-{n}": "1" for n in range(2000)}), before, 400)


# — what cannot be kept —


@EACH_FORM
def test_a_null_character_is_refused_in_every_field(form: Form, proposal: Any, send: Any) -> None:
    before = acts.count_evidence()
    _, fields = act(form.act, proposal(form.on) if form.on else None)
    for name in fields:
        with undone():
            answer = send(form, **{name: "a\x00b"})
            if name != "step":
                assert answer.status_code in {409, 422}, name
                assert acts.count_evidence() == before, name


@EACH_FORM
def test_bytes_that_are_no_text_never_crash(form: Form, cast: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act(form.act, proposal(form.on) if form.on else None)
    client = client_of(cast[form.by])
    for raw in ("%ED%A0%80", "%FF%FE", "%C3", "%F4%90%80%80"):
        body = urlencode({**fields, form.prose: "@"}).replace("%40", f"Lone {raw} end")
        with undone():
            answer = client.post(path, body, content_type=FORM)
            assert answer.status_code in {200, 302, 409, 422}
            if form.act == "decide":
                assert "Lone" in Decision.objects.latest("pk").reasons


@EACH_FORM
def test_a_body_that_is_no_form_is_answered(form: Form, cast: Any, proposal: Any, client_of: Any) -> None:
    path, _ = act(form.act, proposal(form.on) if form.on else None)
    client = client_of(cast[form.by])
    before = acts.count_evidence()
    for kind, body in (
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/json", b"{"),
        ("text/plain", b"\x00\xff"),
    ):
        assert client.post(path, body, content_type=kind).status_code in {400, 409, 422}, kind
    assert acts.count_evidence() == before


# — every field of every form —

#: Hidden fields that pages add to forms, and those of other forms: any may come with any text.
ADDED = ("draft", "draft_page", "step", "seen", "read", "base", "version", "fingerprint", "next", "is_another", "one")
NUL, TURNED = "a\x00b", "EUR \u202e000,01\u202c"
EVERY = [
    pytest.param(place, name, line, id=f"{name}-{line.on or '-'}")
    for place, (name, line) in enumerate(FORMS_OF_PAGES)
    if sender_of(line)
]


@pytest.mark.parametrize(("place", "name", "line"), EVERY)
def test_no_field_of_any_form_ends_in_an_error_or_keeps_what_nobody_sees(
    place: int, name: str, line: Line, cast: Any, proposal: Any, client_of: Any
) -> None:
    """Send a text to fields in turn, two to all at once, and one in fields that the form does not have."""
    path, client = address(name, line, proposal), client_of(cast[sender_of(line)])
    if line.act:
        fields = act(line.act, proposal(line.on) if line.on else None)[1]
    else:
        shown = page(client.get(path)).partition("<main")[2]
        fields = dict.fromkeys(NAMED_FIELD.findall(shown), "Words")
    client.raise_request_exception = False
    texts = {field: value for field, value in fields.items() if isinstance(value, str)}
    sent = [{field: text} for text in in_turn(place, (NUL, TURNED)) for field in in_turn(place, [*texts])]
    much = "é" * (LONG // 2 // max(1, len(texts)))
    sent += [dict.fromkeys(texts, text) for text in (TURNED, *in_turn(place, (NUL, much)))]
    sent += [dict.fromkeys({*ADDED} - {*fields}, text) for text in in_turn(place // 2, (NUL, TURNED))]
    sent += [{"draft_page": NUL}]  # alone: the form is sent, then its draft is looked for
    for changes in sent:
        with undone():
            answer = client.post(path, fields | changes)
            assert answer.status_code < 500, changes
            body = b"" if answer.streaming else answer.content
            assert TURNED[4].encode() not in body, changes


# — what makes no sense —

WRONG = {
    "kind": ["", "war", "change ", "CHANGE", "0"],
    "recommended": ["Z", "AB", "a"],
    "amount": ["-1", "NaN", "Infinity", "1e30", "9" * 40, "twelve", "1.2.3", "--5", "0x10", "12,345.678"],
    "decide_by": ["tomorrow", "2026-02-30", "0000-00-00", "99999-01-01", "9999-12-31", "1999-01-01", "٢٠٢٦-١٢-٠١"],
    "version": ["", "-1", "x", "9" * 30, "1.5"],
    "options-TOTAL_FORMS": ["", "x", "-1", "99999999999999999999", "1000"],
    "options-INITIAL_FORMS": ["", "x"],
    "conditions-TOTAL_FORMS": ["", "x", "-1", "99999999999999999999", "1000"],
    "conditions-INITIAL_FORMS": ["", "x"],
    "conditions-0-role": ["", "MOA", "KING", "amoa"],
    "conditions-0-due_on": ["", "soon", "2026-02-30", "1999-01-01", "9999-12-31"],
    "outcome": ["", "maybe", "APPROVED", "approved\n"],
    "position": ["", "maybe", "FAVOURABLE"],
    "fingerprint": ["", "x", "0" * 64, "f" * 63, "A" * 64, "0" * 100_000],
}
#: Fields of the form of a new proposal, which sends all of these values; the same form edits one.
SHARED = {"kind", "amount", "decide_by", "options-TOTAL_FORMS"}
CASES = [
    pytest.param(FORMS[name], field, id=f"{name}-{field}")
    for name, fields in {
        "draft": ("kind", "recommended", "amount", "decide_by", "options-TOTAL_FORMS", "options-INITIAL_FORMS"),
        "edit": ("kind", "version", "amount", "decide_by", "options-TOTAL_FORMS"),
        "advise": ("position", "fingerprint"),
        "decide": (
            "outcome",
            "fingerprint",
            "conditions-TOTAL_FORMS",
            "conditions-INITIAL_FORMS",
            "conditions-0-role",
            "conditions-0-due_on",
        ),
    }.items()
    for field in fields
]


@pytest.mark.parametrize(("form", "field"), CASES)
def test_a_value_that_makes_no_sense_is_refused_and_the_text_stays(form: Form, field: str, send: Any) -> None:
    before = acts.count_evidence()
    for value in in_turn(len(field), WRONG[field], 2) if form.act == "edit" and field in SHARED else WRONG[field]:
        with undone():
            answer = send(form, **{field: value, form.prose: "These words stay with me."})
            assert answer.status_code in {409, 422}, (field, value, answer.status_code)
            assert acts.count_evidence() == before, (field, value)
            assert "These words stay with me." in page(answer), (field, value)


def test_an_amount_is_read_as_people_write_it(amoa: Any, send: Any) -> None:
    for typed, amount in (("38 000,50", "38000.50"), ("38,000.50 €", "38000.50"), ("12\u202f000", "12000.00")):
        with undone():
            assert send(FORMS["draft"], amount=typed).status_code == 302
            assert str(Proposal.objects.latest("pk").draft.amount) == amount


@EACH_FORM
def test_fields_that_nobody_asked_for_change_nothing(form: Form, cast: Any, proposal: Any, send: Any) -> None:
    extra = {
        "actor": cast["recipient"].pk,
        "decided_by": cast["recipient"].pk,
        "adviser": cast["recipient"].pk,
        "author": cast["recipient"].pk,
        "acted_at": "2001-01-01",
        "state": "decided",
        "project": 2,
        "role": "MOA",
        "id": 1,
        "pk": 1,
        "entered_afterwards": "1",
        "number": 99,
        "mandate": 1,
        "author_role": "MOA",
    }
    _, fields = act(form.act, proposal(form.on) if form.on else None)
    assert send(form, **{name: value for name, value in extra.items() if name not in fields}).status_code == 302
    if form.act == "decide":
        decision = Decision.objects.latest("pk")
        assert (decision.decided_by, decision.entered_afterwards) == (cast["owner"], False)
        assert decision.acted_at.year > 2001
    if form.act == "advise":
        assert Opinion.objects.latest("pk").adviser == cast["pmo"]
    if form.act == "draft":
        drafted = Proposal.objects.latest("pk")
        assert (drafted.author, drafted.author_role, drafted.state) == (cast["amoa"], "AMOA", "draft")


def test_another_row_of_a_form_keeps_what_was_typed(send: Any) -> None:
    for form, button in ((FORMS["decide"], "add_condition"), (FORMS["draft"], "add_option")):
        for count in ("1", "", "x", "-5", "9" * 30, "٣"):
            name = "conditions-TOTAL_FORMS" if form.act == "decide" else "options-TOTAL_FORMS"
            before = acts.count_evidence()
            answer = send(form, **{button: "1", name: count, form.prose: "These words stay with me."})
            assert refuses(answer, before, 200)
            assert "These words stay with me." in page(answer)


# — addresses —


@pytest.mark.parametrize(
    "path",
    [
        "/proposals/0/",
        "/proposals/99999999999999999999/",
        "/proposals/99999999999999999999/history/",
        "/proposals/-1/",
        "/proposals/1.5/",
        "/proposals/٣/",
        "/projects/%00/",
        "/projects/ONE%00/",
        "/projects/one/",
        "/projects/ONE'--/",
        "/projects/%F0%9F%8E%AF/",
        "/projects/%FF/",
        f"/projects/{'A' * 5000}/",
        "/projects/ONE/x/",
        "/conditions/99999999999999999999/lift/",
        "/nothing/",
        "/..%2f..%2fetc/passwd",
        "/static/none.css",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_leads_nowhere_is_a_page_that_says_so(
    path: str, method: str, owner: Any, client_of: Any
) -> None:
    client = client_of(owner)
    client.raise_request_exception = False
    answer = getattr(client, method)(path)
    assert answer.status_code in {404, 405}
    if answer.status_code == 404:
        assert "<h1" in page(answer)


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999"])
def test_a_revision_that_does_not_exist_is_absent(number: str, owner: Any, proposal: Any, client_of: Any) -> None:
    path = f"{proposal('decided').get_absolute_url()}revisions/{number}/"
    assert client_of(owner).get(path).status_code == 404


BEFORE = ["", "0", "-1", "x", "1.5", "9" * 400, "٣", "\x00", "1'--", "[]"]


PARAMETERS = ("before", "state", "outcome", "page", "next", "after", "when", "kind", "project", "group")


@pytest.mark.parametrize(
    ("place", "name", "args"),
    [
        (0, "governance:register:register", ["ONE"]),
        (1, "governance:proposals:proposal_list", ["ONE"]),
        (2, "projects:notices:notification_list", []),
        (3, "governance:dossier:dossier_history", ["decided"]),
        (4, "governance:inbox:inbox", []),
    ],
)
def test_parameters_that_make_no_sense_are_ignored(
    place: int, name: str, args: list[str], owner: Any, proposal: Any, client_of: Any
) -> None:
    client = client_of(owner)
    client.raise_request_exception = False
    path = reverse(name, args=[proposal("decided").pk] if args == ["decided"] else args)
    for value in BEFORE:
        assert client.get(path, dict.fromkeys(PARAMETERS, value)).status_code == 200, value
    for value in in_turn(place, BEFORE, 3):  # beside the last one, which counts
        repeated = "&".join(f"{parameter}={quote(value)}&{parameter}=%FF" for parameter in PARAMETERS)
        assert client.get(f"{path}?{repeated}").status_code == 200, value


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "\x00",
        " //evil.example",
        "/\nX-Injected: 1",
        "",
        "///evil.example",
        "https:evil.example",
        "http://[x]",
        "http://[x].evil.example/",
        "//[evil.example",
        "http://[::1]:evil/",
        "https://evil.example:99999999/",
    ],
)
def test_nobody_is_sent_elsewhere(target: str, client: Any, owner: Any, client_of: Any) -> None:
    signed_in = client_of(owner)
    answers = [
        client.post(reverse("roles:preferences"), {"language": "fr", "next": target}),
        signed_in.post(reverse("roles:preferences"), {"theme": "dark", "next": target}),
        client.post(reverse("account_login"), {"login": owner.email, "password": "ouvrage-cast", "next": target}),
        client_of(owner).get(reverse("account_login"), {"next": target}),
        client_of(owner).post(reverse("account_login"), {"next": target}),
        signed_in.post(reverse("account_logout"), {"next": target}),
    ]
    for page_with_next in (reverse("account_login"), reverse("account_logout"), reverse("account_reset_password")):
        assert StrictClient().get(page_with_next, {"next": target}).status_code in {200, 302}
    for answer in answers:
        assert answer.status_code == 302
        assert "evil" not in answer["Location"].replace("/%0AX", "")
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", "[::1", ""])
def test_an_unknown_host_is_refused(host: str, client: Any) -> None:
    client.raise_request_exception = False
    answer = client.get(reverse("account_login"), headers={"host": host, "accept-language": "fr"})
    assert answer.status_code == 400
    assert "evil" not in page(answer)


def test_headers_and_cookies_that_make_no_sense_are_ignored(client: Any) -> None:
    client.cookies.load(
        {"theme": 'dark" onload=x', "sessionid": "x" * 4000, "django_language": "../../etc", "csrftoken": "é"}
    )
    for language in ("xx", "fr;q=x", "," * 3000, "*", "\x00"):
        answer = client.get(reverse("account_login"), headers={"accept-language": language})
        assert answer.status_code == 200
        assert "onload" not in page(answer)


@pytest.mark.parametrize("key", ["1-x", "zzzzzzzzzzzzzzzzzzzzzzzz-x", "1-" + "y" * 3000, "0-set-password"])
def test_a_made_up_key_for_a_new_password_leads_nowhere(key: str, client: Any) -> None:
    client.raise_request_exception = False
    for answer in (client.get(f"/password/reset/{key}/"), client.post(f"/password/reset/{key}/", {"password1": "a"})):
        assert answer.status_code in {200, 302, 404}


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_the_forms_of_visitors_hold_too(name: str, client: Any) -> None:
    client.raise_request_exception = False
    for value in (*INVISIBLE, "\x00", "a" * LONG, "é@é", "a@b@c", "x@example.org\r\nBcc: y@example.org"):
        for fields in ({"login": value, "email": value, "password": "x"}, {"login": "x@y.org", "password": value}):
            assert client.post(reverse(name), fields).status_code in {200, 429}, value[:20]
    assert client.post(reverse(name), {"login": "a" * TOO_MUCH, "email": "a" * TOO_MUCH}).status_code == 400
