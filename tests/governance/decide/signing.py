"""Reviews of decisions and opinions in the browser of their signatory, and passkeys that sign them."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from fido2.utils import websafe_encode

from governance.models import Decision, Opinion, Proposal
from projects.models import Credential
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from roles.models import User
from roles.passkeys.keys import store_key
from tests.authenticator import PRESENT, Authenticator
from tests.pages.visits import act

ENGLISH = {"accept-language": "en"}


def give_passkey(person: User, authenticator: Authenticator) -> Credential:
    """Give a person a passkey that counts at once, as the session of the invitation link does."""
    if not person.credentials.filter(kind=CredentialKind.PASSWORD).exists():
        give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.FIRST)
    store_key(person, authenticator.as_new_key())
    return give_credential(
        actor=person,
        person=person,
        kind=CredentialKind.PASSKEY,
        origin=Origin.FIRST,
        public_key=authenticator.public_key,
        credential_id=authenticator.credential_id,
    )


class Review:
    """The review of a decision in the browser of its signatory, as it asks for a signature."""

    act, step, model = "decide", "seal", Decision

    def __init__(self, person: User, file: Proposal, **more: str) -> None:
        self.file = file
        self.browser = Client(headers=ENGLISH)
        self.browser.force_login(person)
        self.path, self.fields = act(self.act, file, then=False, **more)
        self.read(self.browser.post(self.path, self.fields).text)

    def read(self, page: str) -> None:
        """Read what a page of the review asks to sign."""
        self.page = page
        found = re.search(r'data-signature="([^"]+)"', page)
        self.options = json.loads(html.unescape(found[1])) if found else {}
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        self.nonce = html.unescape(nonce[1]) if nonce else ""
        self.fields["foreseen"] = "".join(re.findall(r'name="foreseen" value="([0-9a-f]*)"', page))

    def record(self, assertion: str, step: str = "", **more: str) -> Any:
        """Send the form with this assertion."""
        sent = {**self.fields, "step": step or self.step, "nonce": self.nonce, "assertion": assertion, **more}
        return self.browser.post(self.path, sent)

    @property
    def rows(self) -> int:
        """Return how often the file was decided, or advised on."""
        return self.model._default_manager.filter(revision=self.file.current_id).count()


class OpinionReview(Review):
    """The review of an opinion in the browser of its adviser."""

    act, step, model = "advise", "send", Opinion


def _other(challenge: str) -> str:
    return websafe_encode(b"\x00" * 32) if challenge else ""


#: Answers of a browser that are no signature of the review.
REFUSED: dict[str, Callable[[Authenticator, dict[str, Any]], str]] = {
    "nothing": lambda key, options: "",
    "no JSON": lambda key, options: "{",
    "a list": lambda key, options: "[]",
    "null": lambda key, options: "null",
    "another kind of JSON": lambda key, options: '{"response": 1}',
    "too long": lambda key, options: json.dumps({"x": "x" * 30_000}),
    "nested": lambda key, options: "[" * 19_000,
    "another hash": lambda key, options: key.answer(options, challenge=_other(options["challenge"])),
    "another origin": lambda key, options: key.answer(options, at="https://ouvrage.example.net"),
    "another address": lambda key, options: key.answer(options, of="example.net"),
    "a registration": lambda key, options: key.answer(options, kind="webauthn.create"),
    "inside another page": lambda key, options: key.answer(options, crossOrigin=True),
    "nobody verified": lambda key, options: key.answer(options, flags=PRESENT),
    "nobody present": lambda key, options: key.answer(options, flags=0),
    "another key": lambda key, options: Authenticator().answer(options),
}
