"""The registers whose rows are changed as cells: who changes them, how rows are made, values as typed and as saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone

from amoa.acceptance.services import write_test
from amoa.recipients.services import describe_group
from core.pages.register.registers import Register, all_registers
from governance.life.actions.services import write_action
from pmo.registers.budget.services import write_budget_line
from pmo.registers.risks.services import raise_issue
from pmo.registers.schedule.services import write_milestone
from projects.form_views import ProjectGridView
from projects.seats.mandates.predicates import role_code_of
from tests.amoa.requirements.factories import write
from tests.pmo.registers.risks.factories import create_risk

TODAY = timezone.localdate()
DAY = timedelta(days=1)
FIGURES = {"envelope": Decimal(100), "committed": Decimal(10), "forecast": Decimal(90)}


@dataclass(frozen=True)
class Cells:
    """The cells of a register, by its name.

    - `member`: who changes its rows; `other`: somebody else of the project who reads them; `create`: makes a row.
    - `typed` and `saved`: values of cells as typed and as saved; `done`: what the page says of two rows.
    - `wrong`: a cell that is refused, and the error; `again`: another value of a cell, written alike;
      `also`: who changes its rows besides.
    """

    name: str
    member: str
    other: str
    create: Callable[[Any, Any, int], Any]
    typed: dict[str, str]
    saved: dict[str, Any]
    done: str
    wrong: dict[str, str]
    error: str
    again: dict[str, str]
    also: frozenset[str] = frozenset()

    @property
    def register(self) -> Register:
        """Return the declared register."""
        return next(register for register in all_registers() if register.name == self.name)

    @property
    def listed(self) -> str:
        """Return the address of its list."""
        return reverse(self.register.list_url, args=["ONE"])

    @property
    def grid(self) -> str:
        """Return the address of its grid."""
        return reverse(self.register.grid_url, args=["ONE"])

    @property
    def view(self) -> type[ProjectGridView]:
        """Return the view of its grid."""
        found: Any = resolve(self.grid).func
        kind: type[ProjectGridView] = found.view_class
        return kind


def create_milestone(actor: Any, project: Any, number: int) -> Any:
    """Plan a milestone."""
    fields = {"code": f"M-4{number}", "name": f"Lamp {number}", "baseline_on": TODAY + 40 * DAY}
    return write_milestone(actor=actor, project=project, fields=fields)


def give_action(actor: Any, project: Any, number: int) -> Any:
    """Give an action to who gives it."""
    seat = f"{role_code_of(actor, project)}-{actor.pk}"
    fields = {"text": f"Count lamp {number}.", "seat": seat, "due_on": TODAY + 40 * DAY}
    return write_action(actor=actor, project=project, fields=fields)


GRIDS = (
    Cells(
        "project-actions",
        "amoa",
        "moe",
        give_action,
        {"due_on": str(TODAY + 50 * DAY)},
        {"due_on": TODAY + 50 * DAY},
        "2 actions are saved.",
        {"due_on": "soon"},
        "Enter a valid date.",
        {"due_on": str(TODAY + 60 * DAY)},
        also=frozenset({"owner"}),
    ),
    Cells(
        "milestones",
        "pmo",
        "amoa",
        create_milestone,
        {"gate": "G2", "forecast_on": str(TODAY + 50 * DAY), "reason": "Storms."},
        {"gate": "G2", "forecast_on": TODAY + 50 * DAY},
        "2 milestones are saved.",
        {"forecast_on": "soon"},
        "Enter a valid date.",
        {"gate": "G3"},
    ),
    Cells(
        "budget-lines",
        "pmo",
        "amoa",
        lambda actor, project, number: write_budget_line(
            actor=actor, project=project, fields=FIGURES | {"label": f"Lamp {number}"}
        ),
        {"committed": "50,5", "note": "First order"},
        {"committed": Decimal("50.50")},
        "2 budget lines are saved.",
        {"forecast": "much"},
        "Write an amount in figures, such as 38 000,50.",
        {"committed": "70"},
    ),
    Cells(
        "recipients",
        "amoa",
        "pmo",
        lambda actor, project, number: describe_group(actor=actor, project=project, fields={"name": f"Lamp {number}"}),
        {"size": "12", "place": "Quay 2"},
        {"size": 12, "place": "Quay 2"},
        "2 groups are saved.",
        {"size": "many"},
        "Enter a whole number.",
        {"place": "Quay 3"},
    ),
    Cells(
        "tests",
        "amoa",
        "pmo",
        lambda actor, project, number: write_test(
            actor=actor, project=project, fields={"code": f"L-{number}", "title": f"Lamp {number}"}
        ),
        {"expected": "Light.", "retired": "on"},
        {"expected": "Light.", "retired": True},
        "2 tests are saved.",
        {"title": ""},
        "Enter a title.",
        {"expected": "Much light."},
    ),
    Cells(
        "issues",
        "pmo",
        "recipient",
        lambda actor, project, number: raise_issue(
            actor=actor,
            project=project,
            fields={"title": f"Lamp {number}", "urgency": "medium", "impact": "medium", "size": "medium"},
        ),
        {"state": "resolved", "resolution": "A new bulb.", "due_on": str(TODAY + 5 * DAY)},
        {"state": "resolved", "resolution": "A new bulb.", "due_on": TODAY + 5 * DAY},
        "2 issues are saved.",
        {"due_on": "soon"},
        "Enter a valid date.",
        {"resolution": "Two new bulbs."},
    ),
    Cells(
        "risks",
        "pmo",
        "recipient",
        lambda actor, project, number: create_risk(actor, project, title=f"Lamp {number}", owner_role="MOE"),
        {"owner_role": "AMOA", "proximity": "near", "opportunity": "on"},
        {"owner_role": "AMOA", "proximity": "near", "opportunity": True},
        "2 risks are saved.",
        {"title": ""},
        "Enter a title.",
        {"proximity": "far"},
    ),
    Cells(
        "requirements",
        "amoa",
        "pmo",
        lambda actor, project, number: write(actor, project, code=f"L-{number}", title=f"Lamp {number}"),
        {"lot": "Lot 7", "priority": "could"},
        {"lot": "Lot 7", "priority": "could"},
        "2 requirements are changed.",
        {"priority": "urgent"},
        "Select a valid choice. urgent is not one of the available choices.",
        {"lot": "Lot 8"},
    ),
)
BY_NAME = {cells.name: cells for cells in GRIDS}


def read(row: Any, names: Any) -> dict[str, Any]:
    """Return these values of a row as they are saved."""
    row.refresh_from_db()
    return {name: getattr(row, name) for name in names}


def words(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


def cells_of(page: Any) -> dict[str, str]:
    """Return the cells of a grid as a browser posts them."""
    posted = {}
    for row in page.context["rows"]:
        for field in row.form:
            value = field.value()
            if not field.field.disabled and value is not None and value is not False:
                posted[field.html_name] = "on" if value is True else field.field.widget.format_value(value)
    return {name: value[0] if isinstance(value, list) else value or "" for name, value in posted.items()}


def typed_in(row: Any, values: dict[str, str]) -> dict[str, str]:
    """Return these values as the cells of a row."""
    return {f"r{row.pk}-{name}": value for name, value in values.items()}
