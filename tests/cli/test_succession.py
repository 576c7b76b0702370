"""`dvault init --continues`: what a custodian does when the newest entries are lost for good."""

import shutil

from tests.cli.clerk import Clerk


def test_a_rolled_back_vault_leads_to_one_that_takes_it_up(clerk: Clerk) -> None:
    vault, older = clerk.folder / "vault", clerk.folder / "older"
    shutil.copytree(vault, older)
    clerk("matter add EUC-1 --authority MOFCOM")
    shutil.rmtree(vault)
    older.rename(vault)
    refused = clerk("log", code=3).err
    assert "rolled back" in refused
    assert "dvault init DIR --origin NEW --continues magnets.example/disclosures" in refused
    made = clerk("init new --origin magnets.example/disclosures-2 --continues magnets.example/disclosures")
    assert "takes up magnets.example/disclosures after 8 entries" in made.err
    assert "takes up" in clerk("verify new", code=1).err
