"""Registry of the acts that fulfil a responsibility by themselves; workspaces add theirs from their workspace.py.

Nobody confirms such an obligation: its evidence is the event in the ledger.
"""

from projects.ledger.enums import Act

#: Code of a responsibility → acts of its role that fulfil it.
PROOFS: dict[str, frozenset[Act]] = {}


def fulfil_by(act: Act, *duties: str) -> None:
    """Let `act`, by the role that answers, fulfil the responsibilities of these codes."""
    for code in duties:
        PROOFS[code] = PROOFS.get(code, frozenset()) | {act}


# Acts of the ground. The owner's decisions and everybody's opinions count without a line here (see occasions.py).
fulfil_by(Act.DELEGATE, "MOA-12", "PO-03")
fulfil_by(Act.APPOINT, "MOA-03", "PO-02")
