"""Register of the risks of a project, and that of its issues."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import in_language, show
from core.pages.register.fields import Choice, Code, Day, Field, Filtered, Flag, Line, Listed, Prose, Role
from core.pages.register.registers import Register, Searched, declare
from core.record.erasure import display_name
from core.templatetags.ui import icon
from pmo.registers.risks.cells import render_band, render_due, render_name
from pmo.registers.risks.enums import Category, Proximity, Response, RiskStatus
from pmo.registers.risks.fields import Codes, Grade
from pmo.registers.risks.filters import STILL_OPEN, AskedRisks
from pmo.registers.risks.issue_register import Issues
from pmo.registers.risks.models import Risk, RiskAction
from projects.models import Mandate

#: Fields that say what a risk is: those who keep its text change them; the others belong to its assessment.
TEXT = ("title", "cause", "event", "effect", "category", "opportunity", "proximity", "requirements")
#: Fields of a risk that a copy takes over as they are: requirements are of one project.
COPIED = tuple(name for name in TEXT if name != "requirements")

_NEXT = RiskAction.objects.filter(risk=OuterRef("pk"), done_on=None).order_by("due_on", "pk")


def _find_next(name: str) -> Subquery:
    return Subquery(_NEXT.values(name)[:1])


def _find_holder() -> Subquery:
    """Return a subquery of the first holder, by name, of the role responsible for a risk."""
    held = Mandate.objects.active().filter(project=OuterRef("project"), role__code=OuterRef("owner_role"))
    return Subquery(held.order_by("holder__name").values("holder__name")[:1])


def _render_title(risk: Risk, lang: str) -> SafeString:
    named = render_name(risk, lang)
    if not risk.opportunity:
        return named
    return format_html('{} <span class="tag">{}{}</span>', named, icon("sparkles"), gettext("Opportunity"))


def _render_status(risk: Risk, _lang: str) -> str:
    return render_to_string("pmo/registers/risks/_risk_status.html", {"risk": risk})


def _render_residual(risk: Risk, _lang: str) -> SafeString:
    """Render the residual level; until it is rated the initial one, by which the list is sorted and filtered."""
    if risk.residual_likelihood:
        return render_band(risk.residual_band, risk.residual_level)
    initial = pgettext("level of a risk", "initial")
    return format_html('{} <span class="small muted">{}</span>', render_band(risk.band, risk.level), initial)


def _name_nature(risk: Risk) -> str:
    return gettext("Opportunity") if risk.opportunity else gettext("Threat")


class Risks(Register):
    """Risks, the highest level first."""

    name = "risks"
    title = _("Risks")
    permission = "pmo.assess_risk"
    list_url = "pmo:risks:risk_list"
    row_url = "pmo:risks:risk"
    grid_url = "pmo:risks:risks_grid"
    change_url = "pmo:risks:risks_edit"
    undo_url = "pmo:risks:risks_undo"
    paste_url = "pmo:risks:risks_paste"
    copy_url = "pmo:risks:risks_copy"
    importer = "risks"
    leads_on = True
    sort = "-residual"
    size = 50
    searched = Searched(code="code", title="title", texts=("cause", "event", "effect"))
    typed = TEXT
    columns = (
        *("code", "title", "category", "initial", "residual", "status", "response", "raised", "owner", "holder"),
        *("action", "due", "review", "reviewed", "accepted", "proximity"),
    )
    file = (
        *("code", "title", "cause", "event", "effect", "category", "status", "raised", "owner"),
        *("likelihood", "impact", "initial", "residual_likelihood", "residual_impact", "residual", "band"),
        *("response", "review", "reviewed", "accepted", "holder", "action", "due"),
        *("requirements", "opportunity", "proximity"),
    )
    fields = (
        Code(
            "code",
            _("Code"),
            optional=True,
            listed=Listed(usual=False, css="mono nowrap"),
            headers="code|reference|ref|id|identifiant|numero|n|no",
        ),
        Line(
            "title",
            _("Title"),
            missing=_("Enter a title."),
            listed=Listed(label=_("Risk"), html=_render_title, head=True, card=True),
            headers="title|titre|risk|risque|intitule|libelle|name|nom|objet",
        ),
        Prose(
            "cause",
            _("Cause"),
            rows=2,
            missing=_("Describe the cause."),
            help_text=_("The present situation."),
            listed=Listed(usual=False),
            headers="cause|origine|origin|source|facteur|facteur de risque|facteur declenchant|cause racine",
        ),
        Prose(
            "event",
            _("Event"),
            rows=2,
            missing=_("Describe the event."),
            help_text=_("What can happen as a result."),
            listed=Listed(usual=False),
            headers="event|evenement|evenement redoute|description|scenario",
        ),
        Prose(
            "effect",
            _("Effect"),
            rows=2,
            missing=_("Describe the effect."),
            help_text=_("The consequences for the project and for people."),
            listed=Listed(usual=False),
            headers="effect|effet|consequence|impact potentiel|impact|incidence",
        ),
        Choice(
            "category",
            _("Category"),
            of=Category,
            listed=Listed(usual=False),
            filtered=Filtered(_("All categories")),
            headers="category|categorie|type|nature|famille|domaine",
            synonyms={
                "business": "metier|fonctionnel|business|financier|budget|strategique",
                "it": "technique|technical|informatique|si|systeme d information|securite|security",
                "people": "rh|humain|humaine|ressources humaines|organisation|organisationnel|people",
                "external": "externe|external|fournisseur|prestataire|supplier",
                "legal": "juridique|reglementaire|legal|legale|contractuel",
            },
        ),
        Flag(
            "opportunity",
            _("It is an opportunity"),
            help_text=_("Its effect would be welcome."),
            listed=Listed(label=_("Threat or opportunity"), value=_name_nature, usual=False),
            headers="opportunity|opportunite",
        ),
        Choice(
            "proximity",
            _("How soon"),
            of=Proximity,
            optional=True,
            listed=Listed(usual=False),
            headers="proximity|proximite|horizon",
        ),
        Grade(
            "likelihood",
            _("Initial likelihood"),
            missing=_("Choose how likely it is."),
            listed=Listed(usual=False),
            headers="likelihood|probability|vraisemblance|probabilite|frequence|occurrence|p|v",
        ),
        Grade(
            "impact",
            _("Initial impact"),
            missing=_("Choose how serious it would be."),
            listed=Listed(usual=False),
            headers="impact|severity|gravite|severite|incidence|niveau d impact|g|i",
        ),
        Grade(
            "residual_likelihood",
            _("Residual likelihood"),
            optional=True,
            help_text=_("Empty while nothing is done about it."),
            listed=Listed(usual=False),
            headers="residual likelihood|residual probability|vraisemblance residuelle|probabilite residuelle",
        ),
        Grade(
            "residual_impact",
            _("Residual impact"),
            optional=True,
            listed=Listed(usual=False),
            headers="residual impact|residual severity|impact residuel|gravite residuelle",
        ),
        Choice(
            "response",
            _("Treatment"),
            of=Response,
            optional=True,
            listed=Listed(usual=False),
            headers="response|reponse|strategy|strategie|treatment|traitement",
            synonyms={
                "avoid": "eviter|evitement|avoid|supprimer",
                "reduce": "reduire|reduction|attenuer|mitigate|mitigation|reduce",
                "transfer": "transferer|transfert|transfer|partager le risque",
                "accept": "accepter|acceptation|accept",
            },
        ),
        Choice(
            "status",
            _("Status"),
            of=RiskStatus,
            listed=Listed(html=_render_status, card=True),
            headers="status|statut|etat|state|etat du risque|statut du risque",
            synonyms={
                STILL_OPEN: "ouvert|ouverte|en cours|actif|active|open|in progress|nouveau|identifie|a traiter"
                "|en attente",
                RiskStatus.CLOSED: "clos|close|closed|cloture|cloturee|ferme|fermee|leve|termine|resolu",
                RiskStatus.TREATED: "traite|traitee|maitrise|maitrisee|mitigated",
                RiskStatus.REJECTED: "abandonne|annule|ecarte|sans objet|rejected",
            },
        ),
        Role(
            "owner_role",
            _("Responsible role"),
            optional=True,
            listed=Listed(name="owner"),
            headers="owner|risk owner|role|role responsible|responsable|pilote|porteur|porteur du risque"
            "|responsable du risque|proprietaire|acteur",
        ),
        Day(
            "review_on",
            _("Next review"),
            optional=True,
            listed=Listed(name="review", html=lambda risk, _lang: render_due(risk.review_on, is_late=risk.is_overdue)),
            headers="next review|review date|revue|prochaine revue|date de revue",
        ),
        Codes(
            "requirements",
            _("Requirements concerned"),
            optional=True,
            help_text=_("Their codes, with commas between them."),
            listed=Listed(label=_("Requirements"), usual=False),
            headers="requirements|exigences|exigences concernees",
        ),
        Field(
            "initial",
            _("Initial level"),
            listed=Listed(
                value=lambda risk: risk.level,
                sort=lambda: "level_initial",
                html=lambda risk, _lang: render_band(risk.band, risk.level),
                usual=False,
            ),
        ),
        Field(
            "residual",
            _("Residual level"),
            listed=Listed(
                value=lambda risk: risk.residual_level if risk.residual_likelihood else None,
                sort=lambda: "level_now",
                html=_render_residual,
                card=True,
            ),
        ),
        Field(
            "band",
            _("Band"),
            listed=Listed(value=lambda risk: capfirst(risk.residual_band.label), sort=lambda: "level_now", usual=False),
        ),
        Role("raised_by_role", _("Raised by"), listed=Listed(name="raised", usual=False)),
        Field(
            "holder",
            _("Holder"),
            listed=Listed(
                value=lambda risk: risk.holder_name,
                sort=_find_holder,
                html=lambda risk, _lang: show(display_name(risk.holder_name or "")),
                spare=True,
            ),
        ),
        Field(
            "action",
            _("Next action"),
            listed=Listed(
                value=lambda risk: risk.next_text,
                sort=lambda: _find_next("text"),
                html=lambda risk, lang: in_language(risk.next_text, lang),
                spare=True,
            ),
        ),
        Field(
            "due",
            _("Action due"),
            listed=Listed(
                value=lambda risk: risk.next_due, sort=lambda: _find_next("due_on"), numeric=True, spare=True
            ),
        ),
        Day("reviewed_on", _("Last review"), listed=Listed(name="reviewed", usual=False)),
        Field(
            "accepted",
            _("Accepted until"),
            listed=Listed(
                value=lambda risk: risk.acceptance.valid_until if risk.acceptance else None,
                sort=lambda: "acceptance__valid_until",
                numeric=True,
                usual=False,
            ),
        ),
    )

    def list_of(self, project: Any) -> Any:
        return project.risks.with_levels()

    def read(self, query: QueryDict) -> AskedRisks:
        return AskedRisks.read(query, self.list_filters())

    def load(self, rows: Any) -> Any:
        return rows.select_related("scale", "acceptance").annotate(
            next_text=_find_next("text"), next_due=_find_next("due_on"), holder_name=_find_holder()
        )


RISKS = declare(Risks())
ISSUES = declare(Issues())
