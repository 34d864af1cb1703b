"""Create the people of the population: as many per role as the size asks, with telling names and addresses."""

import random
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password

from core.acts import acting_as
from roles.models import Organisation, User

#: Password of everybody: populated data is measured, never used (the command refuses in production).
PASSWORD = "populated-for-measuring"  # noqa: S105
ADDRESS = "pop-{role}-{number:04d}@example.org"
ADMINISTRATOR = ADDRESS.format(role="admin", number=1)
ROLES = ("MOA", "PMO", "AMOA", "MOE", "DEST", "delegate")
#: The owner with thousands of proposals, and the person with hundreds of mandates.
WAITED_FOR, EVERYWHERE = (ADDRESS.format(role=role, number=1) for role in ("waited", "everywhere"))
FIRST = ("Anaïs", "Bastien", "Camille", "Driss", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Joël", "Katell", "Loïc")
LAST = ("Abgrall", "Besson", "Cadoret", "Delmas", "Evrard", "Fontaine", "Guivarc’h", "Hamon", "Iribarne", "Jaouen")


@dataclass(frozen=True)
class People:
    """The administrator, the people by role code, and the two odd cases."""

    administrator: User
    holding: dict[str, list[User]]
    waited_for: User
    everywhere: User

    def of(self, role: str, number: int) -> User:
        """Return one of the holders of `role`, in turn."""
        return self.holding[role][number % len(self.holding[role])]


def write_people(each: int) -> None:
    """Create the accounts of `each` people per role, an administrator and the odd cases."""
    rng, password = random.Random("people"), make_password(PASSWORD)  # noqa: S311 — the same people every time
    addresses = [ADDRESS.format(role=role.lower(), number=n + 1) for role in ROLES for n in range(each)]
    with acting_as(User.objects.installation()):
        # Advisers and providers of one organisation would not be independent.
        homes = {name: Organisation.objects.create(name=f"Population {name}") for name in ("pmo", "amoa", "moe")}
        for address in [ADMINISTRATOR, WAITED_FOR, EVERYWHERE, *addresses]:
            User.objects.create(
                email=address,
                password=password,
                key=UUID(int=rng.getrandbits(128), version=4),
                name=f"{rng.choice(FIRST)} {rng.choice(LAST)} {address[4:-12]}",
                is_staff=address == ADMINISTRATOR,
                organisation=homes.get(address.split("-")[1]),
            )


def read_people() -> People:
    """Load the accounts that `write_people` created."""
    users = {user.email: user for user in User.objects.filter(email__startswith="pop-").order_by("pk")}
    holding = {role: [u for email, u in users.items() if email.startswith(f"pop-{role.lower()}-")] for role in ROLES}
    return People(users[ADMINISTRATOR], holding, users[WAITED_FOR], users[EVERYWHERE])
