"""Normalise HTML for comparison: drop the line breaks that templates put between tags."""

import re

BLOCK = (
    "article|aside|blockquote|body|caption|col|colgroup|datalist|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h1|h2|h3|h4|head|header|hr|html|legend|li|link|main|meta|nav|ol|optgroup|option|p|script|section|summary|"
    "table|tbody|td|template|tfoot|th|thead|title|tr|ul"
)

KEPT = re.compile(r"(<textarea\b.*?</textarea>|<pre\b.*?</pre>)", re.DOTALL)


def squeeze(html: str) -> str:
    """Remove the line breaks beside block-level tags and at the inner edges of all; turn the others into a space.

    Text that a person typed keeps its lines.
    """
    parts = KEPT.split(html)
    return "".join(part if KEPT.fullmatch(part) else _squeeze(part) for part in parts)


def _squeeze(html: str) -> str:
    html = _trim_lines(html)
    html = re.sub(r"\n(?=/?>)", "", html)
    html = re.sub(rf"(<[a-z][^<>]*>|</(?:{BLOCK})>)\n", r"\1", html)
    html = re.sub(rf"\n(?=</|<(?:{BLOCK})\b)", "", html)
    return html.replace("\n", " ")


def _trim_lines(html: str) -> str:
    """Remove the spaces around each line break, and empty lines: what follows then looks for single characters."""
    first, *lines = html.split("\n")
    if not lines:
        return html
    *lines, last = lines
    return "\n".join([first.rstrip(), *filter(None, map(str.strip, lines)), last.lstrip()])
