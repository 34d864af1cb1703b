"""Import the models of every capability, for Django's app registry."""

import pgtrigger

from projects.addresses.models import AddressChange
from projects.administrators.models import AdministratorEnding
from projects.credentials.models import Credential
from projects.documents.models import Document, DocumentVersion
from projects.employers.models import Employment
from projects.impartiality.models import Bidder, Interest, Ruling
from projects.imports.models import ListImport, WordMeaning
from projects.ledger.models import LedgerEvent, RowLayout, RowSeal
from projects.mandates.models import Competence, Delegation, Mandate
from projects.matrix.models import Matrix
from projects.notices.models import Notification
from projects.organisation_settings.models import Logo, OrganisationSettings
from projects.organisations.models import OrganisationLink
from projects.people.guards import PASSWORD_IN_THE_LEDGER
from projects.project.models import Project
from projects.provisioning.models import ProvisioningToken
from projects.recipient_groups.models import RecipientGroup
from projects.replacements.models import Replacement
from projects.second_factors.guards import KEEPS_THE_LAST_FACTOR
from projects.vouching.models import Vouch
from roles.models import User

__all__ = [
    "AddressChange",
    "AdministratorEnding",
    "Bidder",
    "Competence",
    "Credential",
    "Delegation",
    "Document",
    "DocumentVersion",
    "Employment",
    "Interest",
    "LedgerEvent",
    "ListImport",
    "Logo",
    "Mandate",
    "Matrix",
    "Notification",
    "OrganisationLink",
    "OrganisationSettings",
    "Project",
    "ProvisioningToken",
    "RecipientGroup",
    "Replacement",
    "RowLayout",
    "RowSeal",
    "Ruling",
    "Vouch",
    "WordMeaning",
]

pgtrigger.register(PASSWORD_IN_THE_LEDGER)(User)
pgtrigger.register(KEEPS_THE_LAST_FACTOR)(Credential)
