"""Acts recorded in the ledger. Each app declares its own and registers them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerAct(models.TextChoices):
    """An act with an event in the ledger of its project. Codes are stored in sealed bytes and never change."""


#: Longest code of an act.
LONGEST = 20
#: Code → act, of every installed app.
ACTS: dict[str, LedgerAct] = {}


def register_acts[A: LedgerAct](acts: type[A]) -> type[A]:
    """Register the acts of an app. Raises ValueError when a code is too long or taken."""
    for act in acts:
        if len(act) > LONGEST or ACTS.setdefault(act.value, act) is not act:
            raise ValueError(f"The act {act.value!r} is registered already, or longer than {LONGEST} characters.")
    return acts


def list_acts() -> list[tuple[str, Any]]:
    """List the code and the label of every registered act."""
    return [(act.value, act.label) for act in ACTS.values()]


def label_of_act(code: str) -> Any:
    """Return the label of an act, a message; its code when no installed app declares it."""
    return ACTS[code].label if code in ACTS else code


@register_acts
class Act(LedgerAct):
    """Acts of projects and of people, and those that a project without decisions knows."""

    FOUND = "found", _("Project opened")
    APPOINT = "appoint", _("Role given")
    NAME_OWNER = "name_owner", _("Owner named")
    ACCEPT = "accept", _("Mandate accepted")
    DECLINE = "decline", _("Mandate declined")
    STATE_COMPETENCE = "state_competence", _("Competence stated")
    END_MANDATE = "end_mandate", _("Mandate ended")
    ASK_REPLACEMENT = "ask_replacement", _("End of an owner’s account asked by the installation")
    PROPOSE_REPLACEMENT = "propose_replacement", _("Replacement of the owner proposed")
    ANNOUNCE_REPLACEMENT = "announce_replacement", _("Replacement of the owner by one hand announced again")
    SECOND_REPLACEMENT = "second_replacement", _("Replacement of the owner seconded")
    OBJECT_REPLACEMENT = "object_replacement", _("Objection of the former owner")
    CONFIRM_REPLACEMENT = "confirm_replacement", _("Replacement of the owner confirmed anew")
    TAKE_REPLACEMENT = "take_replacement", _("Replacement of the owner done")
    END_REPLACEMENT = "end_replacement", _("Replacement of the owner withdrawn")
    ADAPT_ROLES = "adapt_roles", _("Roles adapted")
    DELEGATE = "delegate", _("Signature delegated")
    REVOKE = "revoke", _("Delegation ended")
    SET_UP = "set_up", _("Ouvrage set up")
    INVITE = "invite", _("Person invited")
    INVITE_HOLDER = "invite_holder", _("Person invited by a project owner")
    OPEN_ACCOUNT = "open_account", _("Account opened by the identity provider")
    EDIT_ACCOUNT = "edit_account", _("Account changed")
    CHANGE_EMPLOYER = "change_employer", _("Organisation of a person changed")
    CHANGE_PASSWORD = "change_password", _("Password changed by its person")
    SEND_RESET = "send_reset", _("Link to choose a new password sent")
    GIVE_CREDENTIAL = "give_credential", _("Credential given")
    CONFIRM_CREDENTIAL = "confirm_credential", _("Credential confirmed by its person")
    RENAME_CREDENTIAL = "rename_credential", _("Credential renamed by its person")
    END_CREDENTIAL = "end_credential", _("Credential ended")
    PROVE_CREDENTIAL = "prove_credential", _("Credential proved by another one of its person")
    ASK_VOUCH = "ask_vouch", _("Vouch asked")
    VOUCH = "vouch", _("Vouch given")
    REMIND_VOUCH = "remind_vouch", _("Weekly notice of a vouch that is pending")
    COUNT_ALONE = "count_alone", _("Counted without a second person, after 30 days")
    CHANGE_HAND = "change_hand", _("Sign-in of a person who decides changes")
    ASK_ADDRESS = "ask_address", _("Another address asked by its person")
    PROPOSE_ADDRESS = "propose_address", _("Another address proposed")
    CONFIRM_ADDRESS = "confirm_address", _("Another address confirmed from a mailbox")
    CHANGE_ADDRESS = "change_address", _("Address of an account changed")
    END_ADDRESS = "end_address", _("Change of an address ended")
    PLAN_DEPARTURE = "plan_departure", _("Departure planned or taken back")
    STATE_ABSENCE = "state_absence", _("Absence stated or taken back")
    CLOSE_ACCOUNT = "close_account", _("Account closed")
    REOPEN_ACCOUNT = "reopen_account", _("Account reopened")
    EDIT_SETTINGS = "edit_settings", _("Settings of the organisation changed")
    PUBLISH_ROLE = "publish_role", _("Role template published")
    RETIRE_ROLE = "retire_role", _("Role template retired")
    INSTALL_PACK = "install_pack", _("Method installed")
    APPLY_ROLES = "apply_roles", _("Roles applied")
    PROVISION_ACCOUNT = "provision_account", _("Account changed by the directory")
    MAKE_TOKEN = "make_token", _("Token of provisioning made")
    END_TOKEN = "end_token", _("Token of provisioning ended")
    NAME_ADMINISTRATOR = "name_administrator", _("Administrator named")
    ASK_RIGHTS_END = "ask_rights_end", _("End of the rights of an administrator asked")
    OBJECT_RIGHTS_END = "object_rights_end", _("End of the rights of an administrator objected to")
    KEEP_RIGHTS = "keep_rights", _("End of the rights of an administrator taken back or lapsed")
    END_ADMINISTRATOR = "end_administrator", _("Rights of an administrator ended")
    KEEP_ORGANISATION = "keep_organisation", _("Organisation added or renamed")
    LINK_ORGANISATIONS = "link_organisations", _("Organisations linked")
    END_LINK = "end_link", _("Link between organisations ended")
    NOTE_BIDDER = "note_bidder", _("Bidder added")
    DECLARE_INTEREST = "declare_interest", _("Interest declared")
    SETTLE_INTEREST = "settle_interest", _("Ruling on an interest")
    IMPORT_LIST = "import_list", _("List imported from a file")
    DISPUTE = "dispute", _("Signature disputed by its person")
    STORE_RECORD = "store_record", _("Decision record stored")
    ERASE = "erase", _("Personal data erased")
    ARCHIVE = "archive", _("Project archived")
    UNARCHIVE = "unarchive", _("Project taken out of the archive")
    SEAL_ROWS = "seal_rows", _("Rows sealed")
