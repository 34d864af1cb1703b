"""Set the rounds of the races and the pages looked at twice: few by default; `EFFORT=10` is for a release."""

import os

EFFORT = max(1, int(os.environ.get("EFFORT", "1")))
