"""Requests of every act on the cast, for tests of any version from the browser's side; add every later act."""

from typing import Any

from django.urls import reverse

from tests.requests.amoa import acceptance_requests, change_requests, requirement_requests
from tests.requests.base import post
from tests.requests.governance import proposal_requests
from tests.requests.pmo import (
    conformity_requests,
    library_requests,
    review_requests,
    risk_requests,
    steering_requests,
)
from tests.requests.projects import organisation_requests, people_requests, role_requests


def acts(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the HTTP request of each act.

    Addresses and values may hold `{proposal}` (its id), `{project}` (its code), `{condition}`, `{mandate}`,
    `{delegation}`, `{interest}`, `{question}` (ids), `{person}` (the id of an account),
    `{group}`, `{communication}`, `{training}`, `{indicator}`,
    `{feedback}`, `{deliverable}`, `{test}` (ids of the first of the project; of what waits for an answer),
    `{standard}`, `{standard_version}` (ids of STD-LOG and of its draft), `{entry}` (of a method or tool),
    `{steering}`, `{milestone}`, `{line}`, `{lesson}` (ids of the first; of a milestone that is not reached),
    `{criterion}`, `{proposed}` (ids of an approved and of a proposed success criterion),
    `{campaign}`, `{defect}` (ids of an open one), `{corrected}` (of a defect), `{risk}` (the id of OR-1), `{raised}`
    (of a risk that is not assessed yet), `{action}` (of an action on a risk), `{issue}` (of an open one),
    `{todo}` (of an action that is done), `{provider}` (the account of the MOE),
    `{requirement}` (the id of ONE-001), `{earlier}` (the id of the first earlier decision), `{earlier_list}` (the term
    of the list of earlier decisions as it is),
    `{decision}` (the id of that of the proposal), `{seen}` (the version of the row that is changed, of the project for
    its facts; when the requirement changed), `{checkpoint}`, `{waiver}` (ids of a checkpoint and of a waiver of the
    project),
    `{document}` (the id of one attached to the working text, else of the project),
    `{change}` (the id of the newest change of what its decision sealed), `{fingerprint}` (the hash of the current
    revision), `{version}` (of the working text),
    `{other}` (the id of another open proposal of the project), `{rests_on}` (the key of what rests on the decision it
    would replace) and `{today+N}` (a day). `{passkey}` is the credential of the person who sends it; `{credential}` the
    answer of the browser to the `options` of the act. `{issuer}`, `{client_id}` and `{client_secret}` are those of an
    identity provider. `{asked}` and `{asked_change}` are a credential and a change of address for which somebody was
    asked to vouch. Names of fields may hold them too.
    `files` are sent beside the fields, as multipart: field → [file name, its text].
    With `review` a first POST shows the record; the same fields with `then` added record it.
    """
    sign_in = {"login": "owner@example.org", "password": source["password"]}
    return {
        "sign_in": post(reverse("account_login"), reverse("account_login"), "owner", sign_in),
        "sign_out": post(reverse("account_logout"), reverse("account_logout"), "owner", {}),
        **proposal_requests(),
        **people_requests(),
        **organisation_requests(),
        **role_requests(),
        **change_requests(),
        **acceptance_requests(),
        **library_requests(),
        **steering_requests(),
        **risk_requests(),
        **conformity_requests(),
        **requirement_requests(),
        **review_requests(),
        "preferences": post(reverse("roles:preferences"), "/", "owner", {"language": "fr", "next": "/"}),
        "read_notifications": post(
            reverse("projects:notices:notifications_read"), reverse("projects:notices:notification_list"), "owner", {}
        ),
    }
