"""Registry of the acts that fulfil a responsibility by themselves; workspaces add theirs from their workspace.py.

Nobody confirms such an obligation: its evidence is the event in the ledger.
"""

from collections.abc import Collection

from projects.enums import Workspace
from projects.ledger.enums import Act

#: Code of a responsibility → acts of its role that fulfil it.
PROOFS: dict[str, frozenset[Act]] = {}
#: Act → the workspace that a project needs for it.
_WORKSPACES: dict[Act, Workspace] = {}


def fulfil_by(act: Act, *duties: str, workspace: Workspace | None = None) -> None:
    """Let `act`, by the role that answers, fulfil the responsibilities of these codes."""
    if workspace:
        _WORKSPACES[act] = workspace
    for code in duties:
        PROOFS[code] = PROOFS.get(code, frozenset()) | {act}


def can_arise(duty: str, workspaces: Collection[str]) -> bool:
    """Return whether a project with these workspaces owes the responsibility: some act that fulfils it is possible."""
    needed = [_WORKSPACES.get(act) for act in PROOFS.get(duty, ())]
    return not needed or any(workspace is None or workspace in workspaces for workspace in needed)


# Acts of the ground. The owner's decisions and everybody's opinions count without a line here (see occasions.py).
fulfil_by(Act.DELEGATE, "MOA-12", "PO-03")
fulfil_by(Act.APPOINT, "MOA-03", "PO-02")
