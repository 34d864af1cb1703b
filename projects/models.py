"""The models of every slice of this app."""

from projects.mandates.models import Delegation, Mandate
from projects.project.models import Project

__all__ = ["Delegation", "Mandate", "Project"]
