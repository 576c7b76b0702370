"""Ledgers whose checkpoints were stamped, before both verifiers."""

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from hypothesis import strategies as st

from tests.anchoring.authority import Authority
from tests.evidence.ledgers import Ledger
from tests.strangers.comparing import Compared, agree, compare_folder
from tests.strangers.ledgers import ON_FILES, WHERE, XOR, Files, enter_index, known, of_files
from tests.verify.folders import honest, write
from tests.verify.test_attacks import true_ledger
from vault.evidence import merkle
from vault.evidence.strict import base64_text


class Stamped:
    """A ledger whose checkpoint was stamped, in files."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self.ledger, self.files = folder, ledger, Files()

    def stamp(self, tsa: Authority, **time: object) -> str:
        """Stamp the ledger as it is, and enter the token."""
        size, signed = self.ledger.size, self.ledger.checkpoint()
        token = tsa.stamp(signed, **time)  # type: ignore[arg-type]
        digest = sha256(token).hexdigest()
        self.files |= {f"anchors/{size}/checkpoint": signed, f"anchors/{size}/{digest}.tsr": token}
        root = base64_text(merkle.root(self.ledger.leaves))
        self.ledger.public("anchor", f"checkpoint {size} {root}", f"token {digest}")
        return f"anchors/{size}/{digest}.tsr"

    def all_files(self) -> Files:
        """What is given out, with the stamps."""
        return honest(self.ledger) | self.files

    def compare(self, files: Files, *tsas: Authority) -> Compared:
        """Both on these files, by who trusts these authorities."""
        brought = replace(known(self.ledger), tsa_roots=tuple(tsa.root.der for tsa in tsas))
        return compare_folder(write(self.folder, files), brought, [tsa.folder / "root.pem" for tsa in tsas])

    def agree(self, *tsas: Authority) -> str:
        """The verdict on time by both."""
        return agree(self.compare(self.all_files(), *tsas))["time"]


TRIALS = st.tuples(st.tuples(st.sampled_from(ON_FILES), st.integers(0, 999), WHERE, XOR), st.integers(0, 3))
"""A change to the files, and which authorities are trusted."""


class Stamps:
    """A ledger with two stamps by two authorities, to be changed."""

    def __init__(self, folder: Path) -> None:
        self.tsas = [Authority(folder / "one"), Authority(folder / "two", accuracy="", name="Other")]
        self.stamped = Stamped(folder / "ledger", true_ledger())
        self.stamped.stamp(self.tsas[0])
        self.stamped.ledger.disclose(by="m2")
        enter_index(self.stamped.ledger)
        self.stamped.stamp(self.tsas[1])
        self.files = self.stamped.all_files()

    def on_stamps(self, change: tuple[str, int, int, int], trusted: int) -> Compared:
        """Both on the changed files."""
        shutil.rmtree(self.stamped.folder, ignore_errors=True)
        tsas = [tsa for number, tsa in enumerate(self.tsas) if trusted != number + 1]
        return self.stamped.compare(of_files(self.files, change), *tsas)
