"""Set up every process of the product alike."""

import atexit
import gc

# A start makes a million objects that stay: looked through as often as Python does by itself, they take a fifth of it.
gc.set_threshold(50_000, 20, 50)
# At the end they would be looked through once more, for half a second: the system takes all memory back at once.
atexit.register(gc.freeze)
