"""Who holds what on a project.

Organisations, role templates and the matrix, mandates and their delegations, groups of recipients, declared
interests, the launch.
"""
