"""The place of a project, as the owner above decides it: never inside it.

Shares of the budget, entry, suspension and exit, priorities. Moves stay acts of both owners (governance.life.moves).
"""
