"""Test day one in the browser: the administrator's steps, a newcomer who declines, accounts, workspaces, interests."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_replacement_journey import find_link, join, send
from tests.effort import in_turn

Person = Callable[..., Page]
#: No two people have the same name on the one instance of the journeys.
NEWCOMER = {"fr": "Nour Lescure", "en": "Nell Larkin"}
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


@pytest.mark.parametrize("language", in_turn(5, ["fr", "en"]))
def test_who_was_invited_with_a_role_declines_it_and_their_account_is_closed_and_opened_again(
    language: str, person: Person, browser: Browser, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    address, name = f"{NEWCOMER[language].split()[0].lower()}@example.org", NEWCOMER[language]
    owner = person("owner", language=language)
    owner.goto("/projects/ONE/mandates/appoint/?role=DEST")
    for field, text in {"email": address, "group": "Night crews"}.items():
        owner.locator(f'main [name="{field}"]').fill(text)
    send(owner, "record")
    owner.locator('main [name="newcomer"]').fill(name)
    complaints.clear()  # the form is answered with 422: it asks for the name
    send(owner, "record")
    expect(owner.locator("tr", has_text=name).first).to_be_visible()

    newcomer = browser.new_context(base_url=instance["base_url"], locale=language).new_page()
    join(newcomer, find_link(instance, address, "invitation"), "nor-has-a-long-word-too")
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
