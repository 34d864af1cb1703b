"""Count the keystrokes and clicks of the journeys that people make every week."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.counted import count_effort

Person = Callable[..., Page]
POINTS = 37
STANDARD = (
    "from projects.models import Project; from roles.models import User;"
    " from tests.pmo.standards.standards import factories;"
    " owner, pmo = (User.objects.get(email=name + '@example.org') for name in ('owner', 'pmo'));"
    " one = Project.objects.get(code='ONE');"
    " texts = [dict(text_fr=f'Point {{n}}', text_en=f'Point {{n}}', computed='', waivable=True)"
    " for n in range(1, {points} + 1)];"
    " factories.adopt(owner, factories.write_draft(pmo, one, '{code}', texts, from_gate='G0'))"
)
CRITERIA = (
    "from projects.models import Project; from roles.models import User;"
    " from amoa.requirements.services import write_requirement;"
    " author = User.objects.get(email='other.amoa@example.org'); two = Project.objects.get(code='TWO');"
    " texts = [dict(number=str(n), text=f'Lamp {n} is lit') for n in range(1, 24)];"
    " [write_requirement(actor=author, project=two, fields=dict(code=f'LAMP-{n}', kind='functional',"
    " title=f'Lamps of pontoon {n}', state='proposed', criteria=texts)) for n in range(10)]"
)


def run_in_shell(instance: dict[str, Any], lines: str) -> None:
    """Run these statements in the shell of the instance."""
    subprocess.run(  # noqa: S602 our own command
        f'{instance["commands"]["shell"]} --no-imports -c "{lines}"',
        shell=True,
        check=True,
        timeout=120,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )


def adopted(instance: dict[str, Any], code: str) -> None:
    """Adopt a standard of many checkpoints in the library of project one."""
    run_in_shell(instance, STANDARD.format(code=code, points=POINTS))


def test_the_conformity_of_37_points_takes_50_keystrokes_and_clicks(
    person: Person, query: Any, instance: Any, complaints: Any
) -> None:
    adopted(instance, "STD-MANY")
    page = person("pmo")
    effort = count_effort(page)
    page.goto("/projects/ONE/conformity/?standard=STD-MANY")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(POINTS)

    page.locator("[data-next]").click()
    expect(rows.first).to_be_focused()
    for n in range(32):
        page.keyboard.press("1")
        expect(rows.nth(n + 1)).to_be_focused()
    page.keyboard.press("3")  # one of its own: the finding is typed in the row
    expect(rows.nth(32).locator('[name="finding"]')).to_be_focused()
    page.keyboard.type("Late")
    page.keyboard.press("Enter")
    expect(rows.nth(33)).to_be_focused()  # the answers before it are sent in turn
    for n in range(33, POINTS):
        rows.nth(n).locator("[name='one']").check()
    rows.nth(33).focus()
    page.keyboard.press("2")  # the others share theirs
    expect(page.locator("#checks [name='finding']")).to_be_focused()
    page.keyboard.type("Old")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("4 checks are recorded.")
    expect(page.locator("tr[data-open]")).to_have_count(0)

    assert effort() <= 50
    found = dict(
        query(
            "SELECT c.result, count(*) FROM pmo_conformitycheck c"
            " JOIN pmo_standardcheckpoint p ON p.id = c.checkpoint_id"
            " JOIN pmo_standardversion v ON v.id = p.version_id JOIN pmo_standard s ON s.id = v.standard_id"
            " WHERE s.code = 'STD-MANY' GROUP BY c.result"
        )
    )
    assert found == {"conform": 32, "not_conform": 1, "partially_conform": 4}
    assert complaints == []


def test_the_tests_of_230_criteria_take_a_dozen_keystrokes_and_clicks(
    person: Person, query: Any, instance: Any, complaints: Any
) -> None:
    address = instance["users"]["other_amoa"]["email"]
    run_in_shell(instance, CRITERIA.replace("other.amoa@example.org", address))
    page = person("other_amoa")
    effort = count_effort(page)
    page.goto("/projects/TWO/acceptance/")
    page.locator("main a[href$='/tests/missing/']").first.click()
    expect(page.locator("main [name=chosen]:checked")).to_have_count(230)
    page.locator("main button[data-kind=primary]").click()
    expect(page.locator("[data-grid] tbody tr")).to_have_count(50)

    steps = page.locator("[data-grid] [data-cell=steps] textarea")
    steps.first.click()
    page.keyboard.type("On")
    page.keyboard.press("Enter")
    expect(steps.nth(1)).to_be_focused()
    page.keyboard.type("On")
    page.keyboard.press("ArrowDown")
    expect(steps.nth(2)).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="2 tests are saved.")).to_be_visible()

    assert effort() <= 12
    found = query(
        "SELECT count(*), count(*) FILTER (WHERE steps = 'On') FROM amoa_acceptancetest t"
        " JOIN amoa_requirement r ON r.id = t.requirement_id WHERE starts_with(r.code, 'LAMP-')"
    )
    assert found == [(230, 2)]
    assert complaints == []
