"""Files of large specifications, which the worker writes (`core.files.prepared`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from amoa.requirements.models import RequirementBaseline
from amoa.specification.content import build_specification
from amoa.specification.files import FORMATS, UNTOLD
from core.files.prepared import Wanted, Work
from projects.models import Project
from roles.models import User

#: Needs and requirements above which a file is written by the worker.
LARGE = 300


@dataclass(frozen=True, kw_only=True)
class SpecificationFile(Wanted):
    """A file of a specification: key of the baseline, and the order.

    `state` is the key of what the file says of the baseline: another decision makes it another file.
    """

    baseline: int
    order: str
    state: str = ""

    name: ClassVar[str] = "specification"
    untold: ClassVar[frozenset[str]] = UNTOLD

    def open(self, person: User) -> Work | None:
        baseline = RequirementBaseline.objects.select_related("project", "made_by").filter(pk=self.baseline).first()
        if not (baseline and Project.objects.visible_to(person).filter(pk=baseline.project_id).exists()):
            return None
        write = FORMATS[self.kind][1]
        return Work(
            baseline.versions.count(),
            lambda tell: write(build_specification(baseline.project, baseline, self.order), baseline.acted_at, tell),
        )

    def describe(self, done: int, total: int) -> str:
        words = _("%(done)s of %(total)s requirements")
        if self.is_estimated:
            words = _("About %(done)s of %(total)s requirements")
        return words % {"done": done, "total": total}


def is_large(baseline: RequirementBaseline) -> bool:
    """Return whether its files are written by the worker."""
    return baseline.versions.count() > LARGE


def list_wanted(
    person: User, baseline: RequirementBaseline, order: str, language: str, state: str
) -> Iterable[SpecificationFile]:
    """Yield the files of the specification, one a format."""
    for kind in FORMATS:
        yield SpecificationFile(
            person=person.pk, baseline=baseline.pk, kind=kind, order=order, language=language, state=state
        )
