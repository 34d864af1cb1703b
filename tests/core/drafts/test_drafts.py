"""Test the drafts of forms: saved while one types, offered back to their writer alone, erased once sent or old."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.contrib.admin import site
from django.utils import timezone

from core.forms import ProseField
from core.pages.drafts import store
from core.pages.drafts.models import LONGEST, FormDraft, write_fields
from core.pages.drafts.tasks import erase_drafts
from core.pages.drafts.views import has_prose, save_draft
from governance.record.erasure.services import erase_person
from projects.people.accounts.services import close_account
from roles.models import User
from tests import acts
from tests.attacks import Attacks
from tests.database import owning
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

WORDS = "Two evenings of work are in these words."
#: Acts with a long form: who writes, the state of the proposal, and the field of the words.
LONG = {
    "draft": ("amoa", None, "context"),
    "edit": ("amoa", "draft", "context"),
    "advise": ("pmo", "submitted", "reasons"),
    "decide": ("owner", "ready_for_decision", "reasons"),
    "withdraw": ("amoa", "ready_for_decision", "reasons"),
    "prove": ("amoa", "conditions_open", "proof"),
    "write_requirement": ("amoa", None, "statement"),
    "edit_requirement": ("amoa", None, "statement"),
    "ask": ("amoa", None, "text"),
    "edit_standard": ("pmo", None, "purpose_en"),
    "raise_risk": ("recipient", None, "cause"),
    "publish_weather": ("pmo", None, "comment"),
    "propose_criterion": ("pmo", None, "text"),
    "note_lesson": ("recipient", None, "lesson"),
    "write_impact": ("amoa", None, "measure"),
}


class Form:
    """A form of the contract of the cast as one person fills it in a browser."""

    def __init__(self, client: Any, name: str, proposal: Any = None) -> None:
        self.client, self.name, self.proposal = client, name, proposal
        self.path, self.fields = act(name, proposal)
        self.page = proposal.get_absolute_url() if name in {"advise", "decide"} else self.path
        self.text = self.open()

    def open(self) -> str:
        """Open the page, and take its token along."""
        return self.read(self.client.get(self.page))

    def read(self, answer: Any) -> str:
        """Return the words of a page, and take its token along."""
        self.text = html.unescape(answer.content.decode())
        found = re.search(rf'name="draft_page" value="([0-9a-f]{{32}})" data-draft="{self.path}"', self.text)
        assert found, self.text[:2000]
        self.fields["draft_page"] = found[1]
        return self.text

    def save(self, **typed: str) -> Any:
        """Save what is typed, as the script does."""
        return self.client.post(self.path, self.fields | typed | {"draft": "save"})

    def ask(self, what: str, **typed: str) -> str:
        """Use or delete the draft by its button."""
        answer = self.client.post(self.path, self.fields | typed | {"draft": what})
        assert answer.status_code == 200
        return self.read(answer)

    def send(self, **typed: str) -> Any:
        """Send the form, and confirm where it is read once more first."""
        return self.client.post(self.path, self.fields | typed)


@pytest.fixture
def opinion(english: Any, pmo: Any, proposal: Any) -> Form:
    """Return the form of the PMO's opinion."""
    return Form(english(pmo), "advise", proposal("submitted"))


@pytest.mark.parametrize("name", LONG)
def test_a_long_form_is_saved_offered_back_used_and_erased_once_it_is_sent(
    name: str, cast: Any, english: Any, proposal: Any
) -> None:
    member, state, field = LONG[name]
    form = Form(english(cast[member]), name, proposal(state) if state else None)
    answer = form.save(**{field: WORDS})
    now = f"{timezone.localtime(FormDraft.objects.get().saved_at):%H:%M}"
    told = {key: text for key, text in answer.json().items() if key != "shown"}
    assert told == {"line": f"Saved at {now}", "lost": f"Not saved since {now}"}
    assert WORDS not in form.open()
    assert f"at {now} and did not send it." in form.text
    assert "has changed since" not in form.text
    assert WORDS in form.ask("use")
    assert "It is not sent." in form.text
    assert form.send(**{field: WORDS}).status_code == 302
    assert not FormDraft.objects.exists()


def test_a_draft_is_saved_again_by_its_page_and_again_after_it_is_used(opinion: Form) -> None:
    assert opinion.save(reasons="First words").status_code == 200
    assert opinion.save(reasons="Second words").status_code == 200
    opinion.open()
    assert "Second words" in opinion.ask("use")
    assert opinion.save(reasons="Third words").status_code == 200
    opinion.open()
    assert "Third words" in opinion.ask("use")


