"""Register of the needs and requirements of a project."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.fields import Among, Links, Parent, Several
from amoa.requirements.filters import KINDS, STATES, AskedRequirements, has_kind, is_in_state
from amoa.requirements.models import AcceptanceTest, Requirement
from core.pages.lists.columns import NOTHING, Column, Control
from core.pages.lists.pages import Listing
from core.pages.register.fields import Choice, Code, Field, Filtered, Line, Listed, Prose
from core.pages.register.registers import Register, Searched, declare
from core.record.erasure import display_text
from core.sql.array_lookup import in_array
from core.sql.subqueries import count_rows
from core.templatetags.ui import lang_attribute, stamp, state_badge
from core.words.dates import NO_BREAK
from governance.models import Decision
from projects.models import Project, RecipientGroup
from projects.seats.recipient_groups.enums import Degree

_TESTS = count_rows(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")), "requirement")
_SERVED = RecipientGroup.objects.filter(in_array("pk", OuterRef("recipients"))).order_by("name").values("name")


def _render_title(row: Requirement, lang: str) -> SafeString:
    """Render the title as a link, with the kind of a need."""
    need = format_html(' <span class="tag">{}</span>', row.get_kind_display()) if row.is_need else ""
    title = display_text(row.title)
    return format_html('<a href="{}"{}>{}</a>{}', row.get_absolute_url(), lang_attribute(lang), title, need)


def _write_served(row: Any) -> str:
    return ", ".join(row.served)


def _render_served(row: Any, lang: str) -> SafeString:
    """Render the recipient groups, or that there are none."""
    return format_html("<span{}>{}</span>", lang_attribute(lang), _write_served(row)) if row.served else _missing_link()


def _write_version(row: Requirement, decision: Decision | None = None) -> str:
    """Return the decision in force, and the version that it approved."""
    if not row.in_force:
        return ""
    version = gettext("version %(number)s") % {"number": row.in_force.number}
    return f"{decision.reference}, {version}" if decision else version


def _render_version(row: Requirement, decision: Decision | None = None) -> SafeString:
    """Render the decision in force, or that there is none."""
    if not row.in_force:
        return NOTHING if row.is_need else _missing(pgettext("decision", "none"))
    link = '<a class="mono" href="{}">{}</a><br>'
    led = format_html(link, decision.get_absolute_url(), decision.reference) if decision else ""
    return format_html("{}{}", led, _mark_version(row.in_force.number))


def _render_tests(row: Any, _lang: str) -> SafeString | str:
    """Render the number of tests, or that there are none."""
    if n := row.tests_in_use:
        return ngettext("%(n)s test", "%(n)s tests", n) % {"n": n}
    return NOTHING if row.is_need else _missing_link()


def _render_state(row: Requirement, _lang: str) -> SafeString:
    """Render the state, and the version that is ahead of the one in force."""
    badge = state_badge(row.state, row.get_state_display())
    return format_html("{}<br>{}", badge, _mark_version(row.version)) if row.is_ahead else badge


def _render_change(row: Requirement, _lang: str) -> SafeString:
    return stamp(timezone.localdate(row.changed_at))


def _mark_version(number: int) -> SafeString:
    """Render the number of a version, on one line."""
    words = gettext("version %(number)s") % {"number": number}
    return format_html('<span class="small faint">{}</span>', words.replace(" ", NO_BREAK))


def _missing_link() -> SafeString:
    return _missing(pgettext("link of the chain", "none"))


def _missing(word: str) -> SafeString:
    return format_html('<span class="missing">{}</span>', word)


def _render_edit(row: Requirement) -> SafeString:
    """Render the button that opens the row as a form."""
    return format_html(
        '<a class="btn" data-edit href="{}" hx-get="{}?edit" aria-label="{}"></a>',
        reverse("amoa:requirements:requirement_edit", args=[row.pk]),
        reverse("amoa:requirements:requirement_row", args=[row.pk]),
        gettext("Edit %(code)s") % {"code": row.code},
    )


class Requirements(Register):
    """Needs and requirements, by code; `fields` are in the order of a file, which an export repeats."""

    name = "requirements"
    title = _("Requirements")
    permission = "amoa.write_requirements"
    list_url = "amoa:requirements:requirement_list"
    row_url = "amoa:requirements:requirement"
    grid_url = "amoa:requirements:requirements_grid"
    change_url = "amoa:requirements:requirements_change"
    undo_url = "amoa:requirements:requirements_undo"
    paste_url = "amoa:imports:requirements_paste"
    importer = "requirements"
    leads_on = True
    sort = tie = "code"
    searched = Searched(code="code", title="title", texts=("statement", "source", "justification", "criteria"))
    typed = (
        *("kind", "code", "title", "statement", "parent", "priority", "criticality", "category", "lot", "state"),
        *("recipients", "source", "justification", "verification", "deliverable", "links"),
    )
    columns = (
        *("code", "title", "kind", "category", "parent", "recipients", "priority", "criticality", "lot"),
        *("deliverable", "verification", "decision", "tests", "state", "version", "changed"),
    )
    fields = (
        Code(
            "code",
            _("Code"),
            optional=True,
            listed=Listed(card=True, css="code"),
            headers="code|reference|ref|id|identifier|identifiant|numero|requirement id|req id|key|cle",
        ),
        Parent(
            "parent",
            _("Answers or refines"),
            optional=True,
            help_text=_("The code of the need it answers, or of the requirement it refines."),
            listed=Listed(value=lambda row: row.parent_code, sort=lambda: "parent__code", usual=False),
            headers="parent|parent id|code parent|code du parent|answers|refines|derived from|repond a"
            "|raffine|issue de|exigence parente|besoin parent",
        ),
        Choice(
            "kind",
            _("Kind"),
            of=RequirementKind,
            missing=_("Choose a kind."),
            listed=Listed(usual=False),
            filtered=Filtered(_("Every kind"), KINDS, has_kind),
            headers="kind|nature|type|type d exigence|requirement type|requirement kind",
            synonyms={
                "need": "need|besoin|besoins|user need|business need|expression de besoin|besoin metier",
                "functional": "functional|fonctionnelle|fonctionnel|functional requirement|exigence fonctionnelle"
                "|fonction",
                "non_functional": "non functional|nonfunctional|non fonctionnelle|non fonctionnel"
                "|exigence non fonctionnelle|non functional requirement|quality|qualite|nfr|enf",
                "constraint": "constraint|contrainte",
                "business_rule": "business rule|rule|regle de gestion|regle metier|regle|rg",
                "transition": "transition|reprise|reprise formation bascule|formation|bascule|migration",
            },
        ),
        Line(
            "title",
            _("Title"),
            missing=_("Enter its title."),
            listed=Listed(label=_("Requirement"), html=_render_title, head=True, card=True),
            headers="title|titre|name|nom|intitule|libelle|requirement|exigence|besoin|summary|objet|fonction",
        ),
        Prose(
            "statement",
            _("Statement"),
            rows=3,
            optional=True,
            help_text=_("One sentence: who does or receives what. The need, not the means."),
            headers="statement|enonce|description|text|texte|detail|details|definition",
        ),
        Line(
            "category",
            _("Category"),
            max_length=60,
            optional=True,
            listed=Listed(usual=False),
            headers="category|categorie|theme|domain|domaine|family|famille|section|module",
        ),
        Choice(
            "priority",
            _("Priority"),
            of=Priority,
            listed=Listed(card=True),
            filtered=Filtered(_("Every priority")),
            headers="priority|priorite|moscow|importance|classe|niveau d exigence|obligation",
            synonyms={
                "must": "must|must have|m|doit|doit avoir|indispensable|obligatoire|imperatif|imperative|essential"
                "|mandatory",
                "should": "should|should have|s|devrait|devrait avoir|important|importante",
                "could": "could|could have|c|pourrait|pourrait avoir|souhaitable|confort|nice to have",
                "wont": "wont|won t|won t have|won t this time|w|later|plus tard|pas cette fois|ne sera pas"
                "|ne sera pas fait|n aura pas|exclu|exclue",
            },
        ),
        Choice(
            "criticality",
            _("Criticality"),
            of=Degree,
            optional=True,
            listed=Listed(usual=False),
            headers="criticality|criticite|risk|risque|impact",
            synonyms={
                "low": "low|faible|bas|basse|mineure|minor",
                "medium": "medium|moyen|moyenne|moderee|modere|moderate",
                "high": "high|haut|haute|eleve|elevee|fort|forte|critique|critical",
            },
        ),
        Line(
            "source",
            _("Source"),
            optional=True,
            help_text=_("Workshop, law, document or person it comes from."),
            headers="source|origin|origine|demandeur|requested by|stakeholder|emetteur",
        ),
        Prose(
            "justification",
            _("Justification"),
            rows=2,
            optional=True,
            headers="justification|rationale|reason|raison|motif|why|pourquoi",
        ),
        Choice(
            "verification",
            _("Verification method"),
            of=Verification,
            optional=True,
            listed=Listed(usual=False),
            headers="verification|methode de verification|mode de verification|method|methode",
            synonyms={
                "inspection": "inspection|examen|revue|review",
                "analysis": "analysis|analyse",
                "demonstration": "demonstration",
                "test": "test|tests|essai|essais|testing",
            },
        ),
        Line(
            "lot",
            _("Lot"),
            max_length=40,
            optional=True,
            listed=Listed(css="lot", spare=True),
            headers="lot|release|version|phase|increment|work package|livraison",
        ),
        Choice(
            "state",
            _("State"),
            of=RequirementState,
            listed=Listed(html=_render_state, card=True),
            filtered=Filtered(_("Every state"), STATES, is_in_state),
            headers="state|status|statut|etat",
            synonyms={
                "draft": "draft|brouillon",
                "proposed": "proposed|proposee|propose",
                "in_review": "in review|en relecture|en revue|a relire",
                "approved": "approved|approuvee|approuve|agreed",
                "implemented": "implemented|realisee|realise|done",
                "verified": "verified|verifiee|verifie",
                "accepted": "accepted|recettee|acceptee|accepte",
                "rejected": "rejected|rejetee|rejete|refusee",
                "deferred": "deferred|differee|reportee|ajournee|differe|reporte",
                "withdrawn": "withdrawn|retiree|retire|abandonnee|abandonne",
            },
        ),
        Several(
            "recipients",
            _("Recipients"),
            optional=True,
            listed=Listed(value=_write_served, sort=lambda: Subquery(_SERVED[:1]), html=_render_served),
            headers="recipients|recipient|destinataires|destinataire|groups|groupes|users"
            "|utilisateurs|recipient groups|groupes de destinataires|public|beneficiaires",
        ),
        Field(
            "criteria",
            _("Acceptance criteria"),
            headers="acceptance criteria|criteres d acceptation|criteria|criteres"
            "|acceptance criterion|critere d acceptation|criteres de recette|fit criterion|acceptance"
            "|criteres de verification|verification criteria",
        ),
        Links(
            "links",
            _("Links"),
            optional=True,
            help_text=_("One per line: a proposal or decision, the name of a document, the code of a risk."),
            headers="links|link|liens|lien|related|traces|trace|see also|voir aussi",
        ),
        Among(
            "deliverable",
            _("Deliverable"),
            optional=True,
            listed=Listed(value=lambda row: row.deliverable_code, sort=lambda: "deliverable__code", usual=False),
        ),
        Field(
            "decision",
            _("Decision"),
            listed=Listed(
                value=_write_version, sort=lambda: "in_force__number", html=lambda row, _lang: _render_version(row)
            ),
        ),
        Field(
            "tests",
            _("Acceptance"),
            listed=Listed(value=lambda row: row.tests_in_use or 0, sort=lambda: _TESTS, html=_render_tests),
        ),
        Field("version", _("Version"), listed=Listed(usual=False, numeric=True)),
        Field("changed_at", _("Changed"), listed=Listed(name="changed", html=_render_change, numeric=True, spare=True)),
    )

    def list_of(self, project: Any) -> Any:
        return project.requirements.all()

    def read(self, query: QueryDict) -> AskedRequirements:
        return AskedRequirements.read(query, self.list_filters())

    def find(self, rows: Any, words: str) -> Any:
        """Return the rows with these words, by the index of their texts."""
        return rows.saying(words)

    def load(self, rows: Any) -> Any:
        """Annotate what the cells show; defer the long texts that they do not."""
        return (
            rows.select_related("in_force")
            .defer("words", "source", "justification", "criteria", "links", "in_force__content", "in_force__salt")
            .annotate(
                tests_in_use=_TESTS,
                served=ArraySubquery(_SERVED),
                parent_code=F("parent__code"),
                deliverable_code=F("deliverable__code"),
            )
        )

    def list_controls(self) -> list[Control]:
        label = format_html('<span class="vh">{}</span>', pgettext("requirement", "Change"))
        return [Control(label, _render_edit)]

    def build_for(
        self, project: Project, query: QueryDict, may: Mapping[str, bool], decision: Decision | None
    ) -> Listing:
        """Build the list of a reader who `may` change some fields; `decision` put the baseline in force."""
        selects = may["write_requirements"] or may["implement"] or may["plan_acceptance"]
        listing, _asked = self.build(project, query, changes=selects)
        columns = [_tell(each, decision) if each.name == "decision" else each for each in listing.columns]
        after = listing.after if may["write_requirements"] else []
        return replace(listing, columns=columns, after=after)


def _tell(column: Column, decision: Decision | None) -> Column:
    """Return the column of the version in force, with the decision that put it there."""
    return replace(
        column, value=lambda row: _write_version(row, decision), html=lambda row: _render_version(row, decision)
    )


REQUIREMENTS = declare(Requirements())
#: Enumerated fields.
CHOICES = {each.name: each.of for each in Requirements.fields if isinstance(each, Choice)}
