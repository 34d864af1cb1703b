"""The models of every slice of this app."""

from projects.documents.models import Document, DocumentVersion
from projects.interests.models import Bidder, Interest, Ruling
from projects.mandates.models import Delegation, Mandate
from projects.matrix.models import Matrix
from projects.project.models import Project

__all__ = ["Bidder", "Delegation", "Document", "DocumentVersion", "Interest", "Mandate", "Matrix", "Project", "Ruling"]
