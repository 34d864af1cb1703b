"""What people open every day.

My tasks, the home of a project, the dossier of a proposal, the register of decisions, the tree of projects, the
responsibilities, and who may do what.
"""
