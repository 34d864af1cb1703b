"""What a decision on the end of the project seals: the schedule fits in."""

from governance.decide.decisions import watches
from pmo.registers.schedule.guards import EXPECTED_AFTER_THE_END
from pmo.registers.schedule.seals import compare_end

watches.register(watches.Watch("milestone", EXPECTED_AFTER_THE_END, compare_end, in_force=False))
