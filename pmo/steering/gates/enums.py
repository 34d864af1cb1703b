"""Gates from which a criterion counts."""

from roles.enums import Gate

#: From this gate on, every must-have requirement needs a test.
COVERED_FROM = Gate.G3
