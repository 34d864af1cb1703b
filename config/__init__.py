"""Set up every process of the product alike."""

import gc

# A start makes a million objects that stay: looked through as often as Python does by itself, they take a fifth of it.
gc.set_threshold(50_000, 20, 50)
