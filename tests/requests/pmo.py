"""Requests of the PMO: standards, steering, risks, conformity, gates and reviews."""

from typing import Any

from tests.requests.base import post


def library_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on the standards library; adopting is a proposal like any other."""
    listed, draft = "/projects/{project}/standards/", "/standards/versions/{standard_version}/edit/"
    text = {
        "title_fr": "Sécurité sur le quai",
        "title_en": "Safety on the quay",
        "purpose_fr": "",
        "purpose_en": "",
        "source": "Port rules",
        "mandatory": "on",
        "levels": "project",
        "from_gate": "G2",
        "template": "",
    }
    checkpoints = {
        "checkpoints-TOTAL_FORMS": "1",
        "checkpoints-INITIAL_FORMS": "0",
        "checkpoints-0-text_fr": "Chacun porte un gilet.",
        "checkpoints-0-text_en": "Everybody wears a life vest.",
        "checkpoints-0-computed": "",
        "checkpoints-0-waivable": "on",
    }
    entry = {
        "kind": "guide",
        "family": "security",
        "title_fr": "Lire la marée",
        "title_en": "Reading the tide",
        "text_fr": "Voir la table du port.",
        "text_en": "See the table of the port.",
        "link": "",
        "document": "",
    }
    return {
        "install_standards": post(f"{listed}install/", listed, "pmo", {}),
        "new_standard": post(
            f"{listed}new/", f"{listed}new/", "pmo", {"code": "STD-VEST", "family": "security"} | text | checkpoints
        ),
        "next_version": post("/standards/{standard}/next/", "/standards/{standard}/", "pmo", {}),
        "edit_standard": post(draft, draft, "pmo", {"seen": "{seen}"} | text | checkpoints),
        "write_entry": post(f"{listed}tools/new/", f"{listed}tools/", "pmo", entry),
        "edit_entry": post("/library/{entry}/edit/", f"{listed}tools/", "pmo", entry | {"seen": "{seen}"}),
    }


def steering_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on indicators, weather, schedule, budget, success criteria and lessons."""
    project = "/projects/{project}/"
    schedule, means, success = f"{project}schedule/", f"{project}means/", f"{project}success/"
    indicator = {
        "name": "Visitors at the office",
        "aspect": "other",
        "better": "higher",
        "green": "40",
        "amber": "20",
        "frequency": "weekly",
    }
    line = {"label": "Lighting", "envelope": "120 000", "committed": "0", "forecast": "118 000,50"}
    words = {
        "text": "The quays are lit.",
        "measure": "Lamps that work, counted in a month.",
        "target": "98",
        "unit": "%",
        "due_gate": "G4",
        "months_after": "0",
    }
    lesson = {"title": "Tides", "family": "schedule", "lesson": "Works follow the tide tables."}
    return {
        "follow_indicator": post(
            f"{project}indicators/new/", f"{project}indicators/", "pmo", {"code": "VISITORS", **indicator}
        ),
        "edit_steering": post(
            "/steering/{steering}/edit/", f"{project}indicators/", "pmo", indicator | {"seen": "{seen}"}
        ),
        "read_steering": post(
            "/steering/{steering}/reading/",
            f"{project}indicators/",
            "pmo",
            {"measured_on": "{today+0}", "value": "6,5"},
        ),
        "add_catalogue": post(f"{project}indicators/catalogue/", f"{project}indicators/", "pmo", {}),
        "publish_weather": post(
            f"{project}weather/publish/",
            f"{project}weather/",
            "pmo",
            {"comment": "No effect, nothing to do.", "overall": "sunny", "reason": "The block was lifted."},
        ),
        "write_milestone": post(
            f"{schedule}milestones/new/", schedule, "pmo", {"code": "M-9", "name": "Lamps", "baseline_on": "{today+40}"}
        ),
        "edit_milestone": post(
            "/milestones/{milestone}/edit/",
            schedule,
            "pmo",
            {"name": "Harbour opens to all", "actual_on": "{today+0}", "seen": "{seen}"},
        ),
        "forecast": post(
            "/milestones/{milestone}/forecast/", schedule, "pmo", {"forecast_on": "{today+120}", "reason": "Storms."}
        ),
        "confirm_dependencies": post(
            "/projects/THREE/schedule/dependencies/confirm/", "/projects/THREE/schedule/", "other_pmo", {}
        ),
        "write_budget_line": post(f"{means}new/", means, "pmo", line),
        "edit_budget_line": post("/budget-lines/{line}/edit/", means, "pmo", line | {"seen": "{seen}"}),
        "propose_criterion": post(f"{success}new/", success, "pmo", words),
        "propose_benefit": post(f"{success}benefits/new/", success, "amoa", words),
        "reword_criterion": post("/success/{proposed}/edit/", success, "pmo", words | {"seen": "{seen}"}),
        "drop_criterion": post("/success/{proposed}/drop/", success, "pmo", {}),
        "freeze_criteria": post(f"{success}freeze/", success, "pmo", {}),
        "measure_criterion": post(
            "/success/{criterion}/measure/",
            success,
            "amoa",
            {"measured_on": "{today+0}", "value": "9", "met": "yes"},
        ),
        "note_lesson": post(f"{project}lessons/new/", f"{project}lessons/", "recipient", lesson),
        "reword_lesson": post("/lessons/{lesson}/edit/", f"{project}lessons/", "moe", lesson | {"seen": "{seen}"}),
    }


