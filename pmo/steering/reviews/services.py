"""Acts on monthly reviews."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import Account, ensure
from core.acts import act, act_time
from pmo.enums import Act
from pmo.steering.dashboards import exports
from pmo.steering.dashboards.overview import load_consolidated
from pmo.steering.dashboards.scope import Scope, visible_parts
from pmo.steering.reviews.models import Review
from pmo.steering.reviews.questions import arrange_questions
from pmo.steering.reviews.words import Rhythm, Word
from projects.enums import Level
from projects.models import Project
from projects.seats.mandates.events import record_in_role
from roles.models import User


@act("pmo.archive_review", on="project", lock=None)
def archive_review(
    *,
    actor: User,
    project: Project,
    chosen: Sequence[str],
    asked: Sequence[tuple[str, str]] = (),
    rhythm: str = Rhythm.MONTH,
    words: Mapping[str, str] = MappingProxyType({}),
) -> Review:
    """Archive this month's review of the chosen projects, in the working language of `project`.

    A review of another `rhythm` has a word on each project below a portfolio, by code. `chosen` holds codes of projects
    below `project` that `actor` may read. `asked` are further questions of the project office: the code of the project,
    or of a chosen one, and a text each. Raise ValidationError as `build_review` does.
    """
    at = act_time()
    numbers, content = build_review(actor, project, chosen, asked, at, rhythm, words)
    with translation.override(project.language):
        pdf = exports.render_pdf(content, at)
    # Lock only now: typesetting is slow, and nobody else has to wait for it.
    project = project.locked()
    ensure(actor, "pmo.archive_review", project)
    return _create_review(actor, project, numbers, content, pdf)


def build_review(
    reader: Account,
    project: Project,
    chosen: Sequence[str],
    asked: Sequence[tuple[str, str]],
    at: datetime,
    rhythm: str = Rhythm.MONTH,
    words: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[int], dict[str, Any]]:
    """Return the primary keys of the chosen projects, and the content of their review as of `at`.

    Raise ValidationError ("chosen") on a project that `reader` may not read, or none, and on a project below without a
    word in a review of the quarter or the year.
    """
    projects = visible_parts(project, reader).filter(code__in=chosen).order_by("code")
    numbers = {row.code: row.pk for row in projects}
    about = {code for code, _text in asked}
    if not numbers or set(numbers) != set(chosen) or not about <= {*numbers, project.code}:
        raise ValidationError({"chosen": _("Choose among the projects that you can read here.")})
    if rhythm != Rhythm.MONTH:
        _ensure_every_word(reader, project, chosen, words)
    scope = Scope(project, Project.objects.filter(pk__in=numbers.values()), timezone.localdate(at))
    with translation.override(project.language):
        board = load_consolidated(scope)
        questions = arrange_questions(scope, board.lines, asked)
        content = exports.build_content(board, at, str(Rhythm(rhythm).label), questions)
        if rhythm != Rhythm.MONTH:
            content["review"] = {"rhythm": rhythm, "words": {code: words[code] for code in sorted(words)}}
            content["head"].append(_("Word"))
            for line, cells in zip(board.lines, content["rows"], strict=True):
                word = words.get(line.project.code)
                cells.append(capfirst(str(Word(word).label)) if word else "")
        return sorted(numbers.values()), content


def _ensure_every_word(reader: Account, project: Project, chosen: Sequence[str], words: Mapping[str, str]) -> None:
    """Raise ValidationError unless a portfolio has a word on each project below, and they are all chosen ("chosen")."""
    below = set(visible_parts(project, reader).exclude(pk=project.pk).values_list("code", flat=True))
    said = {code for code, word in words.items() if word in Word.values}
    if project.level != Level.PORTFOLIO or not below or said != below or not below <= {*chosen}:
        raise ValidationError({"chosen": _("A review of the quarter or the year has a word on every project below.")})


def _create_review(actor: User, project: Project, reviewed: list[int], content: dict[str, Any], pdf: bytes) -> Review:
    last = project.reviews.order_by("-number").values_list("number", flat=True).first() or 0
    day: date = timezone.localdate(act_time())
    review = Review.objects.create(
        project=project,
        number=last + 1,
        month=day.replace(day=1),
        reviewed=reviewed,
        content=content,
        pdf=pdf,
        hash=hashlib.sha256(pdf).hexdigest(),
        made_by=actor,
        acted_at=act_time(),
    )
    record_in_role(Act.ARCHIVE_REVIEW, review, detail=str(review.number), hash=review.hash)
    return review
