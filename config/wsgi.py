"""WSGI application of the web process: `gunicorn config.wsgi`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.safety import refuse_unsafe_database  # noqa: E402  (needs the apps)

refuse_unsafe_database()

# Objects loaded by now live until the process ends: a full collection would scan them all and delay a page by 0.1 s.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
