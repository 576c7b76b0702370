"""How a vault's fingerprint came to be known: from its founding, by comparing, or only from the vault itself."""

from enum import StrEnum


class Provenance(StrEnum):
    """In rising order of what it vouches for. What was seen at first use vouches for nothing, however often since."""

    FIRST_USE = "first-use"
    COMPARED = "compared"
    FOUNDED = "founded"

    @property
    def vouches(self) -> bool:
        """Whether it came from outside the vault."""
        return self is not Provenance.FIRST_USE

    def best(self, other: "Provenance") -> "Provenance":
        """The one that vouches for more."""
        return max(self, other, key=list(Provenance).index)


def parse(word: str) -> Provenance | None:
    """The provenance of this name, None if there is none."""
    return next((one for one in Provenance if one == word), None)
