"""Count the keystrokes and clicks of the journeys that people make every week."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.counted import count_effort

Person = Callable[..., Page]
POINTS = 37
#: Milliseconds for a queue of answers on a busy machine.
PATIENCE = 60_000
STANDARD = (
    "from projects.models import Project; from roles.models import User; from tests.pmo.standards import factories;"
    " owner, pmo = (User.objects.get(email=name + '@example.org') for name in ('owner', 'pmo'));"
    " one = Project.objects.get(code='ONE');"
    " texts = [dict(text_fr=f'Point {{n}}', text_en=f'Point {{n}}', computed='', waivable=True)"
    " for n in range(1, {points} + 1)];"
    " factories.adopt(owner, factories.write_draft(pmo, one, '{code}', texts, from_gate='G0'))"
)


def adopted(instance: dict[str, Any], code: str) -> None:
    """Adopt a standard of many checkpoints in the library of project one."""
    subprocess.run(  # noqa: S602 our own command
        f'{instance["commands"]["shell"]} --no-imports -c "{STANDARD.format(code=code, points=POINTS)}"',
        shell=True,
        check=True,
        timeout=120,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )


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
    expect(rows.nth(32).locator('[name="finding"]')).to_be_focused(timeout=PATIENCE)
    page.keyboard.type("Late")
    page.keyboard.press("Enter")
    expect(rows.nth(33)).to_be_focused(timeout=PATIENCE)  # the answers before it are sent in turn
    for n in range(33, POINTS):
        rows.nth(n).locator("[name='one']").check()
    rows.nth(33).focus()
    page.keyboard.press("2")  # the others share theirs
    expect(page.locator("#checks [name='finding']")).to_be_focused()
    page.keyboard.type("Old")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("4 checks are recorded.", timeout=PATIENCE)
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
