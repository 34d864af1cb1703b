"""Requests on proposals, their evidence, opinions and decisions."""

from typing import Any

from governance.enums import Fate, Outcome, Position
from tests.requests.base import post

DOSSIER = "/proposals/{proposal}/"
OPTIONS = {
    "options-TOTAL_FORMS": "2",
    "options-INITIAL_FORMS": "0",
    "options-0-title": "Change the order of the works",
    "options-0-description": "Quay 2 comes before quay 1.",
    "options-1-title": "Do nothing",
    "options-1-description": "The present way goes on.",
}
TEXT = {
    "kind": "change",
    "title": "Order of the works",
    "question": "Should quay 2 be renewed before quay 1?",
    "context": "The divers found quay 2 in a worse state.",
    "recommended": "A",
    "recommendation": "Quay 2 first, because it may close in winter.",
    "impact_scope": "None.",
    "impact_cost": "EUR 12,000 for moving the site.",
    "impact_schedule": "Quay 1 comes four weeks later.",
    "impact_quality": "None.",
    "impact_recipients": "Fishing crews use quay 1 for four weeks more.",
    "risks": "Winter storms on quay 1.",
    "evidence": "Divers' report 7",
    "amount": "12000",
    "decide_by": "{today+30}",
}
EARLIER = {
    "decided_on": "2020-04-01",
    "title": "Close quay 4 to lorries",
    "kind": "scope",
    "outcome": "approved",
    "reasons": "The deck cracked.",
    "signatory": "Paule Kerné, harbour master",
    "file": "Harbour office, folder 2020",
}
REGISTER = [
    "register.csv",
    "Number;Decided on;Title;Outcome;Signed by\n2018-02;2018-02-01;Buy the launch;Approved;Paule Kerné\n",
]
CONDITION = {
    "conditions-TOTAL_FORMS": "1",
    "conditions-INITIAL_FORMS": "0",
    "conditions-0-text": "Crews are told one week ahead.",
    "conditions-0-role": "AMOA",
    "conditions-0-due_on": "{today+20}",
}


