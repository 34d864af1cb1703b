"""What a committee looks at: where things stand, and what is late.

Dashboards and their figures, indicators, gates, the monthly review, reminders, and what a closing finds open.
"""
