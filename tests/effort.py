"""How many rounds the tests of races play: few by default, `EFFORT=10` plays the hundreds a release deserves."""

import os

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))
