"""A paper as a file that the reader of a page asks for."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from core.files.limits import count_file
from core.files.papers.content import Paper
from core.files.papers.pdf_file import write as write_pdf

#: Media type by file extension.
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def write_paper(paper: Paper, kind: str, at: datetime) -> bytes:
    """Write a paper as a file of this kind. It counts for the reader of the page (`core.files.limits`)."""
    count_file()
    if kind == "pdf":
        return write_pdf(paper, at)
    from core.files.papers.docx_file import write as write_docx  # here: the library loads a hundred modules

    return write_docx(paper, at)


def answer_paper(paper: Paper, kind: str, at: datetime, stem: str) -> HttpResponse:
    """Return the file: a PDF to be shown, a DOCX to be kept."""
    name = content_disposition_header(as_attachment=kind != "pdf", filename=f"{stem}.{kind}")
    return HttpResponse(write_paper(paper, kind, at), MEDIA[kind], headers={"Content-Disposition": name})