def proposal_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on proposals and decisions."""
    new, obligations = "/projects/{project}/proposals/new/", "/projects/{project}/obligations/"
    earlier = "/projects/{project}/earlier-decisions/"
    carried, todo = "/carried-over/{carry_over}/", "/projects/{project}/actions/"
    documents, evidence = "/projects/{project}/documents/", f"{DOSSIER}evidence/"
    quotation = {"file": ["quotation-31.txt", "Spare mooring rings: EUR 410.\n"]}
    opinion = {
        "fingerprint": "{fingerprint}",
        "position": Position.FAVOURABLE.value,
        "reasons": "Within the standard and the envelope.",
        "step": "review",
    }
    decision = {
        "option": "A",
        "fingerprint": "{fingerprint}",
        "outcome": Outcome.APPROVED_WITH_CONDITIONS.value,
        "reasons": "Both advisers agree; the crews must know in time.",
        "step": "review",
        **CONDITION,
    }
    return {
        "draft": post(new, new, "amoa", {"version": "0", **TEXT, **OPTIONS}),
        "counter": post(f"{DOSSIER}counter/", DOSSIER, "pmo", {"version": "0", **TEXT, **OPTIONS}, on=["submitted"]),
        "edit": post(
            f"{DOSSIER}edit/", f"{DOSSIER}edit/", "amoa", {"version": "{version}", **TEXT, **OPTIONS}, on=["draft"]
        ),
        "write_earlier": post(f"{earlier}new/", earlier, "pmo", {"number": "2020-11", **EARLIER}),
        "edit_earlier": post(
            "/earlier-decisions/{earlier}/edit/", "/earlier-decisions/{earlier}/", "pmo", {**EARLIER, "seen": "{seen}"}
        ),
        "import_earlier_decisions": post(
            "/projects/{project}/import/earlier-decisions/", earlier, "pmo", {}, files={"file": REGISTER}
        ),
        "take_over": post(
            new,
            new,
            "pmo",
            {
                "version": "0",
                **TEXT,
                **OPTIONS,
                "kind": "take_over",
                "amount": "",
                "terms-earlier_decisions": "{earlier_list}",
            },
        ),
        "give_action": post(
            f"{todo}new/", todo, "amoa", {"text": "Count the lamps.", "seat": "MOE-{provider}", "due_on": "{today+20}"}
        ),
        "edit_action": post(
            "/actions/{todo}/edit/",
            todo,
            "amoa",
            {"text": "Count.", "seat": "MOE-{provider}", "due_on": "{today+9}", "seen": "{seen}"},
        ),
        "settle_action": post("/actions/{todo}/settle/", todo, "moe", {"state": "open", "seen": "{seen}"}),
        "accept_carry_over": post(f"{carried}accept/", carried, "other_amoa", {"finish_on": "{today+60}"}),
        "finish_carry_over": post(f"{carried}done/", carried, "other_amoa", {"outcome": "The port keeps the pump."}),
        "refuse_carry_over": post(f"{carried}not-done/", carried, "other_owner", {"because": "The pump still leaks."}),
        "decline_carry_over": post(f"{carried}decline/", carried, "other_amoa", {"because": "No one keeps the pump."}),
        "fulfil": post(
            f"{obligations}MOE/MOE-10/G4/fulfil/",
            obligations,
            "moe",
            {"note": "The build plan is in the shared folder, version 3."},
        ),
        "check_evidence": post(
            f"{obligations}DEST/DEST-05/G4/check/",
            obligations,
            "amoa",
            {"verdict": "not_received", "reason": "Which session? The sheet is not in the folder."},
        ),
        "excuse": post(
            f"{obligations}PMO/PMO-15/G5/excuse/",
            obligations,
            "owner",
            {"reason": "The provider delivers no software on this project."},
        ),
        "catch_up": post(
            f"{obligations}MOE/catch-up/",
            obligations,
            "moe",
            {"missed": "{missed}", "note": "The report of that month is in the shared folder, version 2."},
        ),
        "excuse_missed": post(
            f"{obligations}MOE/excuse/",
            obligations,
            "owner",
            {"missed": "{missed}", "reason": "The port was closed: there was nothing to report."},
        ),
        "add_document": post(documents, documents, "amoa", {"name": "Quotation 31"}, files=quotation),
        "replace_document": post(
            "/documents/{document}/replace/", documents, "amoa", {"why": "The supplier corrected it."}, files=quotation
        ),
        "add_evidence": post(
            evidence, evidence, "amoa", {"version": "{version}", "name": "Quotation 31"}, files=quotation, on=["draft"]
        ),
        "attach_evidence": post(
            f"{evidence}attach/",
            evidence,
            "amoa",
            {"version": "{version}", "document": "{document}"},
            on=["ready_for_decision"],
        ),
        "replace_evidence": post(
            f"{evidence}{{document}}/replace/",
            evidence,
            "amoa",
            {"version": "{version}", "why": "The supplier corrected it."},
            files=quotation,
            on=["draft"],
        ),
        "detach_evidence": post(
            f"{evidence}{{document}}/detach/", evidence, "amoa", {"version": "{version}"}, on=["draft"]
        ),
        "submit": post(f"{DOSSIER}submit/", DOSSIER, "amoa", {"version": "{version}"}, on=["draft"]),
        "take_up": post(f"{DOSSIER}take-up/", DOSSIER, "pmo", {}, on=["submitted"]),
        "advise": post(
            f"{DOSSIER}advise/",
            DOSSIER,
            "pmo",
            opinion,
            review=True,
            then={"step": "send"},
            on=["submitted", "under_review"],
        ),
        "decide": post(
            f"{DOSSIER}decide/",
            DOSSIER,
            "owner",
            decision,
            review=True,
            then={"step": "seal"},
            on=["ready_for_decision"],
        ),
        "lift": post(
            "/conditions/{condition}/lift/",
            DOSSIER,
            "owner",
            {"proof": "Mail of the harbour office"},
            on=["conditions_open"],
        ),
        "prove": post(
            "/conditions/{condition}/prove/",
            "/conditions/{condition}/prove/",
            "amoa",
            {"proof": "Letter of the sea rescue station"},
            on=["conditions_open"],
        ),
        "waive": post(
            "/conditions/{condition}/waive/",
            "/conditions/{condition}/waive/",
            "owner",
            {"because": "The station has moved away."},
            on=["conditions_open"],
        ),
        "review_decision": post(
            "/decisions/{decision}/review/",
            "/decisions/{decision}/review/",
            "owner",
            {"change": "{change}", "answer": "holds", "reasons": "Only the lettering changed."},
            on=["closed"],
        ),
        "look_back": post(
            "/decisions/{decision}/second-look/",
            "/decisions/{decision}/second-look/",
            "owner",
            {"answer": "kept", "reasons": "The set has served in every workshop since."},
            on=["baseline_one"],
        ),
        "note_binding": post(
            f"{DOSSIER}binding-opinion/",
            f"{DOSSIER}binding-opinion/",
            "pmo",
            {"fingerprint": "{fingerprint}", "favourable": "yes", "given_on": "{today+0}", "reference": "Letter 114"},
            on=["ready_binding"],
        ),
        "decide_without_opinion": post(
            f"{DOSSIER}decide/",
            DOSSIER,
            "owner",
            decision | {"waiver-PMO": "The works stop on Monday without it."},
            review=True,
            then={"step": "seal"},
            on=["submitted", "under_review", "late"],
        ),
        "merge": post(
            f"{DOSSIER}decide/",
            DOSSIER,
            "owner",
            {
                "fingerprint": "{fingerprint}",
                "option": "none",
                "outcome": Outcome.MERGED.value,
                "reasons": "One question, one answer.",
                "step": "review",
                "merged_into": "{other}",
            },
            review=True,
            then={"step": "seal"},
            on=["ready_over_cap"],
        ),
        "replace": post(
            f"{DOSSIER}decide/",
            DOSSIER,
            "owner",
            {
                "fingerprint": "{fingerprint}",
                "option": "A",
                "outcome": Outcome.APPROVED.value,
                "reasons": "The floor must carry.",
                "step": "review",
                "fate-{rests_on}": Fate.CHANGED.value,
            },
            review=True,
            then={"step": "seal"},
            on=["ready_replacing"],
        ),
        "withdraw": post(
            f"{DOSSIER}withdraw/",
            f"{DOSSIER}withdraw/",
            "amoa",
            {"reasons": "Overtaken by the survey."},
            on=["draft", "submitted", "under_review", "ready_for_decision", "returned", "deferred"],
        ),
    }
