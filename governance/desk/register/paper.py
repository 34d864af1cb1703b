"""The decision register on paper: the chosen columns of what is shown, and where each decision stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.files.papers.content import Line, Paper, Part, Table, say_printed
from core.pages.lists.pages import Listing
from core.record.erasure import display_name
from core.templatetags.ui import day
from core.words.dates import long_day
from governance.desk.register.listing import name_successor
from projects.models import Project

#: Most decisions of one paper, which takes 0.15 MB of memory each; a paper that holds fewer says that it is an extract.
MOST = 5_000
#: Shares of the line of the columns that hold sentences; the others have one.
WIDTHS = {"title": 3.0, "reasons": 3.0, "why_not": 2.0, "opinions": 1.6, "signatory": 1.4, "kind": 1.4}


def build_paper(
    listing: Listing, project: Project | None, reader: Any, at: datetime, *, until: datetime, facts: Sequence[Line] = ()
) -> Paper:
    """Build the paper of the decisions that `listing` shows, as they stood at `until`; without a project, of all."""
    rows = list(listing.list_rows(MOST))
    shown = listing.shown
    only = ", ".join(str(label) for _name, label in listing.chips)
    return Paper(
        heading=_("Decision register"),
        title=project.title if project else _("All my projects"),
        code=project.code if project else "Ouvrage",
        language=project.language if project else get_language() or "en",
        state=_describe_state(len(rows), listing.among),
        printed=say_printed(at, reader),
        parts=[
            Part("", [*([Line(_("Only"), only)] if only else []), *facts]),
            Part(
                _("Decisions"),
                table=Table(
                    head=[*(capfirst(str(column.label)) for column in shown), _("State")],
                    rows=[[*(column.text(row) for column in shown), _describe_row(row, until)] for row in rows],
                    widths=[*(WIDTHS.get(column.name, 1.0) for column in shown), 1.2],
                ),
            ),
        ],
        is_wide=True,
    )


def _describe_state(shown: int, among: QuerySet[Any]) -> str:
    """Return how many decisions the register has, and the last one with its day and signatory. Two queries."""
    total = among.count()
    last = among.select_related("project").order_by("-acted_at", "-pk").first()
    if last is None:
        return _("No decision is recorded.")
    words = ngettext("%(n)s decision is recorded.", "%(n)s decisions are recorded.", total)
    if shown < total:
        words = _("Extract: %(shown)s of the %(n)s decisions that are recorded.")
    newest = _("The last one is %(decision)s of %(day)s, signed by %(who)s.")
    told = {"decision": last.reference, "day": long_day(last.acted_at), "who": display_name(last.signature)}
    return f"{words % {'n': total, 'shown': shown}} {newest % told}"


def _describe_row(decision: Any, until: datetime) -> str:
    """Return where a decision stood at `until`; empty for one that approves nothing."""
    said = []
    if reference := name_successor(decision, until):
        said.append(_("Replaced by %(reference)s") % {"reference": reference})
    elif decision.had_lapsed(until):
        said.append(_("Lapsed"))
    elif decision.needed_review(until):
        said.append(_("Needs review since %(day)s") % {"day": day(decision.changed_at)})
    elif decision.approves:
        said.append(_("In force"))
    if decision.dispute and decision.dispute.acted_at <= until:
        said.append(_("Signature disputed on %(on)s") % {"on": long_day(decision.dispute.acted_at)})
    return ", ".join(said)
