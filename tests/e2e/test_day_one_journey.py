"""Test day one in the browser: the administrator's steps, a newcomer who declines, accounts, workspaces, interests."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE
from tests.e2e.test_passkeys import plug_in
from tests.e2e.test_replacement_journey import find_link, join, send
from tests.effort import in_turn

Person = Callable[..., Page]
#: No two people have the same name on the one instance of the journeys.
NEWCOMER = {"fr": "Nour Lescure", "en": "Nell Larkin"}
FORGETFUL = {"fr": "Odile Faure", "en": "Ned Farrow"}
#: The passwords that they choose, first and again.
WORD, NEXT_WORD = "nor-has-a-long-word-too", "then-chose-a-longer-word"
ENDS = {
    "fr": "Ils prennent fin quand la personne choisit son nouveau mot de passe, pas avant.",
    "en": "They end when the person chooses the new password, not before.",
}
BLOCKS = {"fr": "Statuer sur le lien d’intérêts qui bloque le rôle", "en": "Rule on the interest that blocks the role"}
RECUSED = {"fr": "Se retire des débats sur ce lot.", "en": "Stays out of what concerns this lot."}
WHY = {"fr": "Je pars en mer jusqu’en mars.", "en": "I am at sea until March."}
DECLINED = {"fr": "Refusé", "en": "Declined"}
REOPENED = {"fr": "Les rôles terminés le restent.", "en": "Roles that ended stay ended."}
OPEN_RISKS = {"fr": "risque", "en": "open risk"}


@pytest.mark.parametrize("language", in_turn(4, ["fr", "en"]))
def test_the_steps_of_moving_in_stand_on_the_home_of_an_administrator_until_done_or_put_away(
    language: str, person: Person, complaints: Any
) -> None:
    page = person("staff_admin" if language == "en" else "superuser", language=language)
    page.goto("/")
    steps, away = page.locator("section:has(#moving-in)"), page.locator("section:has(#moving-in) button[name=step]")
    expect(steps.locator("button[value=backup]")).to_be_visible()
    with page.expect_navigation():
        steps.locator("button[value=backup]").click()
    expect(steps.locator("button[value=backup]")).to_have_count(0)
    with page.expect_navigation():
        steps.locator("form.mt-s button").click()
    expect(steps.locator("button[value=backup]")).to_be_visible()
    while away.count():
        with page.expect_navigation():
            away.first.click()
    expect(steps).to_have_count(0)
    assert complaints == []


def bring(owner: Page, name: str, language: str, browser: Browser, instance: dict[str, Any]) -> tuple[Page, str]:
    """Appoint somebody who has no account yet; return their page after their first sign-in, and their address."""
    address = f"{name.split()[0].lower()}@example.org"
    owner.goto("/projects/ONE/mandates/appoint/?role=DEST")
    for field, text in {"email": address, "group": "Night crews"}.items():
        owner.locator(f'main [name="{field}"]').fill(text)
    send(owner, "record")
    owner.locator('main [name="newcomer"]').fill(name)
    send(owner, "record")
    expect(owner.locator("tr", has_text=name).first).to_be_visible()
    newcomer = browser.new_context(base_url=instance["base_url"], locale=language).new_page()
    newcomer.set_default_timeout(PATIENCE)
    join(newcomer, find_link(instance, address, "invitation"), WORD)
    return newcomer, address


@pytest.mark.parametrize("language", in_turn(5, ["fr", "en"]))
def test_who_was_invited_with_a_role_declines_it_and_their_account_is_closed_and_opened_again(
    language: str, person: Person, browser: Browser, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    name = NEWCOMER[language]
    owner = person("owner", language=language)
    newcomer, address = bring(owner, name, language, browser, instance)
    complaints.clear()  # the form was answered with 422: it asked for the name
    newcomer.goto("/?kind=acceptances")
    with newcomer.expect_navigation():
        newcomer.locator('main a[href$="/accept/"]').first.click()
    with newcomer.expect_navigation():
        newcomer.locator('main a[href$="/decline/"]').click()
    newcomer.locator('main [name="because"]').fill(WHY[language])
    send(newcomer, "review")
    expect(newcomer.locator("main")).to_contain_text(WHY[language])
    send(newcomer, "record")
    newcomer.context.close()

    owner.goto("/projects/ONE/mandates/")
    row = owner.locator("tr", has_text=name).first
    expect(row).to_contain_text(DECLINED[language])
    expect(row).to_contain_text(WHY[language])
    owner.goto("/notifications/")
    expect(owner.locator("main")).to_contain_text(WHY[language])

    [(key,)] = query("SELECT id FROM roles_user WHERE email = %s", address)
    admin = person("staff_admin", language=language)
    admin.goto(f"/administration/people/{key}/close/")
    expect(admin.locator("main")).to_contain_text(name)
    assert query("SELECT is_active FROM roles_user WHERE id = %s", key) == [(True,)], "it is shown first"
    send(admin, "record")
    assert query("SELECT is_active FROM roles_user WHERE id = %s", key) == [(False,)]
    admin.goto(f"/administration/people/{key}/")
    with admin.expect_navigation():
        admin.locator('main a[href$="/reopen/"], .page-head a[href$="/reopen/"]').first.click()
    expect(admin.locator("main")).to_contain_text(REOPENED[language])
    send(admin)
    assert query("SELECT is_active FROM roles_user WHERE id = %s", key) == [(True,)]
    assert complaints == []


@pytest.mark.parametrize("language", in_turn(6, ["fr", "en"]))
def test_an_owner_finds_interests_among_their_tasks_and_reads_what_a_workspace_switched_off_takes_along(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    owner = person("owner", language=language)
    owner.goto("/")
    expect(owner.locator('main a[href*="/interests/"]').first).to_be_visible()
    owner.goto("/projects/ONE/facts/workspaces/")
    owner.locator('main [name="workspaces"][value="risks"]').uncheck()
    with owner.expect_navigation():
        owner.locator("main form button").last.click()
    expect(owner.locator("main dl")).to_contain_text(OPEN_RISKS[language])
    expect(owner.locator('button[value="record"]')).to_be_visible()
    with owner.expect_navigation():
        owner.locator('button[value="change"]').click()
    [(workspaces,)] = query("SELECT workspaces FROM projects_project WHERE code = 'ONE'")
    assert "risks" in workspaces, "nothing was recorded"
    assert complaints == []


@pytest.mark.parametrize("language", in_turn(7, ["fr", "en"]))
def test_lost_second_factors_end_after_a_review_once_their_person_signs_in_anew(
    language: str, person: Person, browser: Browser, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    newcomer, address = bring(person("owner", language=language), FORGETFUL[language], language, browser, instance)
    complaints.clear()  # the form was answered with 422: it asked for the name
    plug_in(newcomer)
    newcomer.goto("/account/passkeys/add/")
    newcomer.locator('main [name="name"]').fill("Chromium")
    newcomer.locator("main form button[data-kind=primary]").click()
    expect(newcomer.locator("main section li")).to_have_count(10)  # the recovery codes
    [(key,)] = query("SELECT id FROM roles_user WHERE email = %s", address)
    kept = "SELECT count(*) FROM mfa_authenticator WHERE user_id = %s"
    assert query(kept, key) != [(0,)]

    admin = person("staff_admin", language=language)
    admin.goto(f"/administration/people/{key}/")
    with admin.expect_navigation():
        admin.locator(f'main a[href="/administration/people/{key}/factors/"]').click()
    expect(admin.locator("main")).to_contain_text(ENDS[language])
    expect(admin.locator("main")).to_contain_text("Chromium")
    send(admin)
    assert query(kept, key) != [(0,)], "nothing ends before the person acts"

    newcomer.goto(find_link(instance, address, "password/reset"))
    for field in ("password1", "password2"):
        newcomer.locator(f'main [name="{field}"]').fill(NEXT_WORD)
    send(newcomer)
    assert query(kept, key) == [(0,)]
    newcomer.context.clear_cookies()
    newcomer.goto("/sign-in/?next=/account/")
    newcomer.locator('main [name="login"]').fill(address)
    newcomer.locator('main [name="password"]').fill(NEXT_WORD)
    newcomer.locator('main [name="password"]').press("Enter")
    newcomer.wait_for_url("**/account/")
    expect(newcomer.locator('main a[href*="/passkeys/"]', has_text="Chromium")).to_have_count(0)
    newcomer.context.close()
    assert complaints == []


@pytest.mark.parametrize("language", in_turn(8, ["fr", "en"]))
def test_a_role_blocked_by_an_interest_is_a_task_of_the_owner_who_rules_on_it(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    organisation = f"Grues du Nord ({language})"
    moe, owner = person("moe", language=language), person("owner", language=language)
    moe.goto("/projects/ONE/interests/declare/")
    moe.locator('main [name="organisation"]').fill(organisation)
    moe.locator('main [name="tie"]').fill("A cousin works there.")
    send(moe, "review")
    send(moe, "record")
    [(tie,)] = query("SELECT max(id) FROM projects_interest")
    settle = f"/interests/{tie}/settle/"
    owner.goto("/?kind=blocked_roles")
    expect(owner.locator(f'main a[href="{settle}"]')).to_have_count(0)
    owner.goto("/projects/ONE/interests/bidder/")
    owner.locator('main [name="organisation"]').fill(organisation)
    send(owner, "review")
    send(owner, "record")

    owner.goto("/?kind=blocked_roles")
    expect(owner.locator("main")).to_contain_text(BLOCKS[language])
    with owner.expect_navigation():
        owner.locator(f'main a[href="{settle}"]').first.click()
    owner.locator('main [name="ruling"][value="stays"]').check()
    owner.locator('main [name="because"]').fill(RECUSED[language])
    send(owner, "review")
    expect(owner.locator("main")).to_contain_text(RECUSED[language])
    send(owner, "record")
    owner.goto("/?kind=blocked_roles")
    expect(owner.locator(f'main a[href="{settle}"]')).to_have_count(0)
    owner.goto("/projects/ONE/interests/")
    expect(owner.locator("main")).to_contain_text(RECUSED[language])
    assert complaints == []
