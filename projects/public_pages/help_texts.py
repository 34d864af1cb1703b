"""Help by role: at most six lines and a picture each."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.access import Text


@dataclass(frozen=True)
class RoleHelp:
    """What a role does in Ouvrage, line by line."""

    code: str
    name: Text
    lines: tuple[Text, ...]

    @property
    def picture(self) -> str:
        """Return the static file of the picture in the current language; tests/e2e/test_help_pictures.py takes it."""
        return f"img/help/{self.code.lower()}-{get_language()}.jpg"


ROLES = (
    RoleHelp(
        "owner",
        _("Project owner"),
        (
            _("My tasks lists the proposals to decide and everything else that needs you."),
            _("Choose an option, enter your reasons, read what will happen, then record the decision."),
            _("Each decision in your name is emailed to you. If it was not you, say so by the link in the email."),
            _("You appoint the roles, and you can delegate your signature for some decisions."),
            _("Nobody replaces you alone. If two people propose it, an email lets you object for 30 days."),
            _("You cannot write proposals. The other roles do, and advise you."),
        ),
    ),
    RoleHelp(
        "PMO",
        "PMO",
        (
            _("Write a proposal for each decision that the method asks for, and submit it."),
            _("Give your opinion on the proposals of the other roles, and name the option you prefer."),
            _("Keep schedule, budget, risks and indicators up to date."),
            _("Publish the project weather each month."),
            _("Follow the conditions of the decisions, and give evidence when one is met."),
            _("Before the closing, prepare the owner’s answer on each group of open items."),
        ),
    ),
    RoleHelp(
        "AMOA",
        "AMOA",
        (
            _("Write or import the requirements, and propose their approval."),
            _("Prepare acceptance testing: tests, campaigns, defects."),
            _("Describe the recipients, and plan communication and training."),
            _("Give your opinion on the proposals of the other roles, and name the option you prefer."),
            _("Ask the solution provider questions about a requirement, and read their estimates."),
        ),
    ),
    RoleHelp(
        "MOE",
        _("Solution provider"),
        (
            _("Accept your mandate on the page of the project."),
            _("Answer the questions on requirements, and enter your estimates."),
            _("Tell which requirements are implemented."),
            _("Correct the defects that testing finds."),
            _("Declare any interest you have in a bidder."),
        ),
    ),
    RoleHelp(
        "DEST",
        _("Recipient"),
        (
            _("My tasks lists the decisions that concern you: confirm that you have read them."),
            _("Run the tests that are assigned to you, and report defects."),
            _("Give your feedback on the change. The AMOA answers it."),
            _("The register lists every decision of the project and its reasons."),
            _("The change calendar shows the trainings and messages that are planned."),
        ),
    ),
    RoleHelp(
        "administrator",
        _("Administrator"),
        (
            _("Enter the settings of the organisation, and send a test email."),
            _("Invite people. Each one chooses a password by a link."),
            _("Open projects and name their owner. You do not see their contents."),
            _("Close the account of a person who leaves: their roles become vacant."),
            _("To replace a project owner or close their account, a second person must agree."),
            _("State of the system shows what works. The administration log shows who changed what."),
        ),
    ),
)
