"""Read the commands of the guides: the fenced blocks below their headings."""

import re
from dataclasses import dataclass

from tests.sources import ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its word, such as `nginx`, and its lines without comments."""

    word: str
    lines: list[str]


def read_blocks(guide: str, title: str = "") -> list[Block]:
    """List the blocks of the guide, or of the section with this heading."""
    text = (ROOT / guide).read_text()
    if title:
        text = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        assert text, f"{guide} has no section {title}"
    return [
        Block(word, [re.sub(r"\s+# .*", "", line) for line in body.splitlines()]) for word, body in BLOCK.findall(text)
    ]


def read_commands(guide: str, title: str, *words: str) -> list[str]:
    """List the commands of the blocks of a section that have one of these words; those without a word by default."""
    return [line for block in read_blocks(guide, title) if block.word in (words or ("",)) for line in block.lines]
