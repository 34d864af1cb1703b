"""Models of every capability of this app."""

from core.drafts.models import FormDraft
from core.lists.models import SavedView
from core.search_index.models import SearchText
from core.sessions.models import AccountSession

__all__ = ["AccountSession", "FormDraft", "SavedView", "SearchText"]
