"""Forms of a recipient group."""

from amoa.recipients.register import RECIPIENTS
from core.forms import RowForm
from core.pages.register.registers import with_fields


@with_fields(RECIPIENTS, *RECIPIENTS.typed)
class GroupForm(RowForm):
    """Form of a recipient group; only the name is required."""


class GroupCellsForm(GroupForm):
    """Cells of a recipient group. Its name is that of the row."""

    kept = ("name",)
