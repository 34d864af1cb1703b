"""Nightly task: delete the sessions that have ended, with the addresses they hold. Idempotent."""

from celery import shared_task

from core.sessions.store import SessionStore


@shared_task(name="projects.clear_sessions")
def clear_sessions() -> None:
    """Delete every session that has expired."""
    SessionStore.clear_expired()
