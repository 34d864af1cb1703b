"""What a project has adopted, and whether it keeps to it.

The library of standards and their versions, the checks of conformity, and the waivers that an owner grants.
"""
