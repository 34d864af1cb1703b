"""Check every page in Chromium: accessible, in both languages and themes, at every width, without a complaint.

By day each page is looked at in one language and at one width, neighbours in others; one with parts that no page before
it had, at each width and by axe. With SCREENS=1 and WHOLE=1 in the environment, screenshots for people to review go to
var/screens.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import resolve
from playwright.sync_api import Page

from governance.decide.decisions.forms import MOST_CONDITIONS
from tests.addresses import list_patterns
from tests.e2e.visitor import Visitor, ready
from tests.effort import WHOLE, from_turn, is_turn
from tools.servers.embedded import ROOT

SCREENS = ROOT / "var/screens"
#: languages and theme → the widths: each changes the page, two together hardly; French is longer.
WIDTHS: dict[tuple[tuple[str, ...], str], tuple[int, ...]] = {(("fr", "en"), "light"): (1440, 768, 320)}
if WHOLE:
    WIDTHS = {(("fr",), "light"): (1440, 768, 390, 320), (("en",), "dark"): (390, 320)}
#: The same page with other rows, empty or for a reader has the parts of the first: every third of them is looked at, at
#: the narrowest width, where a part that is too wide does not fit.
OTHER_ROWS = 3
#: Axe looks at every third page that has only parts of pages before it.
KNOWN_PARTS = 3
#: What axe and a width tell apart: elements by name, class and role, fields by their kind.
PARTS = """() => [...new Set([...document.querySelectorAll("main, main *")].map(element =>
  [element.localName, element.className, element.role, element.type].join(" ")))]"""
#: Contrast takes more than half the time of axe, and comes from tokens: a page is measured, and once more turned dark
#: where it stands, if it writes in colours, on a ground or so small that no page before it had it.
WRITTEN_IN = """without => {
  const found = new Set();
  const unmeasured = [":disabled", "[aria-disabled=true]", ...without].join();
  for (const element of document.querySelectorAll("body *")) {
    const isWritten = element.matches("input, select, textarea")
      || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!isWritten || element.closest(unmeasured) || !element.checkVisibility({visibilityProperty: true})) continue;
    const {color, fontSize, fontWeight} = getComputedStyle(element);
    const isLarge = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
    const parts = [color, isLarge];
    let isCovered = false;
    for (let part = element; part; part = part.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(part);
      if (!isCovered && backgroundColor !== "rgba(0, 0, 0, 0)") parts.push(backgroundColor);
      if (!isCovered && backgroundImage !== "none") parts.push(backgroundImage);
      if (opacity !== "1") parts.push(opacity);
      isCovered ||= !/rgba|[/]/.test(backgroundColor);
    }
    found.add(parts.join(" "));
  }
  return [...found];
}"""
#: What stands around the content, the same on every page of a person, is checked on the first. It is left out by name:
#: axe finds elements by an index in a whole page, and walks through a part of a page for each of its rules.
AROUND = [".skip", ".topbar", ".sidenav", ".foot", "[data-failed]"]
#: Only what is found is named, in a second run: to name every element takes an eighth of the time. Nothing is loaded
#: again for the rules on sound and film, which no page has.
#: Turned dark, a page differs in its contrast only.
VIOLATIONS = """async ([without, contrast, only]) => {
  const scope = {include: ["html"], exclude: without};
  const rules = {"color-contrast": {enabled: contrast}, "region": {enabled: !without.length}};
  const options = {resultTypes: ["violations"], preload: false, ...(only ? {runOnly: ["color-contrast"]} : {rules})};
  const found = await axe.run(scope, {...options, selectors: false});
  return found.violations.length ? (await axe.run(scope, options)).violations : [];
}"""
#: Pages with a wide table of the cast: the words of its cells are of a usual length.
TABLES = ("risks", "requirements", "obligations", "standards", "permissions", "mandates", "schedule", "means")
HIDDEN = "() => [...document.querySelectorAll('.table-wrap')].map(frame => frame.scrollWidth - frame.clientWidth)"
#: Pages behind a form, and addresses that are no pages: downloads and acts without a page.
NO_PAGES = {
    "action_edit",
    "administrator_keep",
    "administrator_mine",
    "administrator_object",
    "administrator_second",
    "closing_propose",
    "credentials_prove",
    "risk_escalate",
    "replacement",
    "replacement_confirm",
    "replacement_object",
    "replacement_second",
    "replacement_take",
    "replacement_withdraw",
    "vouch_address",
    "account_passkey",
    "mails_retry",
    "address_take_back",
    "vouch",
    "vouch_ask",
    "account_passkey_options",
    "account_reset_password_from_key",
    "calendar_feed",
    "my_feed",
    "my_feed_create",
    "my_feed_end",
    "campaign_run",
    "conformity_checks",
    "credentials_mail",
    "decision_acknowledge",
    "decision_proof",
    "decision_proof_archive",
    "carry_over",
    "carry_over_accept",
    "carry_over_decline",
    "carry_over_finish",
    "carry_over_refuse",
    "body_edit",
    "decision_list",
    "decision_list_file",
    "decision_list_rectify",
    "decision_list_settle",
    "room",
    "room_screen",
    "room_show",
    "packet",
    "packet_file",
    "session",
    "session_add",
    "session_agenda",
    "session_cancel",
    "session_close",
    "session_convene",
    "session_edit",
    "session_item",
    "session_open",
    "decision_record_pdf",
    "document_version",
    "evidence_attach",
    "evidence_detach",
    "escalation",
    "escalation_answer",
    "escalation_examine",
    "escalation_list",
    "factor_needed",
    "factor_remove",
    "healthz",
    "readyz",
    "metrics",
    "import_columns",
    "import_job",
    "import_refused",
    "mfa_authenticate",
    "move",
    "move_accept",
    "move_refuse",
    "obligation_remind",
    "move_take_back",
    "import_start",
    "import_stop",
    "import_values",
    "list_import",
    "list_import_columns",
    "list_import_refused",
    "list_import_stop",
    "list_import_values",
    "list_import_write",
    "list_template",
    "organisation_template",
    "departure_take_back",
    "absence_take_back",
    "notifications_read",
    "requirements_undo",
    "view_delete",
    "view_rename",
    "view_save",
    "invitation",
    "logo",
    "permissions_json",
    "person_find",
    "palette",
    "passkey_options",
    "passkey_rename",
    "people_file",
    "people_invite",
    "person_invite_again",
    "person_reset",
    "step_put_away",
    "steps_show",
    "preferences",
    "provider_callback",
    "scim",
    "token_end",
    "provider_check",
    "provider_confirm",
    "provider_invitation",
    "provider_link",
    "provider_sign_in",
    "provider_unlink",
    "proposal_advise",
    "proposal_submit",
    "proposal_take_up",
    "responsibilities_csv",
    "responsibilities_pdf",
    "responsibilities_xlsx",
    "requirements_csv",
    "sign_out_everywhere",
    "requirements_reqif",
    "requirements_xlsx",
    "referential_duty_edit",
    "referential_duty_move",
    "referential_duty_new",
    "referential_duty_remove",
    "referential_export",
    "referential_next",
    "referential_publish",
    "requirement_lint",
    "requirement_row",
    "requirements_change",
    "review_pdf",
    "gate_report",
    "gate_report_add",
    "dossier_file",
    "specification_file",
    "specification_prepare",
    "register_download",
    "register_download_everywhere",
    "traceability_file",
    "library_document",
    "actions_change",
    "actions_undo",
    "risks_change",
    "issues_change",
    "issues_undo",
    "risks_edit",
    "budget_lines_change",
    "budget_lines_undo",
    "milestones_change",
    "milestones_undo",
    "recipients_change",
    "recipients_undo",
    "tests_change",
    "tests_undo",
    "risks_csv",
    "risks_undo",
    "risks_xlsx",
    "standard_install",
    "standard_next",
    "standard_template",
    "standards_copy",
    "start",
    "steering_catalogue",
    "steering_compute",
    "task_unsnooze",
    "weather_round",
}
#: A token, its colour by day and by night.
TOKEN = re.compile(r"--([\w-]+):\s*light-dark\((\w+\([^)]*\)),\s*(\w+\([^)]*\))\)")
#: One is a ground, the other is written on an accent: no text has both.
ALIKE_BY_DAY = ["surface", "on-accent"]
LONG_WORD = "Anticonstitutionnellementhydroélectriques"
MOST_SHIFT = 0.02
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(sum))));
})"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
EXPECTED_COMPLAINT = re.compile(r"the server responded with a status of (403|404|409|422)")


def _send(page: Page, step: str) -> None:
    """Go on to the page behind the form."""
    with page.expect_navigation():
        page.locator(f'main button[name="step"][value="{step}"]:visible').first.click()


def _review_decision(page: Page) -> None:
    page.locator('[data-option="recommended"] input').check()
    page.locator('[name="outcome"][value="approved"]').check()
    page.locator('form[action$="/decide/"] [name="reasons"]').fill("Both say so.")
    _send(page, "review")


def _with_condition(page: Page) -> None:
    page.locator('[data-option="recommended"] input').check()
    page.locator('[name="outcome"][value="approved_with_conditions"]').check()
    _send(page, "review")


def _review_settlement(page: Page) -> None:
    page.locator('[name="ruling"][value="leaves"]').check()
    page.locator('[name="because"]').fill("Too close to the bidder.")
    _send(page, "review")


def _review_replacing(page: Page) -> None:
    page.locator('[data-option="recommended"] input').check()
    page.locator('[name="outcome"][value="approved"]').check()
    page.locator('[name^="fate-"][value="changed"]').check()  # shown with an approval
    _review_decision(page)


def _refuse_waiver(page: Page) -> None:
    page.locator('[data-option="recommended"] input').check()
    page.locator('[name="outcome"][value="approved"]').check()
    _send(page, "review")


def _review_opinion(page: Page) -> None:
    page.locator('[name="position"][value="with_reservations"]').check()
    page.locator('form[action$="/advise/"] [name="reasons"]').fill("The cost is missing.")
    _send(page, "review")


def _save_nothing(page: Page) -> None:
    page.locator('[name="title"]').fill(" ")
    with page.expect_navigation():
        page.locator('button[form="working-text"][data-kind="primary"]:visible').first.click()


def _send_nothing(page: Page) -> None:
    _send(page, "review")


def _edit_row(page: Page) -> None:
    page.locator("[data-edit]").first.click()
    page.locator("tr[data-editing] [name='title']").wait_for()


def _give_state(page: Page) -> None:
    page.locator("[data-select-all]").check()
    page.locator("#bulk_state").select_option("draft")
    with page.expect_navigation():
        page.locator("#bulk button").first.click()


def _open_lists(page: Page) -> None:
    page.evaluate("() => { for (const list of document.querySelectorAll('main details')) list.open = true; }")


def _fail_without_words(page: Page) -> None:
    page.locator('[id^="failed-"]').first.click()
    page.locator('tr [aria-invalid="true"]').wait_for()


def _review_end(page: Page) -> None:
    page.locator('[name="because"]').fill("Moved to another project.")
    _send(page, "review")


def _open_record(page: Page) -> None:
    with page.expect_navigation():
        page.locator('article[id^="decision-"] h3 a').click()


def _draft_of_role(*then: str) -> Callable[[Page], None]:
    """Open the next version of a published role, started if needed; then follow the links with these endings."""

    def go(page: Page) -> None:
        for link in (".page-head .actions [data-kind='primary']", *(f"main a[href$='{end}']" for end in then)):
            with page.expect_navigation():
                page.locator(link).first.click()

    return go


def _compare_pack(page: Page) -> None:
    changed = (ROOT / "roles/role_templates/packs/fr.yaml").read_text().replace("mandatory: true", "mandatory: false")
    page.set_input_files("input[type=file]", [{"name": "fr.yaml", "mimeType": "text/yaml", "buffer": changed.encode()}])
    _send(page, "compare")


def _send_needs(page: Page) -> None:
    rows = [f";{'gadget' if n % 3 else 'need'};{LONG_WORD} {n};must;{LONG_WORD * 2}" for n in range(12)]
    content = "\n".join(["Code;Kind;Title;Priority;Acceptance criteria", *rows]).encode()
    page.set_input_files("input[type=file]", [{"name": "needs.csv", "mimeType": "text/csv", "buffer": content}])
    with page.expect_navigation():
        page.locator('main form[enctype] button[data-kind="primary"]').click()


def _send_risks(page: Page) -> None:
    rows = [f"R{n};{LONG_WORD} {n};{LONG_WORD * 2};Event;Effect;{'gadget' if n % 3 else 'IT'};3;4" for n in range(12)]
    content = "\n".join(["Code;Title;Cause;Event;Effect;Category;Likelihood;Impact", *rows]).encode()
    page.set_input_files("input[type=file]", [{"name": "risks.csv", "mimeType": "text/csv", "buffer": content}])
    with page.expect_navigation():
        page.locator('main form[enctype] button[data-kind="primary"]').click()


def _check_risks(page: Page) -> None:
    _send_risks(page)
    _send(page, "check")


def _check_needs(page: Page) -> None:
    _send_needs(page)
    _send(page, "check")


def _send_wrong_values(page: Page) -> None:
    content = f"code;date;value\nNOISE;soon;4\n{LONG_WORD};2026-01-02;{LONG_WORD}\n".encode()
    page.set_input_files("input[type=file]", [{"name": "values.csv", "mimeType": "text/csv", "buffer": content}])
    with page.expect_navigation():
        page.locator('main form[enctype] button[data-kind="primary"]').click()


def _of_kind(kind: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.locator('[name="kind"]').select_option(kind)
        page.locator("#state-terms").wait_for(state="attached")

    return choose


@pytest.fixture(scope="package")
def long_one(instance: dict[str, Any], visitor: Callable[[str], Visitor]) -> str:
    """Return the dossier of a decision in very long words, with the maximum number of conditions."""
    words = f"{LONG_WORD} {'https://example.org/' + 'a-path-without-a-break' * 6} " + "and so on, and so on, " * 40
    texts = dict.fromkeys(("question", "context", "options-0-title", "recommendation", "risks"), words)
    texts["options-0-title"] = words[:200]
    values = ready(visitor("amoa"), visitor("pmo"), f"{LONG_WORD * 3} {words}"[:200], **texts)
    conditions = {"conditions-TOTAL_FORMS": str(MOST_CONDITIONS)}
    for number in range(MOST_CONDITIONS):
        conditions[f"conditions-{number}-text"] = f"{number} {words if number % 3 == 0 else LONG_WORD}"
        conditions |= {f"conditions-{number}-role": "AMOA", f"conditions-{number}-due_on": "{today+20}"}
    assert visitor("owner").act("decide", **values, changes=conditions | {"reasons": words}).status == 302
    return str(values["url"])


@pytest.fixture(scope="package")
def waived(instance: dict[str, Any], visitor: Callable[[str], Visitor], long_one: str) -> int:
    """Grant project ONE a waiver for twenty days in very long words; return its id."""
    words = f"{LONG_WORD} " * 6 + "and so on, and so on, " * 8
    failed = {"result": "not_conform", "finding": "Days are missing."}
    assert visitor("pmo").post("/projects/ONE/conformity/1/check/", failed).status == 302
    asked = visitor("amoa").get("/projects/ONE/proposals/new/?kind=waiver")
    [name, *_] = re.findall(r'name="terms-checkpoints"[^>]*value="([^"]+)"', asked.text)
    texts = dict.fromkeys(("scope", "reason", "impact", "measure", "return_plan"), words)
    terms = {f"terms-{key}": text for key, text in texts.items()} | {"terms-checkpoints": name}
    terms |= {"terms-affects_recipients": "no", "terms-starts_on": "{today+0}", "terms-ends_on": "{today+20}"}
    values = ready(visitor("amoa"), visitor("pmo"), f"{LONG_WORD} is waived", kind="waiver", **terms)
    assert visitor("owner").act("decide", **values).status == 302
    listed = visitor("owner").get("/projects/ONE/waivers/")
    return int(re.findall(r'href="/waivers/(\d+)/"', listed.text)[0])


def visits(
    instance: dict[str, Any], long_one: str, waived: int
) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map name → (person, address, first step)."""
    known = instance["proposals"]
    url = {key: described["url"] for key, described in known.items()}
    condition = f"/conditions/{known['conditions_open']['conditions'][0]}/"
    seats = instance["projects"]["one"]
    [quotation], [sealed] = known["draft"]["documents"], known["closed"]["documents"]
    yield "sign_in", ("anonymous", "/sign-in/", None)
    yield "sign_in_link", ("anonymous", "/sign-in/link/", None)
    yield "sign_in_from_here", ("anonymous", "/sign-in/link/unknown/", None)
    yield "password_reset", ("anonymous", "/password/reset/", None)
    yield "password_reset_sent", ("anonymous", "/password/reset/sent/", None)
    yield "password_reset_done", ("anonymous", "/password/reset/done/", None)
    yield "credential_link_refused", ("anonymous", "/credential/x/", None)
    yield "dispute_link_refused", ("anonymous", "/not-me/x/", None)
    yield "decision_dispute", ("owner", f"/decisions/{known['rejected']['decision']}/not-me/", None)
    yield "sign_out", ("pmo", "/sign-out/", None)
    yield "inbox_owner", ("owner", "/", None)
    yield "inbox_empty", ("outsider", "/", None)
    yield "my_calendar", ("pmo", "/calendar/", None)
    yield "my_calendar_list", ("owner", "/calendar/?view=list", None)
    yield "my_calendar_roadmap", ("pmo", "/calendar/?view=year", None)
    yield "inbox_adviser", ("pmo", "/", None)
    yield "projects", ("owner", "/projects/", None)
    yield "projects_found", ("owner", "/projects/?q=o&sort=end", None)
    yield "home", ("owner", "/projects/ONE/", None)
    yield "facts", ("owner", "/projects/ONE/facts/", None)
    yield "place", ("owner", "/projects/ONE/place/", None)
    yield "facts_edit", ("owner", "/projects/ONE/facts/change/", None)
    yield "workspaces_switch", ("owner", "/projects/ONE/facts/workspaces/", None)
    yield "signing", ("owner", "/projects/ONE/facts/signing/", None)
    yield "archive", ("owner", "/projects/ONE/facts/archive/", None)
    yield "unarchive", ("owner", "/projects/ONE/facts/unarchive/", None)
    yield "carry_over_list", ("owner", "/projects/ONE/carried-over/", None)
    yield "session_list", ("pmo", "/projects/ONE/sessions/", None)
    yield "session_new", ("pmo", "/projects/ONE/sessions/new/", None)
    yield "body_new", ("pmo", "/projects/ONE/bodies/new/?kind=copil", None)
    yield "move_ask", ("owner", "/projects/ONE/facts/move/", None)
    yield "home_pending", ("other_pmo", "/projects/THREE/", None)
    yield "home_not_launched", ("other_owner", "/projects/TWO/", None)
    yield "launch", ("other_owner", "/projects/TWO/launch/", None)
    yield "launch_done", ("recipient", "/projects/ONE/launch/", None)
    yield "roles_adapt", ("pmo", "/projects/ONE/roles/adapt/", None)
    for step in ("add", "drop", "hand-on", "rhythm", "take", "leave-out", "keep"):
        yield f"roles_adapt_{step}", ("pmo", f"/projects/ONE/roles/adapt/{step}/", None)
    yield "register", ("recipient", "/projects/ONE/register/", None)
    yield "register_everywhere", ("owner", "/decisions/", None)
    yield "register_file", ("recipient", "/projects/ONE/register/pdf/file/", None)
    yield "register_file_everywhere", ("owner", "/decisions/docx/file/", None)
    yield "earlier_list", ("pmo", "/projects/ONE/earlier-decisions/", None)
    yield "earlier_list_empty", ("other_pmo", "/projects/THREE/earlier-decisions/", None)
    yield "earlier_decision", ("pmo", "/earlier-decisions/1/", None)
    yield "earlier_new", ("pmo", "/projects/ONE/earlier-decisions/new/", None)
    yield "earlier_edit", ("pmo", "/earlier-decisions/1/edit/", None)
    yield "register_empty", ("other_pmo", "/projects/THREE/register/", None)
    yield "record", ("recipient", "/decisions/1/", None)
    yield "proposals", ("amoa", "/projects/ONE/proposals/", None)
    yield "new", ("amoa", "/projects/ONE/proposals/new/", None)
    yield "new_refused", ("amoa", "/projects/ONE/proposals/new/", _save_nothing)
    yield "new_budget", ("amoa", "/projects/ONE/proposals/new/", _of_kind("budget"))
    yield "new_delegation", ("amoa", "/projects/ONE/proposals/new/", _of_kind("delegation"))
    yield "counter", ("pmo", f"{url['submitted']}counter/", None)
    yield "edit", ("amoa", f"{url['draft']}edit/", None)
    yield "evidence", ("amoa", f"{url['draft']}evidence/", None)
    yield "evidence_replace", ("amoa", f"{url['draft']}evidence/{quotation}/replace/", None)
    yield "documents", ("owner", "/projects/ONE/documents/", None)
    yield "requirements", ("amoa", "/projects/ONE/requirements/", None)
    yield "requirements_row", ("amoa", "/projects/ONE/requirements/", _edit_row)
    yield "requirements_grid", ("amoa", "/projects/ONE/requirements/grid/", None)
    yield "requirements_paste", ("amoa", "/projects/ONE/requirements/paste/", None)
    yield "saved_views", ("pmo", "/views/?path=/projects/ONE/risks/", None)
    yield "requirements_empty", ("other_amoa", "/projects/TWO/requirements/", None)
    yield "requirements_skipped", ("amoa", "/projects/ONE/requirements/", _give_state)
    yield "requirement", ("recipient", "/requirements/2/", None)
    yield "requirement_ahead", ("amoa", "/requirements/3/", None)
    yield "requirement_edit", ("amoa", "/requirements/3/edit/", None)
    yield "requirement_new", ("amoa", "/projects/ONE/requirements/new/?parent=ONE-N01", None)
    yield "requirement_history", ("moe", "/requirements/3/history/", None)
    yield "traceability", ("amoa", "/projects/ONE/traceability/", None)
    yield "traceability_alert", ("owner", "/projects/ONE/traceability/?alert=no_test", None)
    yield "traceability_empty", ("other_pmo", "/projects/THREE/traceability/", None)
    yield "trace_path", ("recipient", "/trace/requirement/2/", None)
    yield "baselines", ("recipient", "/projects/ONE/requirements/baselines/", None)
    yield "baselines_empty", ("other_pmo", "/projects/THREE/requirements/baselines/", None)
    yield "baseline", ("owner", "/projects/ONE/requirements/baselines/1/", None)
    yield "specification", ("recipient", "/projects/ONE/requirements/specification/", None)
    yield "baseline_specification", ("owner", "/projects/ONE/requirements/baselines/1/specification/?order=lot", None)
    yield "baseline_freeze", ("amoa", "/projects/ONE/requirements/baselines/freeze/", _open_lists)
    yield "dossier_baseline", ("owner", url["baseline_one"], None)
    looked = instance["proposals"]["baseline_one"]["decision"]
    yield "second_look", ("owner", f"/decisions/{looked}/second-look/", None)
    yield "second_looks", ("pmo", "/projects/ONE/second-looks/", None)
    yield "liaison", ("moe", "/projects/ONE/liaison/", None)
    yield "liaison_all", ("recipient", "/projects/ONE/liaison/?show=all", None)
    yield "question_ask", ("amoa", "/requirements/2/ask/", None)
    yield "question_answer", ("moe", "/questions/1/answer/", None)
    yield "estimates", ("moe", "/projects/ONE/estimates/?show=all", None)
    yield "estimate_give", ("moe", "/requirements/2/estimate/", None)
    yield "requirement_liaison", ("moe", "/requirements/2/", None)
    yield "inbox_provider", ("moe", "/", None)
    yield "document_replace", ("amoa", f"/documents/{sealed}/replace/", None)
    yield "withdraw", ("amoa", f"{url['returned']}withdraw/", None)
    yield "dossier_draft", ("amoa", url["draft"], None)
    yield "dossier_owner", ("owner", url["revised"], None)
    yield "dossier_condition", ("owner", url["revised"], _with_condition)
    yield "decision_review", ("owner", url["revised"], _review_decision)
    yield "dossier_replacing", ("owner", url["ready_replacing"], None)
    yield "decision_review_replacing", ("owner", url["ready_replacing"], _review_replacing)
    yield "dossier_without_opinion", ("owner", url["late"], _refuse_waiver)
    yield "dossier_delegate", ("delegate", url["ready_minor"], None)
    yield "dossier_pmo", ("pmo", url["submitted"], None)
    yield "opinion_review", ("pmo", url["submitted"], _review_opinion)
    yield "dossier_binding", ("pmo", url["ready_binding"], None)
    yield "binding_opinion", ("pmo", f"{url['ready_binding']}binding-opinion/", None)
    yield "dossier_decided", ("moe", url["closed"], None)
    yield "dossier_superseded", ("pmo", url["superseded"], None)
    yield "dossier_superseding", ("pmo", url["superseding"], None)
    yield "dossier_conditions", ("owner", url["conditions_open"], None)
    yield "condition_prove", ("amoa", f"{condition}prove/", None)
    yield "condition_lift", ("owner", f"{condition}lift/", None)
    yield "condition_waive", ("owner", f"{condition}waive/", None)
    changed = known["closed"]["decision"]
    yield "review_after_a_change", ("owner", f"/decisions/{changed}/review/", None)
    yield "dossier_pending", ("other_pmo", url["ready_three"], None)
    yield "dossier_long", ("owner", long_one, None)
    yield "record_long", ("owner", long_one, _open_record)
    yield "history", ("recipient", f"{url['revised']}history/", None)
    yield "revision", ("recipient", f"{url['revised']}revisions/1/", None)
    yield "revision_changes", ("recipient", f"{url['revised']}revisions/2/", None)
    yield "mandates", ("owner", "/projects/ONE/mandates/", None)
    yield "mandates_holder", ("moe", "/projects/ONE/mandates/", None)
    yield "appoint", ("owner", "/projects/ONE/mandates/appoint/", None)
    yield "name_owner", ("owner", "/projects/ONE/mandates/name-owner/", None)
    yield "delegate", ("owner", "/projects/ONE/mandates/delegate/", None)
    yield "mandate_competence", ("moe", f"/mandates/{seats['mandates']['moe']}/competence/", None)
    yield "mandate_accept", ("moe", f"/mandates/{seats['mandates']['moe']}/accept/", None)
    yield "mandate_decline", ("moe", f"/mandates/{seats['mandates']['moe']}/decline/", None)
    yield "mandate_end", ("owner", f"/mandates/{seats['mandates']['moe']}/end/", _review_end)
    yield "revoke", ("owner", f"/delegations/{seats['delegations']['delegate']}/revoke/", None)
    yield "responsibilities", ("owner", "/projects/ONE/roles/", None)
    yield "responsibilities_row", ("recipient", "/projects/ONE/roles/?view=rasci&line=BUDGET", None)
    yield "responsibilities_gaps", ("other_pmo", "/projects/THREE/roles/", None)
    yield "responsibility_list", ("pmo", "/projects/ONE/roles/responsibilities/", None)
    yield "role_compare", ("pmo", "/projects/ONE/roles/compare/", None)
    yield "interests", ("owner", "/projects/ONE/interests/", None)
    yield "bidder_note", ("pmo", "/projects/ONE/interests/bidder/", None)
    yield "interest_declare", ("moe", "/projects/ONE/interests/declare/", None)
    yield "interest_settle", ("owner", f"/interests/{seats['interests']['recipient']}/settle/", _review_settlement)
    yield from _change(seats, known["closed"]["decision"])
    yield from _acceptance(seats)
    yield from _steering(seats)
    yield from _standards(waived)
    yield from _risks(seats)
    yield from _reports(seats)
    yield "authority", ("recipient", "/projects/ONE/authority/?kind=minor_change&amount=30000", None)
    yield "authority_nobody", ("other_pmo", "/projects/THREE/authority/", None)
    yield "person_list", ("staff_admin", "/administration/people/", None)
    yield "person_invite", ("staff_admin", "/administration/people/invite/", None)
    yield "employer", ("pmo", "/account/organisation/", None)
    yield "employer_of", ("staff_admin", f"/administration/people/{instance['users']['pmo']['id']}/organisation/", None)
    yield "absence", ("pmo", "/account/absence/", None)
    yield "absence_of", ("staff_admin", f"/administration/people/{instance['users']['pmo']['id']}/absence/", None)
    yield "person", ("staff_admin", f"/administration/people/{instance['users']['pmo']['id']}/", None)
    yield "organisation_import_new", ("staff_admin", "/administration/import/people/", None)
    yield (
        "account_reopen",
        (
            "staff_admin",
            f"/administration/people/{instance['users']['inactive_owner']['id']}/reopen/",
            None,
        ),
    )
    yield (
        "person_factors_end",
        (
            "staff_admin",
            f"/administration/people/{instance['users']['pmo']['id']}/factors/",
            None,
        ),
    )
    yield "account_close", ("staff_admin", f"/administration/people/{instance['users']['pmo']['id']}/close/", None)
    yield (
        "administrator_name",
        (
            "staff_admin",
            f"/administration/people/{instance['users']['pmo']['id']}/administrator/",
            None,
        ),
    )
    yield (
        "administrator_end",
        (
            "staff_admin",
            f"/administration/people/{instance['users']['superuser']['id']}/administrator/end/",
            None,
        ),
    )
    yield "organisation_list", ("staff_admin", "/administration/organisations/", None)
    yield "organisation_add", ("staff_admin", "/administration/organisations/new/", None)
    yield "organisations_link", ("staff_admin", "/administration/organisations/link/", None)
    yield "organisation_rename", ("staff_admin", "/administration/organisations/1/rename/", None)
    yield "link_end", ("staff_admin", "/administration/organisations/links/1/end/", None)
    yield "settings", ("staff_admin", "/administration/settings/", None)
    yield "settings_deadlines", ("staff_admin", "/administration/settings/deadlines/", None)
    yield "token_list", ("staff_admin", "/administration/provisioning/", None)
    yield "provider", ("staff_admin", "/administration/sign-in/", None)
    yield "provider_expired", ("anonymous", "/sign-in/provider/finish/", None)
    yield "mail_test", ("staff_admin", "/administration/settings/email/", None)
    for page in ("help", "verify", "accessibility", "legal-notice", "privacy"):
        yield page.replace("-", "_"), ("anonymous", f"/{page}/", None)
    yield "system_state", ("staff_admin", "/administration/system/", None)
    yield "failed_mails", ("staff_admin", "/administration/system/emails/", None)
    yield "administration_log", ("staff_admin", "/administration/log/", None)
    yield "administration_log_empty", ("staff_admin", "/administration/log/?q=nobody-of-that-name", None)
    yield "search", ("pmo", "/search/", None)
    yield "search_found", ("pmo", "/search/?q=risk", None)
    yield "search_none", ("pmo", "/search/?q=nothing-of-that-name", None)
    yield "account", ("pmo", "/account/", None)
    yield "act_check", ("pmo", f"/acts/{'0' * 64}/", None)
    yield "account_password", ("pmo", "/account/password/", None)
    yield "passkey_add", ("pmo", "/account/passkeys/add/", None)
    yield "code_app_add", ("pmo", "/account/code-app/", None)
    yield "recovery_codes_make", ("pmo", "/account/recovery-codes/", None)
    yield "address_ask", ("pmo", "/account/address/", None)
    yield "address_propose", ("staff_admin", f"/administration/people/{instance['users']['pmo']['id']}/address/", None)
    yield "address_link_refused", ("anonymous", "/address/x/", None)
    yield "link_refused", ("anonymous", "/set-up/x/", None)
    yield "project_open", ("staff_admin", "/projects/new/", _send_nothing)
    yield "project_seats", ("staff_admin", "/administration/projects/", None)
    yield "owner_propose", ("staff_admin", "/administration/projects/THREE/owner/", None)
    yield "referential", ("staff_admin", "/referential/", None)
    yield "referential_new", ("staff_admin", "/referential/fr/new/", None)
    yield "referential_copy", ("staff_admin", "/referential/fr/copy/", None)
    yield "referential_published", ("staff_admin", "/referential/templates/1/", None)
    yield "referential_draft", ("staff_admin", "/referential/templates/3/", _draft_of_role())
    yield "referential_duty", ("staff_admin", "/referential/templates/3/", _draft_of_role("/responsibilities/new/"))
    yield "referential_publish", ("staff_admin", "/referential/templates/3/", _draft_of_role("/publish/"))
    yield "referential_differences", ("staff_admin", "/referential/templates/3/differences/", None)
    yield "referential_retire", ("staff_admin", "/referential/templates/1/retire/", None)
    yield "referential_import", ("staff_admin", "/referential/import/", None)
    yield "referential_compared", ("staff_admin", "/referential/import/", _compare_pack)
    yield "permissions", ("recipient", "/projects/ONE/permissions/", None)
    yield "permissions_mine", ("moe", "/projects/ONE/permissions/mine/", None)
    yield "import_new", ("amoa", "/projects/ONE/requirements/import/", None)
    yield "import_columns", ("amoa", "/projects/ONE/requirements/import/", _send_needs)
    yield "import_checked", ("amoa", "/projects/ONE/requirements/import/", _check_needs)
    yield "list_import_new", ("pmo", "/projects/ONE/import/risks/", None)
    yield "list_import_columns", ("pmo", "/projects/ONE/import/risks/", _send_risks)
    yield "list_import_checked", ("pmo", "/projects/ONE/import/risks/", _check_risks)
    yield "notifications", ("owner", "/notifications/", None)
    yield "error_403", ("recipient", f"{url['revised']}decide/", None)
    yield "error_404", ("owner", "/proposals/999999/", None)