def test_a_text_that_waits_is_not_overwritten_by_another_page(opinion: Form) -> None:
    opinion.save(reasons=WORDS)
    opinion.open()
    answer = opinion.save(reasons="Other words")
    assert answer.status_code == 409
    assert "another text of yours" in answer.json()["line"]
    assert WORDS in opinion.ask("use", reasons="Other words")


def test_a_deleted_draft_is_gone_and_what_was_typed_meanwhile_stays(opinion: Form) -> None:
    opinion.save(reasons=WORDS)
    opinion.open()
    page = opinion.ask("delete", reasons="Other words")
    assert ("Other words" in page, WORDS in page, "did not send it" in page) == (True, False, False)
    assert not FormDraft.objects.exists()
    assert opinion.save(reasons="Other words").status_code == 200


def test_what_was_sent_is_erased_and_a_text_that_waits_beside_it_stays(english: Any, amoa: Any) -> None:
    form = Form(english(amoa), "write_requirement")
    form.save(statement=WORDS)
    form.open()
    assert form.send().status_code == 302
    form.open()
    assert WORDS in form.ask("use")


def test_a_review_keeps_the_draft_until_the_form_is_recorded(opinion: Form) -> None:
    opinion.save(reasons=WORDS)
    del opinion.fields["draft_page"]  # the page that shows the opinion once more has no draft
    assert opinion.send(step="review", reasons=WORDS).status_code == 200
    page = opinion.read(opinion.send(step="change", reasons=WORDS))
    assert "did not send it" not in page
    assert opinion.save(reasons=WORDS + " More.").status_code == 200
    del opinion.fields["draft_page"]
    assert opinion.send(step="send", reasons=WORDS).status_code == 302
    assert not FormDraft.objects.exists()


def test_a_form_that_is_refused_keeps_its_draft(english: Any, amoa: Any) -> None:
    form = Form(english(amoa), "write_requirement")
    form.save(statement=WORDS)
    answer = form.send(title="")
    assert answer.status_code == 422
    assert "did not send it" not in form.read(answer)
    assert FormDraft.objects.count() == 1


def test_a_draft_says_that_the_object_changed_since_and_is_sent_all_the_same(
    english: Any, amoa: Any, proposal: Any
) -> None:
    form = Form(english(amoa), "edit", proposal("draft"))
    form.save(context=WORDS)
    assert "has changed since" not in form.open()
    acts.edit(amoa, form.proposal)
    form.proposal.draft.refresh_from_db()
    form.fields["version"] = str(form.proposal.draft.version)
    assert "has changed since" in form.open()
    page = form.ask("use")
    assert "Your text will replace what it says now." in page
    assert f'name="version" value="{form.proposal.draft.version}"' in page
    assert form.send(context=WORDS).status_code == 302


def test_a_revision_submitted_meanwhile_is_told_to_who_decides(
    english: Any, owner: Any, amoa: Any, proposal: Any
) -> None:
    form = Form(english(owner), "decide", proposal("ready_for_decision"))
    form.save(reasons=WORDS)
    acts.edit(amoa, form.proposal)
    acts.submit(amoa, form.proposal)
    assert "has changed since" in form.open()


def test_nobody_reads_the_draft_of_another_person(opinion: Form, cast: Any, english: Any) -> None:
    opinion.save(reasons=WORDS)
    for member in ("amoa", "owner", "staff_admin", "superuser"):
        client = english(cast[member])
        assert WORDS not in client.get(opinion.page).text
        answer = client.post(opinion.path, opinion.fields | {"draft": "use"})
        assert (WORDS in answer.content.decode(), "did not send it" in answer.content.decode()) == (False, False)
        client.post(opinion.path, opinion.fields | {"draft": "delete"})
    assert english(cast["outsider"]).post(opinion.path, opinion.fields | {"draft": "use"}).status_code == 404
    assert FormDraft.objects.get().fields["reasons"] == WORDS


def test_no_administrator_has_a_list_of_drafts() -> None:
    assert not site.is_registered(FormDraft)


def test_only_who_may_send_a_form_saves_a_draft_of_it(opinion: Form, cast: Any, english: Any) -> None:
    assert english(cast["outsider"]).post(opinion.path, opinion.fields | {"draft": "save"}).status_code == 404
    assert english(cast["owner"]).post(opinion.path, opinion.fields | {"draft": "save"}).status_code == 403
    assert english(cast["anonymous"]).post(opinion.path, opinion.fields | {"draft": "save"}).status_code == 302
    assert not FormDraft.objects.exists()


