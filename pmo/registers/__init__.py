"""What the office of a project keeps, row by row.

Risks and issues, the schedule, the budget, success criteria and lessons learned, with what each night remembers of
them and the weather that is computed from them.
"""
