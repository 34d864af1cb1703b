"""Count what a person does in a page: each press of a key or of a button of the mouse, or each choice and file."""

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page

#: Media type of a workbook.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SCRIPT = """
for (const type of ["keydown", "pointerdown"]) {
  addEventListener(type, () => { sessionStorage.effort = Number(sessionStorage.effort ?? 0) + 1; }, true);
}
"""


def count_effort(page: Page) -> Callable[[], int]:
    """Count from the next page on; return a function that reads the count."""
    page.add_init_script(SCRIPT)
    return lambda: int(page.evaluate("sessionStorage.effort ?? 0"))


class Counted:
    """A page whose user is counted; `clicks` excludes the texts typed."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.texts = page, 0, 0

    def open(self, path: str) -> None:
        """Open the page where the journey begins."""
        self.page.goto(path)

    def click(self, name: str | re.Pattern[str], role: str = "button") -> None:
        """Click the button or link of this name."""
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def press(self, target: Locator) -> None:
        """Click an element."""
        self.clicks += 1
        target.click()

    def select(self, label: str, option: str) -> None:
        """Choose an option of the field with this label."""
        self.clicks += 1
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.clicks += 1
        self.page.get_by_label(label).check()

    def attach(self, name: str, content: bytes, media: str = XLSX) -> None:
        """Choose a file."""
        self.clicks += 1
        file: FilePayload = {"name": name, "mimeType": media, "buffer": content}
        self.page.set_input_files("input[type=file]", [file])

    def type(self, label: str, text: str) -> None:
        """Type a text in the field with this label."""
        self.texts += 1
        self.page.get_by_label(label).fill(text)
