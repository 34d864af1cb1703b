"""How much of everything: three sizes, and one odd one of each kind besides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`projects` counts programmes and portfolios too; `proposals` are those of all of them together."""

    projects: int
    proposals: int

    @property
    def portfolios(self) -> int:
        """How many of the projects are portfolios."""
        return max(1, self.projects // 100)

    @property
    def programmes(self) -> int:
        """How many of the projects are programmes."""
        return self.projects // 10

    @property
    def people(self) -> int:
        """How many hold each role, over all projects."""
        return max(5, self.projects // 5)


SIZES = {"S": Size(50, 2_000), "M": Size(500, 20_000), "L": Size(2_500, 200_000)}


@dataclass(frozen=True)
class Odd:
    """The odd ones: what one dossier, one owner, one project and one person may have."""

    revisions: int = 1_000
    pending: int = 2_000
    requirements: int = 5_000
    mandates: int = 300
