"""Models of every capability of this app."""

from roles.accounts.models import INSTALLATION, Organisation, User, UserManager
from roles.role_templates.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate

__all__ = [
    "INSTALLATION",
    "Activity",
    "ComparisonDimension",
    "MethodPack",
    "Organisation",
    "Responsibility",
    "RoleTemplate",
    "User",
    "UserManager",
]
