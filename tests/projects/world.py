"""Write rows of projects, mandates, documents and interests past the services, for the attacks on their triggers."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.acts import acting_as
from core.record.sealing import content_hash
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from projects.models import (
    Bidder,
    Competence,
    Delegation,
    Document,
    DocumentVersion,
    Interest,
    Mandate,
    Matrix,
    Project,
)
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.services import appoint, end_mandate, role_on
from projects.seats.matrix.models import sealed_columns
from roles.enums import Nature
from roles.models import Organisation, RoleTemplate
from tests import acts
from tests.database import close_account

DAY = timedelta(days=1)


class World:
    """The cast's project one, with raw writes of mandates and delegations."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project, vacant: Project) -> None:
        self.cast, self.project, self.other, self.vacant = cast, project, other, vacant
        self.now = timezone.now()

    def mandate(self, member: str = "pmo") -> Mandate:
        """Return the current or past mandate of a member of the cast."""
        return Mandate.objects.filter(holder=self.cast[member]).earliest("pk")

    def give(
        self, code: str = "DEST", to: str = "outsider", by: str = "owner", pack: str = "fr", **changes: Any
    ) -> None:
        """Write a mandate past the services."""
        role = RoleTemplate.objects.published().get(pack=pack, code=code)
        fields = {
            "project": self.project,
            "role": role,
            "authority": role.authority,
            "holder": self.cast[to],
            "period": (self.now, None),
            "appointed_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        if "period" not in changes:
            fields["period"] = (fields["acted_at"], None)
        Mandate.objects.bulk_create([Mandate(**fields | changes)])

    def change(self, member: str = "pmo", **fields: Any) -> None:
        """Change a mandate past the services; an end names the owner unless the fields name somebody else."""
        if "period" in fields:
            fields = {"ended_by": self.cast["owner"]} | fields
        assert Mandate.objects.filter(pk=self.mandate(member).pk).update(**fields)

    def end_past_services(self, member: str, by: str = "owner") -> None:
        """End the mandate of a member at this instant, in the name of somebody."""
        period = (self.mandate(member).period.lower, timezone.now())
        self.change(member, period=period, ended_by=self.cast[by] if by else None)

    def vacate(self) -> datetime:
        """End the mandate of the owner at this instant."""
        now = timezone.now()
        self.change("owner", period=(self.mandate("owner").period.lower, now))
        return now

    def delegate(self, to: str = "outsider", **changes: Any) -> None:
        """Write a delegation past the services."""
        now = timezone.now()
        fields = {
            "mandate": self.mandate("owner"),
            "delegate": self.cast[to],
            "kinds": ["minor_change"],
            "cap": Decimal(10),
            "document": "Act 2",
            "period": (now, now + DAY),
            "acted_at": now,
        }
        Delegation.objects.bulk_create([Delegation(**fields | changes)])

    def state(self, of: str = "moe", **changes: Any) -> Competence:
        """Write a competence past the services."""
        fields = {
            "project": self.project,
            "mandate": self.mandate(of),
            "stated_by": self.cast[of],
            "text": "Three harbours built.",
            "acted_at": timezone.now(),
        }
        return Competence.objects.bulk_create([Competence(**fields | changes)])[0]

    def redelegate(self, **fields: Any) -> None:
        """Change the delegation past the services."""
        assert Delegation.objects.filter(delegate=self.cast["delegate"]).update(**fields)

    @property
    def delegated(self) -> Any:
        """Return the period of the delegation."""
        return Delegation.objects.get(delegate=self.cast["delegate"]).period

    def move(self, decided: dict[str, str], then: dict[str, Any]) -> None:
        """Change the terms of the project past the services, against the decision that set them."""
        if decided:
            about = {"kind": "change", "project": self.project, "terms": decided}
            acts.decide(self.cast["owner"], acts.prepare(self.cast["amoa"], self.cast["pmo"], **about))
        assert Project.objects.filter(pk=self.project.pk).update(**then)

    def move_other(self) -> None:
        """Give another project the budget that was decided for this one."""
        self.move({"budget": "2.00"}, {"state": "active"})
        assert Project.objects.filter(pk=self.other.pk).update(budget=2)

    def found(self, **changes: Any) -> None:
        """Write a project past the services."""
        fields = {"code": "RAW", "prefix": "R", "starts_on": self.now.date(), "ends_on": self.now.date() + DAY}
        Project.objects.bulk_create([Project(**fields | changes)])

    def version(self, to: str = "Berth plan", by: str = "owner", **changes: Any) -> DocumentVersion:
        """Write the next version of a document past the services."""
        document = Document.objects.get(name=to)
        content = changes.get("content", b"Other bytes.\n")
        fields = {
            "document": document,
            "number": document.versions.latest("number").number + 1,
            "file_name": "x.txt",
            "media_type": "text/plain",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
            "why": "Because.",
            "added_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        return DocumentVersion.objects.bulk_create([DocumentVersion(**fields | changes)])[0]

    def bidder(self, name: str = "New Cranes", by: str = "owner", **changes: Any) -> Bidder:
        """Write a bidder past the services."""
        fields = {
            "project": self.project,
            "organisation": self.organisation(name),
            "noted_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        return Bidder.objects.bulk_create([Bidder(**fields | changes)])[0]

    def tie(self, of: str = "pmo", to: str = "Dragages de la Baie (fictif)", **changes: Any) -> Interest:
        """Write a declared tie past the services, by default with the bidder of the cast."""
        fields = {
            "project": self.project,
            "person": self.cast[of],
            "organisation": self.organisation(to),
            "tie": "A cousin.",
            "acted_at": timezone.now(),
        }
        return Interest.objects.bulk_create([Interest(**fields | changes)])[0]

    def settle(self, of: str = "pmo", by: str = "owner", **changes: Any) -> None:
        """Settle a tie of somebody past the services: the role goes on."""
        tie = self.tie(of)
        fields = {
            "ruling": "stays",
            "ruled_because": "Long ago.",
            "ruled_by": self.cast[by],
            "ruled_at": timezone.now(),
        }
        assert Interest.objects.filter(pk=tie.pk).update(**fields | changes)

    def organisation(self, name: str) -> Organisation:
        """Return the organisation of this name; create it when missing."""
        with acting_as(self.cast["owner"]):
            return Organisation.objects.get_or_create(name=name)[0]

    def matrix(self, by: str = "pmo", **changes: Any) -> Matrix:
        """Write the next version of the roles past the services."""
        newest = self.project.matrices.latest("number")
        fields = {
            "project": self.project,
            "number": newest.number + 1,
            "reason": "Because.",
            "made_by": self.cast[by],
            "acted_at": timezone.now(),
            **sealed_columns(newest.read()),
        }
        return Matrix.objects.bulk_create([Matrix(**fields | changes)])[0]

    def allowing(self, **powers: Any) -> Matrix:
        """Write a version with permissions other than its letters, under a valid hash of both; None removes a role."""
        said = sealed_columns(self.project.matrices.latest("number").read())
        other = {code: found for code, found in (said["powers"] | powers).items() if found is not None}
        whole = {"content": said["content"], "powers": other}
        return self.matrix(powers=other, hash=content_hash(whole))

    def role(self, **changes: Any) -> RoleTemplate:
        """Write a draft of a role past the services."""
        fields = {"pack_id": "fr", "code": "NEW", "authority": "receives"}
        return RoleTemplate.objects.bulk_create([RoleTemplate(**fields | changes)])[0]

    def document(self, name: str) -> None:
        """Write a document without any bytes past the services."""
        Document.objects.bulk_create([Document(project=self.project, name=name)])

    # — the launch of project two, which has neither provider nor recipients and whose roles are not approved —

    def appoint(self, code: str, holder: str, **more: Any) -> Mandate:
        """Give a role on project two through the service."""
        role = role_on(self.other, code)
        return appoint(actor=self.cast["other_owner"], project=self.other, role=role, holder=self.cast[holder], **more)

    def complete(self) -> None:
        """Provide every missing item for the launch of project two, but the decision."""
        self.appoint("MOE", "moe")
        self.appoint("DEST", "recipient", group="Passengers")
        acts.accept_mandates(self.other)
        matrix = self.other.matrix
        assert matrix
        approval = acts.submit_to_owner(self.other, "appointment", terms={"matrix": f"{matrix.number}:{matrix.hash}"})
        acts.decide(self.cast["other_owner"], approval)

    def end(self, code: str) -> None:
        """End the mandate of a role of project two."""
        mandate = self.other.mandates.active().get(role__code=code)
        end_mandate(actor=self.cast["other_owner"], mandate=mandate)

    def start(self, *missing: str, **also: Any) -> None:
        """Launch project two past the services, without the roles `missing`."""
        for code in missing:
            self.end(code)
        self.set_other(state="active", **also)

    def set_other(self, **fields: Any) -> None:
        """Change project two past the services."""
        assert Project.objects.filter(pk=self.other.pk).update(**fields)

    def version_of_roles(self, *, complete: bool = True, advised: bool = True, without: str = "") -> Matrix:
        """Build the next version of the roles of project two, with or without its accountable roles or two advices.

        `without` is the code of a responsibility of the PMO that is left out.
        """
        content = newest(self.other).read()
        if without:
            content = without_duty(content, "PMO", without, "Never mind.")
        for role in content.roles if not advised else ():
            for duty in role.duties if role.code == "AMOA" else ():
                if duty.nature == Nature.ADVISE:
                    content = without_duty(content, role.code, duty.code, "Never mind.")
        for role in content.roles if not complete else ():
            for duty in role.duties if role.decides else ():
                content = without_duty(content, role.code, duty.code, "Never mind.")
        author = proposers(self.other, "appointment")[0].holder
        return adapt_roles(
            actor=author, project=self.other, base=newest(self.other).number, content=content, reason="Ours."
        )

    def rewritten(self, **changes: Any) -> None:
        """Write a version of roles past the services."""
        latest = newest(self.other)
        fields = {name: getattr(latest, name) for name in ("project", "content", "powers", "hash", "made_by")}
        fields |= {"number": latest.number + 1, "acted_at": timezone.now()}
        Matrix.objects.bulk_create([Matrix(**fields | changes)])

    def close(self, member: str) -> None:
        """Close an account."""
        close_account(self.cast[member], self.cast["staff_admin"])


Attempt = Callable[[World], Any]
