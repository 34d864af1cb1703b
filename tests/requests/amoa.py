"""Requests of the business side: requirements, recipients, change plan and acceptance."""

from typing import Any

from tests.requests.base import post

REQUIREMENT: dict[str, str] = {
    "kind": "functional",
    "title": "Crews are told of a free berth",
    "statement": "The harbour office tells each crew of a free berth within 5 minutes.",
    "priority": "must",
    "state": "proposed",
    "criteria-TOTAL_FORMS": "1",
    "criteria-INITIAL_FORMS": "0",
    "criteria-0-text": "Nine messages out of ten arrive within 5 minutes.",
}


def requirement_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on requirements, questions and estimates."""
    requirements = "/projects/{project}/requirements/"
    baselines = "/projects/{project}/requirements/baselines/"
    return {
        "write_requirement": post(f"{requirements}new/", f"{requirements}new/", "amoa", REQUIREMENT),
        "edit_requirement": post(
            "/requirements/{requirement}/edit/",
            "/requirements/{requirement}/edit/",
            "amoa",
            {"seen": "{seen}", **REQUIREMENT, "state": "approved", "lot": "Lot 1"},
        ),
        "change_requirements": post(
            f"{requirements}change/", requirements, "amoa", {"one": "{requirement}", "priority": "should"}
        ),
        "implement": post(f"{requirements}change/", requirements, "moe", {"one": "{requirement}", "act": "implement"}),
        "freeze_baseline": post(
            f"{baselines}freeze/", f"{baselines}freeze/", "amoa", {"seen": "", "reason": "Workshop 4"}
        ),
        "ask": post(
            "/requirements/{requirement}/ask/",
            "/requirements/{requirement}/ask/",
            "amoa",
            {"text": "What does the lamp cost a year?"},
        ),
        "answer": post(
            "/questions/{question}/answer/", "/questions/{question}/answer/", "moe", {"text": "Yes, and 500 too."}
        ),
        "estimate": post(
            "/requirements/{requirement}/estimate/",
            "/requirements/{requirement}/estimate/",
            "moe",
            {"days": "2,5", "cost": "1 800", "note": "With the lamps of quay 2.", "document": ""},
        ),
    }


def change_requests() -> dict[str, dict[str, Any]]:
    """Return the acts on recipients and the change plan, and the acknowledgement of decisions."""
    change, group = "/projects/{project}/change/", {"group": "{group}"}
    groups = "/projects/{project}/recipients/"
    message = {**group, "title": "Opening hours", "after": "1", "days_after": "3", "state": "planned"}
    session = {**group, "title": "On the quay", "held_on": "{today+12}", "expected": "20", "state": "planned"}
    indicator = {**group, "name": "Complaints in a month", "direction": "down", "target": "5"}
    return {
        "describe_group": post(f"{groups}new/", groups, "amoa", {"name": "Anglers", "size": "12", "interest": "low"}),
        "edit_group": post(
            "/recipients/{group}/edit/", "/recipients/{group}/", "amoa", {"name": "Harbour users", "seen": "{seen}"}
        ),
        "write_impact": post(
            f"{change}impact/", change, "amoa", {**group, "aspect": "skill", "level": "low", "measure": "A leaflet"}
        ),
        "write_communication": post(f"{change}communications/new/", f"{change}communications/", "amoa", message),
        "edit_communication": post(
            "/communications/{communication}/edit/", f"{change}communications/", "amoa", message | {"seen": "{seen}"}
        ),
        "write_training": post(f"{change}training/new/", f"{change}training/", "amoa", session),
        "edit_training": post(
            "/trainings/{training}/edit/", f"{change}training/", "amoa", session | {"seen": "{seen}"}
        ),
        "write_indicator": post(f"{change}adoption/new/", f"{change}adoption/", "amoa", indicator),
        "edit_indicator": post(
            "/indicators/{indicator}/edit/", f"{change}adoption/", "amoa", indicator | {"seen": "{seen}"}
        ),
        "add_reading": post(
            "/indicators/{indicator}/reading/",
            f"{change}adoption/",
            "amoa",
            {"measured_on": "{today+0}", "value": "71,5"},
        ),
        "freeze_plan": post(f"{change}freeze/", change, "amoa", {}),
        "give_feedback": post(
            f"{change}feedback/new/",
            f"{change}feedback/",
            "recipient",
            {**group, "kind": "question", "text": "Who answers at night?"},
        ),
        "answer_feedback": post(
            "/feedback/{feedback}/answer/", f"{change}feedback/", "amoa", {"answer": "The harbour office does."}
        ),
        "acknowledge": post("/decisions/{decision}/read/", "/decisions/{decision}/", "recipient", {}, on=["decided"]),
    }


def acceptance_requests() -> dict[str, dict[str, Any]]:
    """Return the acts of acceptance."""
    planned, campaign = "/projects/{project}/acceptance/", "/campaigns/{campaign}/"
    days = {"starts_on": "{today+1}", "ends_on": "{today+9}"}
    return {
        "write_deliverable": post(
            f"{planned}deliverables/new/", planned, "amoa", {"code": "D-11", "name": "Lamps of the pontoons"}
        ),
        "edit_deliverable": post(
            "/deliverables/{deliverable}/edit/", planned, "amoa", {"name": "Berth plan, on a screen", "seen": "{seen}"}
        ),
        "write_test": post(
            f"{planned}tests/new/",
            planned,
            "amoa",
            {"title": "The lamp stays lit", "requirement": "ONE-001", "criterion": "2", "steps": "Cut the power."},
        ),
        "edit_test": post(
            "/tests/{test}/edit/", "/tests/{test}/", "amoa", {"title": "Another title", "seen": "{seen}"}
        ),
        "write_missing_tests": post(
            f"{planned}tests/missing/",
            f"{planned}tests/edit/",
            "amoa",
            {"chosen": "{requirement}:2", "stem": "T-"},
        ),
        "write_tests": post(
            f"{planned}tests/edit/",
            f"{planned}tests/edit/",
            "amoa",
            {"r{test}-title": "Another title", "r{test}-steps": "Stop at the berth.", "r{test}-seen": "{seen}"},
        ),
        "open_campaign": post(
            f"{planned}campaigns/new/", planned, "amoa", {"stage": "regular_service", "title": "Thirty days", **days}
        ),
        "edit_campaign": post(
            f"{campaign}edit/", campaign, "amoa", {"stage": "fitness", "title": "Fitness", "seen": "{seen}", **days}
        ),
        "run_test": post(
            f"{campaign}tests/{{test}}/run/", campaign, "amoa", {"result": "failed", "note": "Nothing is seen."}
        ),
        "close_campaign": post(f"{campaign}close/", campaign, "amoa", {}),
        "report_defect": post(
            f"{campaign}defects/new/", campaign, "amoa", {"severity": "major", "title": "The lamp is too weak"}
        ),
        "correct_defect": post(
            "/defects/{defect}/correct/", "/defects/{defect}/", "moe", {"correction": "Version 1.2."}
        ),
        "close_defect": post("/defects/{defect}/close/", "/defects/{defect}/", "amoa", {}),
        "reopen_defect": post("/defects/{corrected}/reopen/", "/defects/{corrected}/", "amoa", {}),
    }
