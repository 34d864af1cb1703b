"""Act as a person at a running instance without a browser: sign in, read pages, post forms. One per thread."""

import copy
import email
import email.policy
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

#: The field of the page that asks who one is, after 15 minutes.
CONFIRM = "reauthenticate-password"


@dataclass(frozen=True)
class Answer:
    """The response, redirects not followed."""

    status: int
    text: str
    location: str
    seconds: float


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


class Visitor:
    """Talk to one instance (as described by `tools.servers.scratch`) with the cookies of one person."""

    def __init__(self, instance: dict[str, Any], cookies: CookieJar | None = None) -> None:
        self.instance = instance
        self.password = ""
        self.cookies = CookieJar()
        for cookie in cookies or ():
            self.cookies.set_cookie(copy.copy(cookie))
        self.opener = urllib.request.build_opener(_StayHere, urllib.request.HTTPCookieProcessor(self.cookies))

    def again(self) -> "Visitor":
        """Copy the person for another thread."""
        other = Visitor(self.instance, self.cookies)
        other.password = self.password
        return other

    def sign_in(self, member: str) -> "Visitor":
        """Sign in with the password of the cast."""
        user = self.instance["users"][member]
        self.get("/sign-in/")
        assert self.post("/sign-in/", {"login": user["email"], "password": user["password"]}).status == 302
        self.password = user["password"]
        return self

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._ask(path, None)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        """Send a form with its token, and with the password when the page asks for it once more."""
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "")
        answer = self._ask(path, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode())
        if answer.status == 403 and f'name="{CONFIRM}"' in answer.text and CONFIRM not in fields:
            return self.post(path, {**fields, CONFIRM: self.password})
        return answer

    def act(self, name: str, *, then: bool = True, changes: dict[str, Any] | None = None, **values: Any) -> Answer:
        """Perform an act of the contract without its review; `values` fill its address and fields."""
        described = self.instance["acts"][name]
        fields = {**described["fields"], **(described.get("then", {}) if then else {}), **(changes or {})}
        filled = {key: filled_in(str(text), values) for key, text in fields.items()}
        return self.post(filled_in(described["url"], values), filled)

    def _ask(self, path: str, data: bytes | None) -> Answer:
        began = time.monotonic()
        request = urllib.request.Request(self.instance["base_url"] + path, data, {"Accept-Language": "en"})
        try:
            response = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = response.read().decode(errors="replace")
            return Answer(response.status, text, response.headers.get("Location", ""), time.monotonic() - began)


def filled_in(text: str, values: dict[str, Any]) -> str:
    """Fill a template of the contract; `{today+N}` is a day."""
    text = re.sub(r"\{today\+(\d+)\}", lambda found: str(date.today() + timedelta(int(found[1]))), text)
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), text)


def known(instance: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the values that an act on this proposal of the cast needs."""
    described = instance["proposals"][key]
    values = {"proposal": described["id"], "version": described["version"], "fingerprint": described["fingerprint"]}
    return {**values, "project": described["project"].upper(), "condition": next(iter(described["conditions"]), 0)}


def hidden(page: Answer, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, f"no field {name} on the page"
    return found[1]


class _Fields(HTMLParser):
    """Collect the fields of a page as a browser would post them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the value of an input, and of a selected option; begin a select or a text area."""
        values = {name: value or "" for name, value in attrs}
        name = "" if "disabled" in values else values.get("name", "")
        is_box = values.get("type") in {"checkbox", "radio"}
        if tag == "input" and name and (not is_box or "checked" in values):
            self.found[name] = values.get("value", "on" if is_box else "")
        elif tag in {"select", "textarea"}:
            self.open = name
            self.found |= {name: ""} if name else {}
        elif tag == "option" and self.open and "selected" in values:
            self.found[self.open] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        """Take the text of a text area: an option is read by its value."""
        if self.open and self.lasttag == "textarea":
            self.found[self.open] += data if self.found[self.open] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a select or a text area."""
        if tag in {"select", "textarea"}:
            self.open = ""


def fields(page: Answer, prefix: str) -> dict[str, str]:
    """Return the fields of a page whose names begin like this, as a browser would post them."""
    reader = _Fields()
    reader.feed(page.text)
    return {name: value for name, value in reader.found.items() if name.startswith(prefix)}


def submitted(author: Visitor, title: str, **changes: str) -> dict[str, Any]:
    """Create a proposal of project ONE that waits for an opinion; return its number and its address."""
    created = author.act("draft", project="ONE", changes={"title": title, **changes})
    assert created.status == 302
    proposal = int(created.location.strip("/").rpartition("/")[2])
    page = author.get(created.location)
    assert author.act("submit", proposal=proposal, version=hidden(page, "version")).status == 302
    return {"proposal": proposal, "project": "ONE", "url": created.location}


def ready(author: Visitor, adviser: Visitor, title: str, **changes: str) -> dict[str, Any]:
    """Create a proposal of project ONE that waits for the owner, as `known` describes one."""
    file = submitted(author, title, **changes)
    fingerprint = hidden(adviser.get(file["url"]), "fingerprint")
    assert adviser.act("advise", proposal=file["proposal"], fingerprint=fingerprint).status == 302
    version = hidden(author.get(f"{file['url']}edit/"), "version")
    return {**file, "fingerprint": fingerprint, "version": version}


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Start all jobs at the same moment, each in its own thread, and return their results."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        gate.wait()
        results[place] = job()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def mails(instance: dict[str, Any]) -> list[EmailMessage]:
    """List every mail that has left."""
    texts = [path.read_bytes() for path in sorted(Path(instance["mail_dir"]).glob("*.log"))]
    parts = [part.strip() for text in texts for part in text.split(b"\n" + b"-" * 79 + b"\n")]
    return [email.message_from_bytes(part, policy=email.policy.default) for part in parts if part]


def mail_of(instance: dict[str, Any], notice: int, seconds: float) -> EmailMessage:
    """Wait for the mail of a notification."""
    limit = time.monotonic() + seconds
    while not (found := mails_of(instance, notice)):
        assert time.monotonic() < limit, f"no mail of notice {notice} within {seconds:.0f} s"
        time.sleep(0.2)
    return found[0]


def mails_of(instance: dict[str, Any], notice: int) -> list[EmailMessage]:
    """List the mails of a notification that have left; more than one is a fault."""
    return [mail for mail in mails(instance) if mail["Message-ID"].startswith(f"<notice-{notice}@")]