def _acceptance(project: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map acceptance: the overview, an open and a closed campaign, a test, a defect, and the forms."""
    of, (closed, campaign) = "/projects/ONE/acceptance/", project["campaigns"]
    lettering, glare, restart = project["defects"]
    yield "acceptance", ("amoa", of, None)
    yield "defect_list", ("amoa", "/projects/ONE/acceptance/defects/", None)
    yield "acceptance_none", ("other_pmo", "/projects/THREE/acceptance/", None)
    yield "acceptance_test", ("recipient", f"/tests/{project['tests'][0]}/", None)
    yield "acceptance_test_new", ("amoa", f"{of}tests/new/", None)
    yield "acceptance_test_edit", ("amoa", f"/tests/{project['tests'][0]}/edit/", None)
    yield "missing_tests", ("amoa", f"{of}tests/missing/", None)
    yield "tests_copy", ("amoa", f"{of}tests/copy/?of=ONE", None)
    yield "test_sheet", ("amoa", f"{of}tests/edit/", None)
    yield "deliverable_new", ("amoa", f"{of}deliverables/new/", None)
    yield "deliverable_edit", ("amoa", f"/deliverables/{project['deliverables'][0]}/edit/", None)
    yield "campaign", ("amoa", f"/campaigns/{campaign}/", _open_lists)
    yield "campaign_row", ("amoa", f"/campaigns/{campaign}/", _fail_without_words)
    yield "campaign_reader", ("owner", f"/campaigns/{campaign}/", None)
    yield "campaign_closed", ("amoa", f"/campaigns/{closed}/", _open_lists)
    yield "campaign_new", ("amoa", f"{of}campaigns/new/", None)
    yield "campaign_edit", ("amoa", f"/campaigns/{campaign}/edit/", None)
    yield "campaign_close", ("amoa", f"/campaigns/{campaign}/close/", None)
    for name, defect in (("closed", lettering), ("open", glare), ("corrected", restart)):
        yield f"defect_{name}", ("amoa", f"/defects/{defect}/", None)
    yield "defect_new", ("moe", f"/campaigns/{campaign}/defects/new/", None)
    yield "defect_correct", ("moe", f"/defects/{glare}/correct/", None)
    yield "defect_close", ("amoa", f"/defects/{restart}/close/", None)
    yield "defect_reopen", ("amoa", f"/defects/{restart}/reopen/", None)


def _steering(project: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map the dashboards, a list behind a number, and the monthly reviews."""
    board, [review, *_] = "/projects/ONE/dashboard/", project["reviews"]
    yield "dashboard", ("pmo", board, _open_lists)
    for part in ("standards", "risks", "advice"):
        yield f"dashboard_{part}", ("owner", f"{board}{part}/", _open_lists)
    yield "gates", ("pmo", "/projects/ONE/gates/", None)
    yield "dashboard_list", ("owner", f"{board}list/pending/", None)
    yield "dashboard_workload", ("pmo", f"{board}workload/", None)
    yield "dashboard_obligations", ("pmo", f"{board}list/obligations/", None)
    yield "dashboard_list_none", ("other_pmo", "/projects/THREE/dashboard/list/overdue/", None)
    yield "review_list", ("owner", "/projects/ONE/reviews/", None)
    yield "review_list_none", ("other_pmo", "/projects/THREE/reviews/", None)
    yield "review_new", ("pmo", "/projects/ONE/reviews/new/", None)
    yield "review", ("recipient", f"/reviews/{review}/", None)


def _standards(waiver: int) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map the library, one standard and its versions, conformity, and the waivers."""
    of = "/projects/ONE/standards/"
    yield "standards", ("pmo", of, None)
    yield "standards_reader", ("recipient", of, None)
    yield "standards_none", ("other_pmo", "/projects/THREE/standards/", None)
    yield "standard", ("pmo", "/standards/1/", None)
    yield "standard_draft", ("recipient", "/standards/1/?version=2", None)
    yield "standard_differences", ("owner", "/standards/1/differences/", None)
    yield "standard_new", ("pmo", f"{of}new/", None)
    yield "standard_edit", ("pmo", "/standards/versions/2/edit/", None)
    yield "tools", ("pmo", f"{of}tools/", None)
    yield "tool_new", ("pmo", f"{of}tools/new/", None)
    yield "tool_edit", ("pmo", "/library/1/edit/", None)
    checked = "/projects/ONE/conformity/"
    yield "conformity", ("pmo", checked, None)
    yield "conformity_reader", ("owner", f"{checked}?gate=G5", None)
    yield "conformity_none", ("other_pmo", "/projects/THREE/conformity/", None)
    yield "checkpoint", ("pmo", f"{checked}1/", None)
    yield "check", ("pmo", f"{checked}1/check/", None)
    yield "waivers", ("amoa", "/projects/ONE/waivers/", None)
    yield "waivers_none", ("other_pmo", "/projects/THREE/waivers/", None)
    yield "waiver", ("owner", f"/waivers/{waiver}/", None)
    yield "waiver_revoke", ("owner", f"/waivers/{waiver}/revoke/", None)
    yield "waiver_close", ("pmo", f"/waivers/{waiver}/close/", None)
    yield "waiver_ask", ("amoa", "/projects/ONE/proposals/new/?kind=waiver", None)
    yield "adoption_ask", ("pmo", "/projects/ONE/proposals/new/?kind=standard_adoption", None)


def _risks(project: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map the risk register, the heat map, the scale, a raised, a rated and an occurred risk, issues, the forms."""
    of, (rated, raised, happened, *_) = "/projects/ONE/risks/", project["risks"]
    [action, *_], [issue, *_] = project["risk_actions"], project["issues"]
    yield "risks_copy", ("pmo", f"{of}copy/?of=ONE", None)
    yield "risks_grid", ("pmo", f"{of}grid/", None)
    yield "issues_grid", ("pmo", f"{of.removesuffix('risks/')}issues/grid/", None)
    yield "risks_paste", ("recipient", f"{of}paste/", None)
    yield "risks", ("pmo", of, None)
    yield "risks_reader", ("recipient", f"{of}?status=open&band=amber", None)
    yield "risks_none", ("other_pmo", "/projects/THREE/risks/", None)
    yield "risk_heat", ("owner", f"{of}heat/", None)
    yield "risk_heat_none", ("other_pmo", "/projects/THREE/risks/heat/", None)
    yield "risk_scale", ("owner", f"{of}scale/", None)
    yield "risk_scale_set", ("owner", f"{of}scale/set/?preset=4", None)
    yield "risk_new", ("recipient", f"{of}new/", None)
    yield "risks_review", ("pmo", f"{of}review/", None)
    yield "risk", ("pmo", f"/risks/{rated}/", None)
    yield "risk_raised", ("moe", f"/risks/{raised}/", None)
    yield "risk_happened", ("recipient", f"/risks/{happened}/", None)
    yield "risk_edit", ("moe", f"/risks/{raised}/edit/", None)
    for step in ("assess", "review", "settle/closed"):
        yield f"risk_{step}".replace("/", "_"), ("pmo", f"/risks/{rated}/{step}/", None)
    yield "risk_materialise", ("amoa", f"/risks/{rated}/happened/", None)
    yield "risk_action_new", ("amoa", f"/risks/{rated}/actions/new/", None)
    yield "risk_action_edit", ("amoa", f"/risk-actions/{action}/edit/", None)
    [todo, *_] = project["actions"]
    yield "action_list", ("owner", "/projects/ONE/actions/", None)
    yield "action_list_none", ("other_pmo", "/projects/THREE/actions/", None)
    yield "action_new", ("amoa", "/projects/ONE/actions/new/", None)
    yield "actions_grid", ("amoa", "/projects/ONE/actions/grid/", None)
    yield "actions_paste", ("amoa", "/projects/ONE/actions/paste/", None)
    yield "action", ("moe", f"/actions/{todo}/", None)
    yield "action_settle", ("moe", f"/actions/{todo}/settle/", None)
    yield "issues", ("pmo", "/projects/ONE/issues/", None)
    yield "issues_none", ("other_pmo", "/projects/THREE/issues/", None)
    yield "issue", ("pmo", f"/issues/{issue}/", None)
    yield "issue_new", ("recipient", "/projects/ONE/issues/new/", None)
    yield "issue_settle", ("pmo", f"/issues/{issue}/settle/", None)


def _reports(project: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map weather, indicators, schedule, budget, success criteria and lessons: pages, empty lists, forms."""
    for name in ("weather", "indicators", "schedule", "means", "success", "benefits", "lessons"):
        yield name, ("pmo", f"/projects/ONE/{name}/", _open_lists)
        yield f"{name}_reader", ("recipient", f"/projects/ONE/{name}/", None)
        yield f"{name}_none", ("other_pmo", f"/projects/{'TWO' if name == 'schedule' else 'THREE'}/{name}/", None)
    of, indicator, line = "/projects/ONE/", project["steering_indicators"][0], project["budget_lines"][0]
    milestone, criterion, lesson = project["milestones"][-1], project["success_criteria"], project["lessons"][0]
    yield "schedule_dependency", ("other_pmo", "/projects/THREE/schedule/", None)
    yield "weather_publish", ("pmo", f"{of}weather/publish/", None)
    yield "weather_of_round", ("pmo", "/weather/ONE/", None)
    yield "steering_new", ("pmo", f"{of}indicators/new/", None)
    yield "steering_edit", ("pmo", f"/steering/{indicator}/edit/", None)
    yield "steering_reading", ("pmo", f"/steering/{indicator}/reading/", None)
    yield "steering_import", ("pmo", f"{of}indicators/import/", None)
    yield "steering_import_refused", ("pmo", f"{of}indicators/import/", _send_wrong_values)
    yield "milestones_grid", ("pmo", f"{of}schedule/grid/", None)
    yield "milestone_new", ("pmo", f"{of}schedule/milestones/new/", None)
    yield "milestone_edit", ("pmo", f"/milestones/{milestone}/edit/", None)
    yield "milestone_forecast", ("pmo", f"/milestones/{milestone}/forecast/", None)
    yield "dependencies_confirm", ("other_pmo", "/projects/THREE/schedule/dependencies/confirm/", None)
    yield "dependency_new", ("other_pmo", "/projects/THREE/schedule/dependencies/new/", None)
    yield "dependency_edit", ("other_pmo", "/dependencies/1/edit/", None)
    yield "budget_lines_grid", ("pmo", f"{of}means/grid/", None)
    yield "budget_line_new", ("pmo", f"{of}means/new/", None)
    yield "budget_line_edit", ("pmo", f"/budget-lines/{line}/edit/", None)
    yield "criterion_new", ("pmo", f"{of}success/new/", None)
    yield "benefit_new", ("amoa", f"{of}success/benefits/new/", None)
    yield "criteria_freeze", ("pmo", f"{of}success/freeze/", None)
    yield "criterion_edit", ("pmo", f"/success/{criterion[-1]}/edit/", None)
    yield "criterion_drop", ("pmo", f"/success/{criterion[-1]}/drop/", None)
    yield "criterion_measure", ("amoa", f"/success/{criterion[0]}/measure/", None)
    yield "lesson_list", ("recipient", "/lessons/", None)
    yield "lesson_new", ("recipient", f"{of}lessons/new/", None)
    yield "lesson_edit", ("moe", f"/lessons/{lesson}/edit/", None)


def _change(
    project: dict[str, Any], decision: int
) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """Map recipients, the change plan, the calendar, and a decision with its acknowledgements."""
    of, [group, *_] = "/projects/ONE/", project["recipient_groups"]
    change = f"{of}change/"
    yield "recipients", ("amoa", f"{of}recipients/", None)
    yield "recipients_none", ("other_pmo", "/projects/THREE/recipients/", None)
    yield "recipient", ("owner", f"/recipients/{group}/", None)
    yield "recipients_grid", ("amoa", f"{of}recipients/grid/", None)
    yield "recipient_new", ("amoa", f"{of}recipients/new/", None)
    yield "recipient_edit", ("amoa", f"/recipients/{group}/edit/", None)
    yield "change_plan", ("amoa", change, None)
    yield "change_plan_reader", ("owner", change, None)
    yield "change_plan_version", ("owner", f"{change}versions/1/", None)
    yield "change_plan_freeze", ("amoa", f"{change}freeze/", None)
    yield "change_impact", ("amoa", f"{change}impact/?group={group}&aspect=tool", None)
    yield "communications", ("amoa", f"{change}communications/", None)
    yield "communication_new", ("amoa", f"{change}communications/new/", None)
    yield "communication_edit", ("amoa", f"/communications/{project['communications'][0]}/edit/", None)
    yield "trainings", ("amoa", f"{change}training/", None)
    yield "training_new", ("amoa", f"{change}training/new/", None)
    yield "training_edit", ("amoa", f"/trainings/{project['trainings'][0]}/edit/", None)
    yield "feedback", ("amoa", f"{change}feedback/", None)
    yield "feedback_new", ("recipient", f"{change}feedback/new/", None)
    yield "feedback_answer", ("amoa", f"/feedback/{project['feedback'][-1]}/answer/", None)
    yield "task_snooze", ("amoa", f"/tasks/snooze/?task=feedback-{project['feedback'][-1]}", None)
    yield "adoption", ("amoa", f"{change}adoption/", None)
    yield "indicator_new", ("amoa", f"{change}adoption/new/", None)
    yield "indicator_edit", ("amoa", f"/indicators/{project['indicators'][0]}/edit/", None)
    yield "reading_add", ("amoa", f"/indicators/{project['indicators'][0]}/reading/", None)
    yield "calendar", ("recipient", f"{of}calendar/", None)
    yield "calendar_none", ("other_pmo", "/projects/THREE/calendar/?month=2001-02", None)
    yield "obligation_list", ("owner", f"{of}obligations/?standing=all", None)
    yield "obligation_fulfil", ("moe", f"{of}obligations/MOE/MOE-10/G4/fulfil/", None)
    yield "obligation_evidence", ("amoa", f"{of}obligations/DEST/DEST-05/G4/evidence/", None)
    yield "obligation_check", ("amoa", f"{of}obligations/DEST/DEST-05/G4/check/", None)
    yield "obligation_excuse", ("owner", f"{of}obligations/MOE/MOE-10/G4/excuse/", None)
    yield "obligation_catch_up", ("moe", f"{of}obligations/MOE/catch-up/?duty=MOE-04", None)
    yield "obligation_excuse_missed", ("owner", f"{of}obligations/MOE/excuse/", None)
    yield "record_read", ("recipient", f"/decisions/{decision}/", None)


def _violations(page: Page, where: str, without: list[str], contrast: bool, only: bool = False) -> list[str]:
    """Describe what axe finds on the page without these parts, with the contrast or with only that."""
    found = page.evaluate(VIOLATIONS, [without, contrast, only])
    return [f"{where}: {violation['id']} {violation['nodes'][0]['target']}" for violation in found]


def test_every_page_of_the_product_is_looked_at(instance: Any, long_one: str, waived: int) -> None:
    seen = {resolve(path.partition("?")[0]).url_name for _, (_, path, _) in visits(instance, long_one, waived)}
    assert {pattern.name for _name, pattern in list_patterns()} - seen == NO_PAGES


def test_tables_do_not_scroll_in_their_frame_on_a_laptop_or_a_tablet(person: Any) -> None:
    page, problems = person("pmo", language="fr"), []
    widths = (1440, 1280, 768)
    page.set_viewport_size({"width": widths[0], "height": 900})
    for path in TABLES:
        page.goto(f"/projects/ONE/{path}/")
        is_wide = page.viewport_size == {"width": widths[0], "height": 900}
        for width in widths if is_wide else widths[::-1]:
            page.set_viewport_size({"width": width, "height": 900})
            problems += [f"{path}: {more} px hidden at {width}" for more in page.evaluate(HIDDEN) if more > 0]
    assert not problems, "\n".join(problems)


def test_colours_that_are_alike_by_day_are_alike_by_night() -> None:
    """Contrast is measured in the dark where a page differs by day from those before it."""
    tokens = TOKEN.findall((ROOT / "static/css/tokens.css").read_text())
    nights: dict[str, set[str]] = {}
    for _name, day, night in tokens:
        nights.setdefault(day, set()).add(night)
    assert [name for name, day, _ in tokens if len(nights[day]) > 1] == ALIKE_BY_DAY


@pytest.mark.parametrize(("languages", "theme"), WIDTHS)
def test_every_page_is_accessible_quiet_and_never_wider_than_the_screen(
    languages: tuple[str, ...], theme: str, person: Any, instance: Any, long_one: str, waived: int, complaints: Any
) -> None:
    wanted = bool(os.environ.get("SCREENS"))
    if wanted:
        SCREENS.mkdir(parents=True, exist_ok=True)
    #: By member and language; pages that are looked at again have one of their own, narrow.
    pages: dict[tuple[str, str], Page] = {}
    narrow: dict[tuple[str, str], Page] = {}
    visited: dict[str, int] = {}
    surrounded: set[str] = set()
    known: set[str] = set()
    measured: set[str] = set()
    widths, problems = WIDTHS[languages, theme], []

    def open_page(member: str, language: str, width: int) -> Page:
        page: Page = person(member, language=language, color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        return page

    for place, (name, (member, path, first)) in enumerate(visits(instance, long_one, waived)):
        reader = member, languages[place % len(languages)]
        content = name if first or WHOLE else str(resolve(path.partition("?")[0]).url_name)
        visited[content] = visited.get(content, -1) + 1
        if visited[content]:
            if is_turn(place, OTHER_ROWS):
                narrow[reader] = page = narrow.get(reader) or open_page(*reader, min(widths))
                page.goto(path)
                if (more := page.evaluate(WIDER)) > 0:
                    problems.append(f"{name}: {more} px wider than {min(widths)}")
            continue
        if reader not in pages:
            pages[reader] = open_page(*reader, widths[len(pages) % len(widths)])
            pages[reader].add_init_script(AXE_SCRIPT)  # sent and compiled once, not for each page
        page = pages[reader]
        if (WHOLE or first) and width_of(page) != widths[0]:
            page.set_viewport_size({"width": widths[0], "height": 900})
        page.goto(path)
        if first:
            first(page)
        elif theme == "light" and (shift := page.evaluate(SHIFT)) > MOST_SHIFT:
            problems.append(f"{name}: shifts by {shift:.3f}")
        if wanted:
            page.screenshot(path=SCREENS / f"{name}-{width_of(page)}-{theme}-{reader[1]}.png", full_page=True)
        parts = set(page.evaluate(PARTS))
        is_own = WHOLE or not parts <= known
        known |= parts
        if is_own or is_turn(place, KNOWN_PARTS):
            without = [] if member not in surrounded or WHOLE else AROUND
            surrounded.add(member)
            problems += _audit(page, f"{name} at {width_of(page)}", without, measured)
        # From the width of the page before to another one: nothing is laid out only to be left.
        others = [width for width in from_turn(place, widths) if width != width_of(page)] if is_own else []
        for width in (width_of(page), *others):
            if width != width_of(page):
                page.set_viewport_size({"width": width, "height": 900})
            if (more := page.evaluate(WIDER)) > 0:
                problems.append(f"{name} in {reader[1]}: {more} px wider than {width}")
    problems += [words for words in complaints if not EXPECTED_COMPLAINT.search(words)]
    assert not problems, "\n".join(problems)


def width_of(page: Page) -> int:
    """Return the width of its window."""
    assert page.viewport_size
    return page.viewport_size["width"]


def _audit(page: Page, where: str, without: list[str], measured: set[str]) -> list[str]:
    """Describe what axe finds on the page, once more in the dark where it writes as no page before it."""
    written = set(page.evaluate(WRITTEN_IN, without))
    contrast = WHOLE or not written <= measured
    measured |= written
    problems = _violations(page, where, without, contrast)
    if contrast and not WHOLE:
        page.emulate_media(color_scheme="dark")
        problems += _violations(page, f"{where} in the dark", without, contrast, only=True)
        page.emulate_media(color_scheme="light")
    return problems