def risk_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on the risk register."""
    listed, issues = "/projects/{project}/risks/", "/projects/{project}/issues/"
    risk, raised = "/risks/{risk}/", "/risks/{raised}/"
    words = {
        "title": "The quay sinks",
        "cause": "The ground is soft.",
        "event": "The quay sinks by a hand.",
        "effect": "Boats are let in at high tide only.",
        "category": "external",
    }
    problem = {"title": "The pump has stopped", "urgency": "high", "impact": "low", "size": "small"}
    scale = {
        "likelihood_en": "rare, possible, likely, certain",
        "likelihood_fr": "rare, possible, probable, certain",
        "impact_en": "low, some, high, severe",
        "impact_fr": "faible, moyen, fort, grave",
        "amber_from": "4",
        "red_from": "9",
    }
    rated = {"likelihood": "3", "impact": "4"}
    return {
        "raise_risk": post(f"{listed}new/", f"{listed}new/", "recipient", words | rated),
        "edit_risk": post(f"{raised}edit/", raised, "moe", words | {"seen": "{seen}"}),
        "assess_risk": post(
            f"{risk}assess/",
            risk,
            "pmo",
            rated
            | {
                "response": "reduce",
                "residual_likelihood": "2",
                "residual_impact": "4",
                "treated": "on",
                "seen": "{seen}",
            },
        ),
        "settle_risk": post(f"{risk}settle/closed/", risk, "pmo", {"because": "The basin is dredged."}),
        "review_risk": post(f"{risk}review/", risk, "pmo", {"note": "As before.", "review_on": "{today+30}"}),
        "review_risks": post(f"{listed}review/", listed, "pmo", {"note": "As before.", "review_on": "{today+30}"}),
        "materialise_risk": post(f"{risk}happened/", risk, "amoa", problem),
        "treat_risk": post(
            f"{risk}actions/new/", risk, "amoa", {"text": "Two more buoys.", "role": "MOE", "due_on": "{today+20}"}
        ),
        "edit_risk_action": post(
            "/risk-actions/{action}/edit/",
            risk,
            "amoa",
            {"text": "Two buoys.", "role": "MOE", "due_on": "{today+20}", "seen": "{seen}"},
        ),
        "raise_issue": post(f"{issues}new/", issues, "recipient", problem),
        "settle_issue": post(
            "/issues/{issue}/settle/", "/issues/{issue}/", "pmo", {"state": "resolved", "resolution": "It is repaired."}
        ),
        "set_risk_scale": post(f"{listed}scale/set/", f"{listed}scale/", "owner", scale),
    }


def conformity_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on conformity and waivers; a waiver is proposed and granted like any decision."""
    of, waiver = "/projects/{project}/conformity/", "/waivers/{waiver}/"
    check = {"result": "not_conform", "finding": "The map has no list.", "action": "", "action_role": ""}
    return {
        "check_conformity": post(f"{of}{{checkpoint}}/check/", f"{of}{{checkpoint}}/", "pmo", check),
        "revoke_waiver": post(f"{waiver}revoke/", waiver, "owner", {"because": "The measure is not kept."}),
        "close_waiver": post(f"{waiver}close/", waiver, "pmo", {"because": "The map is accessible."}),
    }


def review_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on gate reports and reviews."""
    return {
        "add_report": post(
            "/projects/{project}/gates/report/add/", "/projects/{project}/gates/", "pmo", {"gate": "G3"}
        ),
        "archive_review": post(
            "/projects/{project}/reviews/new/",
            "/projects/{project}/reviews/",
            "pmo",
            {"chosen": "ONE", "question-0": "Who pays for the second quay?", "step": "record"},
        ),
    }
