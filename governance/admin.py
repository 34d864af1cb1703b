"""Read-only admin of decision files, opinions and decisions. Not even a superuser changes them here (R1, R6)."""

from django.contrib import admin

from governance.decide.decisions.models import Condition, Decision
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from projects.models import LedgerEvent
from roles.admin import ReadOnlyAdmin


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("reference", "kind", "state", "author", "author_role")
    list_select_related = ("project", "author")
    list_filter = ("state", "kind")


@admin.register(ProposalRevision)
class ProposalRevisionAdmin(ReadOnlyAdmin):
    list_display = ("proposal", "number", "title", "submitted_by", "acted_at", "hash")
    list_select_related = ("proposal__project", "submitted_by")


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyAdmin):
    list_display = ("revision", "role", "position", "signature", "acted_at", "entered_afterwards")
    list_select_related = ("revision",)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("reference", "proposal", "outcome", "signature", "acted_at", "entered_afterwards")
    list_select_related = ("project", "proposal__project")
    list_filter = ("outcome",)


@admin.register(Condition)
class ConditionAdmin(ReadOnlyAdmin):
    list_display = ("decision", "number", "text", "role", "due_on", "state")
    list_select_related = ("decision__project",)
    list_filter = ("state",)


@admin.register(LedgerEvent)
class LedgerEventAdmin(ReadOnlyAdmin):
    list_display = ("project", "seq", "act", "actor", "acted_at", "entered_afterwards")
    list_select_related = ("project", "actor")
    list_filter = ("act",)
