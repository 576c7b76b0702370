"""Step 17: the bag. Every file stands in one manifest and has the SHA-256 that stands there (RFC 8493)."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from vault.errors import NotFound
from vault.evidence.strict import Malformed, decimal, hex_bytes, refuse
from vault.evidence.strict import text as strict_text
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed
from vault.verify.bundles.reading import BAGIT, Bundle

MANIFEST, TAG_MANIFEST, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MAX_INFO = 1 << 16
MAX_MANIFEST = 128 << 20  # bytes: 250,000 files of 400 bytes each

_INTEGRITY = Verdict.INTEGRITY
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_ESCAPES = {"%25": "%", "%0A": "\n", "%0D": "\r"}
_ESCAPED = re.compile("%..|%")
_UNLISTED = re.compile(rf"report\.note|report-[1-9][0-9]{{0,3}}\.(?:tsr|pem)|{re.escape(TAG_MANIFEST)}", re.ASCII)
_OXUM = "Payload-Oxum: "


def parse_manifest(data: bytes, where: str) -> dict[str, bytes]:
    """SHA-256 by name, in the order of the names' bytes, each once. Raises `Malformed` for any other spelling."""
    found: dict[str, bytes] = {}
    last = b""
    for number, line in enumerate(strict_text(data, where, limit=MAX_MANIFEST).split("\n")[:-1], 1):
        match = _LINE.fullmatch(line)
        if not match:
            refuse(f"{where}, line {number}", "<64 hex digits>, two spaces, a name")
        name = _unescaped(match[2], f"{where}, line {number}")
        if name.encode() <= last:
            refuse(f"{where}, line {number}", "names in the order of their bytes, each once", name)
        last = name.encode()
        found[name] = hex_bytes(match[1], where, size=32)
    if data and not data.endswith(b"\n"):
        refuse(where, "lines that each end in a newline")
    return found


def _unescaped(name: str, where: str) -> str:
    def meant(escape: re.Match[str]) -> str:
        return _ESCAPES.get(escape[0]) or refuse(where, "%25, %0A and %0D alone behind a %", name)

    return _ESCAPED.sub(meant, name)


class Bag:
    """What a bag's files hash to; `digests` are those found of the files that a manifest lists, by name."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.digests: dict[str, bytes] = {}
        self.tag_manifest = b""

    def judge(self) -> Iterator[Fault]:
        """All that is wrong with the bag: every file is read, in pieces, once."""
        try:
            listed = self._manifests()
            self._check_declaration()
        except Malformed as exc:
            yield from_malformed(_INTEGRITY, exc)
            return
        except NotFound as exc:
            yield broken(_INTEGRITY, "bag", "the files of a bag", str(exc))
            return
        yield from self._files(listed)
        yield from self._oxum()

    def _manifests(self) -> Mapping[str, bytes]:
        bundle = self._bundle
        self.tag_manifest = bundle.read(TAG_MANIFEST, MAX_MANIFEST)
        tags = parse_manifest(self.tag_manifest, TAG_MANIFEST)
        payload = parse_manifest(bundle.read(MANIFEST, MAX_MANIFEST), MANIFEST)
        for name in tags:
            if name.startswith("data/") or _UNLISTED.fullmatch(name):
                refuse(TAG_MANIFEST, "the tag files", name)
        for name in payload:
            if not name.startswith("data/"):
                refuse(MANIFEST, "files below data/", name)
        return tags | payload

    def _check_declaration(self) -> None:
        if self._bundle.read(BAGIT, MAX_INFO) != DECLARATION:
            refuse(BAGIT, "BagIt-Version: 1.0 and UTF-8")

    def _files(self, listed: Mapping[str, bytes]) -> Iterator[Fault]:
        there = frozenset(self._bundle.names)
        for name in sorted(there.difference(listed)):
            if not _UNLISTED.fullmatch(name):  # [a page that nobody has vouched for, opened by mistake]
                yield broken(_INTEGRITY, "bag", "no file that neither manifest lists", name)
        for name, expected in listed.items():
            if name not in there:
                yield broken(_INTEGRITY, name, "the file that the manifest lists", "none")
                continue
            try:
                self.digests[name] = found = _digest(self._bundle, name)
            except Malformed as exc:
                yield from_malformed(_INTEGRITY, exc)
                continue
            if found != expected:
                yield broken(_INTEGRITY, name, f"SHA-256 {expected.hex()}", found.hex())

    def _oxum(self) -> Iterator[Fault]:
        """Bytes and number of the payload files. [One left out of manifest and bag at once.]"""
        payload = [self._bundle.size(name) for name in self._bundle.names if name.startswith("data/")]
        try:
            said = _stated_oxum(self._bundle.read(INFO, MAX_INFO))
        except (Malformed, NotFound) as exc:
            yield broken(_INTEGRITY, INFO, "one line Payload-Oxum", str(exc))
            return
        if said != (sum(payload), len(payload)):
            yield broken(_INTEGRITY, INFO, f"{_OXUM}{sum(payload)}.{len(payload)}", f"{said[0]}.{said[1]}")


def _stated_oxum(data: bytes) -> tuple[int, int]:
    lines = strict_text(data, INFO, limit=MAX_INFO).split("\n")
    values = [line[len(_OXUM) :] for line in lines if line.startswith(_OXUM)]
    if len(values) != 1:
        refuse(INFO, "one line Payload-Oxum", len(values))
    octets, _, count = values[0].partition(".")
    return decimal(octets, INFO), decimal(count, INFO)


def _digest(bundle: Bundle, name: str) -> bytes:
    hashed = sha256()
    for piece in bundle.stream(name):
        hashed.update(piece)
    return hashed.digest()
