"""Celery application: `celery -A config worker`, `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import worker_init

from core.capabilities import capabilities_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ouvrage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: capabilities_with("tasks"))


@worker_init.connect
def refuse_an_unsafe_database(**_: object) -> None:
    """Start the worker only as the runtime role and on a sound database, like the web process.

    Celery logs an Exception of a receiver and continues: only SystemExit stops the start.
    """
    from django.core.exceptions import ImproperlyConfigured

    from config.safety import refuse_unsafe_database

    try:
        refuse_unsafe_database()
    except ImproperlyConfigured as refusal:
        raise SystemExit(f"{refusal}") from None
