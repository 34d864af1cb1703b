"""The web process: `gunicorn config.wsgi`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.safety import refuse_unsafe_database  # noqa: E402  (needs the apps)

refuse_unsafe_database()

# What is loaded now stays until the process ends: the collector would go through all of it, a tenth of a second at a
# time, in the middle of somebody's page.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
