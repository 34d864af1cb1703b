"""Registry of the acts that fulfil a responsibility by themselves, and of those after which one is due.

Workspaces add theirs from their workspace.py.

Nobody confirms such an obligation: its evidence is the event in the ledger.
"""

from collections.abc import Collection

from governance.enums import Act
from projects.enums import Workspace
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.enums import LedgerAct
from roles.enums import DecisionKind

#: Code of a responsibility → acts of its role that fulfil it.
PROOFS: dict[str, frozenset[LedgerAct]] = {}
#: Code of a responsibility → kinds of proposal that fulfil it once its role has submitted one.
PROPOSED: dict[str, frozenset[str]] = {}
#: Code of a responsibility to decide → the kinds that count for it, of all those of its activities.
DECIDED: dict[str, frozenset[str]] = {}
#: Codes of responsibilities about a period that is over: the acts of the period after it count.
AFTERWARDS: set[str] = set()
#: Code of a responsibility due at each event → acts after which it is due; they count for that rhythm alone.
EVENTS: dict[str, frozenset[LedgerAct]] = {}
#: The same → kinds of proposal after whose submission, or decision, it is due.
SUBMISSIONS: dict[str, frozenset[str]] = {}
DECISIONS: dict[str, frozenset[str]] = {}
#: Codes of responsibilities whose events are a task of their own, so that the obligation makes no second one.
OWN_TASKS: set[str] = set()
#: Act → the workspace that a project needs for it.
_WORKSPACES: dict[LedgerAct, Workspace] = {}


def fulfil_by(act: LedgerAct, *duties: str, workspace: Workspace | None = None) -> None:
    """Let `act`, by the role that answers, fulfil the responsibilities of these codes."""
    if workspace:
        _WORKSPACES[act] = workspace
    for code in duties:
        PROOFS[code] = PROOFS.get(code, frozenset()) | {act}


def fulfil_by_proposal(kind: str, *duties: str) -> None:
    """Let a submitted proposal of this kind, by the role that answers, fulfil the responsibilities of these codes."""
    for code in duties:
        PROPOSED[code] = PROPOSED.get(code, frozenset()) | {kind}


def decide_by(kind: str, *duties: str) -> None:
    """Let decisions of this kind alone fulfil the responsibilities to decide of these codes."""
    for code in duties:
        DECIDED[code] = DECIDED.get(code, frozenset()) | {kind}


def fulfil_afterwards(*duties: str) -> None:
    """Let only acts after a period fulfil these responsibilities for it: a review looks back."""
    AFTERWARDS.update(duties)


def arise_after(act: LedgerAct, *duties: str) -> None:
    """Let `act`, by anybody, be an event after which the responsibilities of these codes are due."""
    for code in duties:
        EVENTS[code] = EVENTS.get(code, frozenset()) | {act}


def can_arise(duty: str, workspaces: Collection[str]) -> bool:
    """Return whether a project with these workspaces owes the responsibility: some act that fulfils it is possible."""
    needed = [_WORKSPACES.get(act) for act in PROOFS.get(duty, ())]
    return not needed or any(workspace is None or workspace in workspaces for workspace in needed)


# Acts of the ground. The owner's decisions and everybody's opinions count without a line here (see occasions.py).
fulfil_by(ProjectAct.DELEGATE, "MOA-12", "PO-03")
fulfil_by(ProjectAct.APPOINT, "MOA-03", "PO-02", "PFMOA-06", "PFO-06")
fulfil_by(Act.SUBMIT, "AMOA-04")
fulfil_by(Act.SETTLE_LIST, "MOA-11", "PO-14")
arise_after(ProjectAct.REVOKE, "MOA-12", "PO-03")
arise_after(ProjectAct.ACCEPT, "PMO-13")
arise_after(ProjectAct.TAKE_REPLACEMENT, "PMO-10")
arise_after(Act.DESCRIBE_GROUP, "AMOA-01", "BM-10", "SP-04")
CHANGES = frozenset({DecisionKind.CHANGE, DecisionKind.MINOR_CHANGE})
#: What its recipients read.
TOLD = CHANGES | {
    DecisionKind.REQUIREMENT_BASELINE,
    DecisionKind.GATE,
    DecisionKind.ACCEPTANCE,
    DecisionKind.COMMUNICATION,
}
SUBMISSIONS |= dict.fromkeys(("MOE-06", "PCT-03"), CHANGES)
SUBMISSIONS["MOE-07"] = CHANGES | {DecisionKind.ARBITRATION}
SUBMISSIONS["DEST-02"] = frozenset({DecisionKind.REQUIREMENT_BASELINE})
DECISIONS["PMO-10"] = frozenset({DecisionKind.SCOPE})
DECISIONS |= dict.fromkeys(("PMO-02", "PMO-07", "PQA-02"), frozenset({DecisionKind.STANDARD_ADOPTION}))
DECISIONS["MOE-01"] = frozenset({DecisionKind.REQUIREMENT_BASELINE, DecisionKind.CHANGE})
DECISIONS |= dict.fromkeys(("AMOA-12", "BM-07", "DEST-06", "UR-04", "SP-06", "BIG-02", "PCT-04"), TOLD)
