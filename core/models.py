"""Models of every capability of this app."""

from core.sessions.models import AccountSession

__all__ = ["AccountSession"]
