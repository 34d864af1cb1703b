"""Print the requests of every act as JSON, for the description of a throw-away instance."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from demo.scenarios import loader  # noqa: E402 — models need Django
from tests.requests.contract import acts  # noqa: E402

sys.stdout.write(json.dumps(acts(loader.read("cast")), ensure_ascii=False))
