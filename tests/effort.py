"""Set how often races run, how far lists grow and which pages are looked at twice; `EFFORT=10` is for a release."""

import os

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))