def test_a_draft_has_only_the_fields_of_its_form(opinion: Form) -> None:
    opinion.save(reasons=WORDS, role="MOA", step="send")
    assert set(FormDraft.objects.get().fields) == {"fingerprint", "position", "reasons"}


class SecretForm(forms.Form):
    text = ProseField()
    password = forms.CharField(widget=forms.PasswordInput)
    file = forms.FileField()


def test_a_draft_has_no_secret_and_no_file(rf: Any, pmo: Any) -> None:
    sent = {"text": WORDS, "password": "secret", "file": "bytes", "draft": "save", "draft_page": "0" * 32}
    request = rf.post("/", sent)
    request.user = pmo
    assert save_draft(request, SecretForm(request.POST)).status_code == 200
    assert FormDraft.objects.get().fields.dict() == {"text": WORDS}


def test_a_draft_is_encrypted_at_rest_and_gone_with_the_key(opinion: Form, settings: Any) -> None:
    opinion.save(reasons=WORDS)
    assert "evenings" not in FormDraft.objects.get().body
    settings.SECRET_KEY = "another key" * 5
    pmo = User.objects.get(email="pmo@example.org")
    assert store.find(pmo, opinion.path) is None
    store.keep(pmo, opinion.path, "1" * 32, write_fields({"reasons": ["New words"]}))
    assert FormDraft.objects.get().fields["reasons"] == "New words"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"draft_page": ""}, 400),
        ({"draft_page": "../etc"}, 400),
        ({"draft_page": "A" * 32}, 400),
        ({"reasons": "x" * 300_000}, 413),
        ({"reasons": "\x00 and \ud7ff"}, 200),
        ({"position": "nonsense", "reasons": ""}, 200),
    ],
)
def test_hostile_input_is_refused_or_kept_as_text(typed: dict[str, str], status: int, opinion: Form) -> None:
    assert opinion.save(**typed).status_code == status
    assert FormDraft.objects.exists() == (status == 200)
    opinion.open()


def test_saving_is_bounded_in_rate_and_number(opinion: Form, pmo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [opinion.save().status_code for _ in range(62)]
    assert (answers[0], answers[-1]) == (200, 429)
    monkeypatch.setattr(store, "MOST", 3)
    for number in range(5):
        store.keep(pmo, f"/{number}/", "0" * 32, write_fields({}))
    assert set(FormDraft.objects.values_list("form", flat=True)) == {"/2/", "/3/", "/4/"}


def test_a_draft_is_erased_after_thirty_days(opinion: Form) -> None:
    opinion.save(reasons=WORDS)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert erase_drafts() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert (erase_drafts(), erase_drafts()) == (1, 0)


def test_drafts_go_with_the_account(opinion: Form, pmo: Any, staff_admin: Any) -> None:
    opinion.save(reasons=WORDS)
    close_account(actor=staff_admin, person=pmo)
    assert not FormDraft.objects.exists()


def test_drafts_go_with_the_person(opinion: Form, pmo: Any, staff_admin: Any) -> None:
    opinion.save(reasons=WORDS)
    with owning():
        erase_person(actor=staff_admin, person=pmo, because="Request of 3 December.")
    assert not FormDraft.objects.exists()


def test_a_draft_leaves_no_event_and_no_history(opinion: Form) -> None:
    before = acts.count_evidence()
    opinion.save(reasons=WORDS)
    opinion.ask("use")
    assert acts.count_evidence() == before


def test_a_form_without_a_text_area_keeps_no_draft(staff_admin: Any, english: Any) -> None:
    assert not has_prose(forms.Form())
    assert "draft_page" not in english(staff_admin).get("/people/invite/").content.decode()


# — the database —


def _add(**changes: Any) -> None:
    person = User.objects.get(email="pmo@example.org")
    FormDraft.objects.create(**{"account": person, "form": "/", "page": "0" * 32, "body": ""} | changes)


def _add_twice() -> None:
    _add()
    _add(page="1" * 32)


ATTACKS = Attacks(
    constraints={
        "one_draft_per_person_and_form": _add_twice,
        "a_draft_is_bounded": lambda: _add(body="x" * (LONGEST + 1)),
    }
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused(guard: str, cast: Any) -> None:
    ATTACKS.prove(guard)


def test_the_largest_draft_fits(cast: Any) -> None:
    _add(body=write_fields({"text": ["x" * 299_000]}))
