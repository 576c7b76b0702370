"""Time by the one file, which runs `openssl ts`, and by the program: the same verdicts on true and false stamps."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.anchoring.authority import Authority, Life, ago
from tests.strangers.comparing import alone, run
from tests.strangers.ledgers import known
from tests.strangers.stamped import Stamped
from tests.verify.test_attacks import TRUE, true_ledger
from vault.evidence.intervals import Anchor, counted
from vault.evidence.strict import base64_text
from vault.verify import standalone


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def silent_tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another root, and no stated accuracy."""
    return Authority(tmp_path_factory.mktemp("other"), accuracy="", name="Other")


@pytest.fixture
def stamped(tmp_path: Path) -> Stamped:
    return Stamped(tmp_path / "ledger", true_ledger())


def test_it_proves_time_by_openssl(stamped: Stamped, tsa: Authority, silent_tsa: Authority) -> None:
    stamped.stamp(tsa)
    stamped.stamp(silent_tsa)
    assert stamped.agree(tsa) == stamped.agree(silent_tsa) == stamped.agree(tsa, silent_tsa) == "P"
    assert stamped.agree() == "N"
    roots = [word for one in (tsa, silent_tsa) for word in ("--tsa-root", one.folder / "root.pem")]
    code, found, said = run(
        stamped.folder, "--fingerprint", stamped.ledger.fingerprint.hex(), "--require", "time", *roots
    )
    assert (code, found[3]) == (0, "P")
    assert "time stamps" not in said
    (der := tsa.folder / "root.der").write_bytes(tsa.root.certificate.public_bytes(Encoding.DER))
    assert alone(stamped.folder, known(stamped.ledger), [der]).verdict("time")[0] == "PROVEN"


def test_an_authority_that_is_not_the_verifiers_counts_for_nothing(
    stamped: Stamped, tsa: Authority, silent_tsa: Authority
) -> None:
    stamped.stamp(tsa)
    assert stamped.agree(silent_tsa) == "N"


def test_what_no_stamp_covers_is_not_proven(stamped: Stamped, tsa: Authority) -> None:
    stamped.stamp(tsa)
    stamped.ledger.disclose(by="m2")
    assert stamped.agree(tsa) == "N"


def test_files_of_an_anchor_that_lack_or_lie(stamped: Stamped, tsa: Authority) -> None:
    token = stamped.stamp(tsa)
    good = stamped.files
    for name, data, expected in [
        (token, good[token][:-1] + bytes([good[token][-1] ^ 1]), "B"),  # another hash
        ("anchors/7/checkpoint", stamped.ledger.checkpoint(), "B"),  # another size
        ("anchors/7/checkpoint", TRUE.checkpoint(), "B"),  # another signing of the same head
        ("anchors/7/checkpoint", b"", "B"),
        (token, bytes(65_537), "B"),  # more than any token has
        (token, bytes(1 << 19), "B"),
    ]:
        stamped.files = good | {name: data}
        assert stamped.agree(tsa) == expected, name
    stamped.files = good
    for name in (token, "anchors/7/checkpoint"):
        assert stamped.agree(tsa) == "P"
        stamped.files = {other: data for other, data in good.items() if other != name}
        (stamped.folder / name).unlink()
        assert stamped.agree(tsa) == "N", name
        stamped.files = good


def test_a_token_with_other_certificates_or_no_right_to_stamp(stamped: Stamped, tsa: Authority) -> None:
    size, signed = stamped.ledger.size, stamped.ledger.checkpoint()
    token = tsa.lying(tsa.stamp(signed), by=tsa.middle)  # no certificate for stamping
    digest = sha256(token).hexdigest()
    stamped.files = {f"anchors/{size}/checkpoint": signed, f"anchors/{size}/{digest}.tsr": token}
    stamped.ledger.public("anchor", f"checkpoint {size} {base64_text(TRUE.tree().root)}", f"token {digest}")
    assert stamped.agree(tsa) == "B"


def test_two_tokens_that_contradict_each_other_are_broken(stamped: Stamped, tsa: Authority) -> None:
    """[A TSA that backdates.]"""
    stamped.stamp(tsa, time=ago(hours=1))
    stamped.ledger.disclose(by="m2")
    stamped.stamp(tsa, time=ago(hours=5))
    assert stamped.agree(tsa) == "B"


def test_a_token_counts_until_its_chain_ends_unless_renewed_before(tmp_path: Path, tsa: Authority) -> None:
    """[Who gets hold of the key of a TSA that ended long ago stamps what he likes with old dates.]"""
    ended = Authority(tmp_path / "ended", name="Ended", life=Life(last=ago(days=10)))
    stamped = Stamped(tmp_path / "ledger", true_ledger())
    stamped.stamp(ended, time=ago(days=30))
    assert stamped.agree(ended) == "N"
    stamped.stamp(tsa, time=ago(days=20))
    assert stamped.agree(ended, tsa) == "P"
    late = Stamped(tmp_path / "late", true_ledger())
    late.stamp(ended, time=ago(days=30))
    late.ledger.disclose(by="m2")
    late.stamp(tsa, time=ago(days=5))
    assert late.agree(ended, tsa) == "P"  # the late one covers all; the early one counts no more
    said = alone(late.folder, known(late.ledger), [tsa.folder / "root.pem", ended.folder / "root.pem"])
    assert ago(days=5).strftime("%Y-%m-%d") in said.shown["time"]


MOMENTS = [ago(days=days) for days in range(40, 0, -1)]
TOKENS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)), max_size=6
)


@settings(max_examples=150, deadline=None)
@given(tokens=TOKENS)
def test_it_agrees_on_which_tokens_count(tokens: list[tuple[int, int, datetime, datetime]]) -> None:
    now = ago()
    tokens = [(seq, min(seq, size), time, max(time, until)) for seq, size, time, until in tokens]
    theirs = [standalone.Stamp(seq, size, time, time, until_then(until)) for seq, size, time, until in tokens]
    found = standalone.counted(theirs, now)
    ours = counted([Anchor(seq, size, time, time, until) for seq, size, time, until in tokens], now)
    assert sorted((one.seq, one.size, one.last) for one in found) == sorted((o.seq, o.size, o.last) for o in ours)


def until_then(until: datetime) -> Callable[[datetime], str]:
    """What openssl says of a token whose chain ends then."""
    return lambda at: "" if at <= until else "certificate has expired"
