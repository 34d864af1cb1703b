"""Import the models of every capability, for Django's app registry."""

import pgtrigger

from projects.documents.models import Document, DocumentVersion
from projects.impartiality.models import Bidder, Interest, Ruling
from projects.imports.models import ListImport, WordMeaning
from projects.independence.models import Employment
from projects.ledger.models import LedgerEvent, RowLayout, RowSeal
from projects.notices.models import Notification
from projects.organisation_settings.models import Logo, OrganisationSettings
from projects.people.accounts.guards import PASSWORD_IN_THE_LEDGER
from projects.people.addresses.models import AddressChange
from projects.people.administrators.models import AdministratorEnding
from projects.people.credentials.guards import HAND_OF_A_DELEGATION, HAND_OF_A_MANDATE
from projects.people.credentials.models import Credential
from projects.people.provisioning.models import ProvisioningToken
from projects.people.replacements.models import Replacement
from projects.people.second_factors.guards import KEEPS_THE_LAST_FACTOR
from projects.people.vouching.models import Vouch
from projects.project.models import Project
from projects.seats.mandates.models import Competence, Delegation, Mandate
from projects.seats.matrix.models import Matrix
from projects.seats.organisations.models import OrganisationLink
from projects.seats.recipient_groups.models import RecipientGroup
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
pgtrigger.register(HAND_OF_A_MANDATE)(Mandate)
pgtrigger.register(HAND_OF_A_DELEGATION)(Delegation)
