"""Models of every capability of this app."""

from core.pages.drafts.models import FormDraft
from core.pages.lists.models import SavedView
from core.pages.sessions.models import AccountSession
from core.search_index.models import SearchText

__all__ = ["AccountSession", "FormDraft", "SavedView", "SearchText"]
