"""Opening a table that a stranger made. Every refusal is a ValidationError that says why and what to do."""

from projects.exchange.tables import Table


def open_table(
    name: str, content: bytes, *,
    encoding: str = "", separator: str = "", sheet: str = "", header_line: int = 0,
) -> Table:  # fmt: skip
    """The table in a file called `name`; what is not chosen ("" or 0) is detected.

    Raises ValidationError, before anything expensive has read the file, with a code: name, type, size, content,
    damaged, encrypted, macros, bomb, unsafe, doctype, formula, rows, columns, cells, text, cell, encoding,
    separator, quote, sheet, header, empty.
    """
    raise NotImplementedError
