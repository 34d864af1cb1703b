"""Set the rounds of the race tests: few by default; `EFFORT=10` runs the hundreds of a release."""

import os

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))
