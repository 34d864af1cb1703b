"""Count what a person does in a page: each press of a key or of a button of the mouse, across its pages."""

from collections.abc import Callable

from playwright.sync_api import Page

SCRIPT = """
for (const type of ["keydown", "pointerdown"]) {
  addEventListener(type, () => { sessionStorage.effort = Number(sessionStorage.effort ?? 0) + 1; }, true);
}
"""


def count_effort(page: Page) -> Callable[[], int]:
    """Count from the next page on; return a function that reads the count."""
    page.add_init_script(SCRIPT)
    return lambda: int(page.evaluate("sessionStorage.effort ?? 0"))
