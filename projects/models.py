"""The models of every slice of this app."""

from projects.documents.models import Document, DocumentVersion
from projects.mandates.models import Delegation, Mandate
from projects.project.models import Project

__all__ = ["Delegation", "Document", "DocumentVersion", "Mandate", "Project"]
