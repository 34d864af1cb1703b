"""Sizes of the population, and of the odd cases."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A size; `projects` includes programmes and portfolios, `proposals` is the total."""

    projects: int
    proposals: int

    @property
    def portfolios(self) -> int:
        """Return the number of portfolios."""
        return max(1, self.projects // 100)

    @property
    def programmes(self) -> int:
        """Return the number of programmes."""
        return self.projects // 10

    @property
    def people(self) -> int:
        """Return the number of people per role, over all projects."""
        return max(5, self.projects // 5)


SIZES = {"XS": Size(16, 640), "S": Size(50, 2_000), "M": Size(500, 20_000), "L": Size(2_500, 200_000)}


@dataclass(frozen=True)
class Odd:
    """Sizes of the odd cases: one dossier, one owner, one project and one person."""

    revisions: int = 1_000
    pending: int = 5_000
    requirements: int = 5_000
    mandates: int = 300
