"""Step 17: manifests have one spelling, every file stands in one, and its bytes are those that stand there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports import handmade
from tests.reports.handmade import Files, remade
from vault.evidence.strict import Malformed
from vault.verify.bundles.bag import MANIFEST, Bag, parse_manifest
from vault.verify.bundles.reading import opened

HASH = "ab" * 32
FILES = remade({"data/a": b"a", "data/b c": b"b", "data/100%": b"%", "report.note": b"note", "report-1.tsr": b"token"})


def judged(tmp_path: Path, files: Files) -> list[str]:
    with opened(handmade.write(tmp_path / "bag", files)) as bundle:
        return [str(fault) for fault in Bag(bundle).judge()]


def test_a_bag_without_a_fault_has_none(tmp_path: Path) -> None:
    assert judged(tmp_path, FILES) == []


def changed(name: str, old: bytes, new: bytes) -> Files:
    assert old in FILES[name]
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def without(name: str) -> Files:
    return {known: data for known, data in FILES.items() if known != name}


BAD: list[tuple[Files, str]] = [
    ({**FILES, "data/a": b"b"}, "data/a: expected SHA-256"),
    ({**FILES, "data/c": b"c"}, "no file that neither manifest lists, found 'data/c'"),
    ({**FILES, "index.html": b"c"}, "no file that neither manifest lists"),
    ({**FILES, "report-01.tsr": b"c"}, "no file that neither manifest lists"),
    ({**FILES, "report-1.html": b"c"}, "no file that neither manifest lists"),
    ({**FILES, "bagit.txt": b"BagIt-Version: 0.97\n"}, "BagIt-Version: 1.0"),
    ({**FILES, "bag-info.txt": b"Payload-Oxum: 1.1\n"}, "Payload-Oxum: 3.3, found '1.1'"),
    ({**FILES, "bag-info.txt": b""}, "one line Payload-Oxum"),
    ({**FILES, "bag-info.txt": FILES["bag-info.txt"] * 2}, "one line Payload-Oxum"),
    ({**FILES, "bag-info.txt": b"Payload-Oxum: 03.3\n"}, "one line Payload-Oxum"),
    (without("data/a"), "data/a: expected the file that the manifest lists"),
    *((without(name), "the files of a bag") for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt", "bagit.txt")),
    (without("bag-info.txt"), "the file that the manifest lists"),
    (changed("manifest-sha256.txt", b"  data/a\n", b" *data/a\n"), "two spaces"),
    (changed("manifest-sha256.txt", b"data/a\n", b"bagit.txt\n"), "names in the order|files below data/"),
    (changed("tagmanifest-sha256.txt", b"  bagit.txt", b"  data/a"), "names in the order|the tag files"),
    (changed("tagmanifest-sha256.txt", b"manifest-sha256.txt", b"report.note"), "the tag files"),
]


@pytest.mark.parametrize(("files", "why"), BAD)
def test_what_does_not_fit_is_named(tmp_path: Path, files: Files, why: str) -> None:
    found = "\n".join(judged(tmp_path, files))
    assert any(one in found for one in why.split("|")), found


def test_a_manifest_lists_each_name_once_in_the_order_of_bytes() -> None:
    data = f"{HASH}  data/100%25\n{HASH}  data/a\n{HASH}  data/a%0Ab\n{HASH}  data/é\n".encode()
    assert list(parse_manifest(data, MANIFEST)) == ["data/100%", "data/a", "data/a\nb", "data/é"]
    assert parse_manifest(b"", MANIFEST) == {}


@pytest.mark.parametrize(
    "data",
    [
        f"{HASH}  b\n{HASH}  a\n", f"{HASH}  a\n{HASH}  a\n", f"{HASH}  a", f"{HASH} a\n", f"{HASH}   \n{HASH}  \n",
        f"{HASH.upper()}  a\n", f"{HASH[1:]}  a\n", f"{HASH}  a%\n", f"{HASH}  a%41\n", f"{HASH}  a%0a\n", "\n",
        f"{HASH}  a\r\n", f"{HASH}\ta\n", f"{HASH}  a\n\n", f"{HASH}  \n", f"# {HASH}  a\n",
    ],
)  # fmt: skip
def test_other_spellings_of_a_manifest_are_refused(data: str) -> None:
    with pytest.raises(Malformed):
        parse_manifest(data.encode(), MANIFEST)


names = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(st.dictionaries(names, st.binary(max_size=5), max_size=5))
def test_whatever_is_listed_reads_back(files: Files) -> None:
    read = parse_manifest(handmade.manifest(files), MANIFEST)
    assert {name: digest.hex() for name, digest in read.items()} == {n: handmade.hashed(d) for n, d in files.items()}
    assert list(read) == sorted(files, key=str.encode)


def test_files_are_hashed_in_pieces(tmp_path: Path) -> None:
    files = remade({"data/large": bytes(3 << 20)})
    with opened(handmade.write(tmp_path / "bag", files)) as bundle:
        assert max(map(len, bundle.stream("data/large"))) <= 1 << 18
        assert list(Bag(bundle).judge()) == []
