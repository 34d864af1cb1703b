"""The specification as DOCX, by python-docx; loaded when a DOCX is written."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import docx

from amoa.specification.content import Specification, name_parts
from core.files.papers.docx_file import Parts, build_paragraph, save, set_up, write_footer, write_text


def write(specification: Specification, at: datetime, tell: Callable[[int], None]) -> bytes:
    """Write the specification with headings that make an outline; `tell` gets the number of entries written."""
    document = docx.Document()
    set_up(
        document,
        name=f"{specification.heading} {specification.title}",
        language=specification.language,
        at=at,
        mark=specification.mark,
    )
    baseline = " ".join(map(str, specification.facts[0]))
    write_footer(document, f"{specification.code} · {baseline} · {specification.state} · ")
    end = document.element.body.sectPr
    for style, parts in _iterate_paragraphs(specification, tell):
        end.addprevious(build_paragraph(style, parts))
    return save(document)


def _iterate_paragraphs(specification: Specification, tell: Callable[[int], None]) -> Iterator[tuple[str, Parts]]:
    """Yield the style of each paragraph and its (text, whether bold)."""
    names, done = name_parts(), count(1)
    yield "Title", [(f"{specification.heading} {specification.title}", False)]
    yield "Normal", [(specification.state, True)]
    yield from map(_write_fact, (*specification.facts, *specification.figures))
    for section in specification.sections:
        yield "Heading1", [(section.heading, False)]
        for entry in section.entries:
            yield "Heading2", [(f"{entry.code} {entry.title}", False)]
            yield from write_text(entry.statement)
            if entry.criteria:
                yield "Heading3", [(names["criteria_label"], False)]
                for number, text in entry.criteria:
                    yield "Normal", [(f"{number}. {text}", False)]
            if entry.justification:
                yield "Heading3", [(names["justification_label"], False)]
                yield from write_text(entry.justification)
            yield from map(_write_fact, entry.facts)
            tell(next(done))


def _write_fact(fact: tuple[str, object]) -> tuple[str, Parts]:
    label, value = fact
    return "NoSpacing", [(label, True), (f"\u2002{value}", False)]
