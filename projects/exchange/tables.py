"""What a file holds once it is read: a head and rows of text, each with its place in the file."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of text under a head; every row is as wide as the head, and every name of the head differs."""

    #: What was read: "xlsx", "ods", "csv" or "reqif".
    kind: str
    header: list[str]
    rows: list[list[str]] = field(repr=False)
    #: Where each row stands, as a person sees it: 2 is the second row of the sheet (of a ReqIF, the second object).
    lines: list[int] = field(repr=False)
    #: Where the head was found or chosen; 0 in a ReqIF.
    header_line: int = 0
    #: The sheets to choose from, hidden ones left out, and the one that was read; empty for a CSV or a ReqIF.
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    #: How the text of a CSV was decoded and parted; empty for the others.
    encoding: str = ""
    separator: str = ""
