"""Hostile names and texts: refused, or kept exactly and shown so that no terminal acts on them; JSON stays valid."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk, Said
from tests.hostile.texts import ACTED_ON, CONTROLS, FILE_NAMES, NO_TEXT

SURROGATES = [os.fsdecode(raw) for raw in NO_TEXT.values()]


def inert(said: Said) -> bool:
    """Whether nothing that was printed is acted on by a terminal."""
    return not ACTED_ON & set(said.out + said.err)


def place(folder: Path, name: bytes, content: bytes = b"x") -> str:
    """A file under any name there is."""
    (folder / os.fsdecode(name)).write_bytes(content)
    return os.fsdecode(name)


def test_free_text_is_kept_exactly_and_shown_inert(clerk: Clerk) -> None:
    clerk.file("a.txt")
    for place, text in enumerate(CONTROLS.values(), 1):
        stated = ("--purpose", text, "--note", text, "--reference", text)
        assert inert(clerk.run("disclose", "a.txt", "--to", "ganzhou", *stated))
        shown = clerk(f"show T-{place} --json").json["fields"]
        assert {shown[name] for name in ("purpose", "note", "reference")} == {text.strip()}
        assert inert(clerk(f"show T-{place}"))
    for line in ("log", "disclose a.txt --like T-2 --dry-run"):
        assert inert(clerk(line)), line
    assert len(clerk("log").lines) == len(CONTROLS)
    assert len(clerk("log --json").lines) == len(CONTROLS)
    found = clerk.run("log", "--text", CONTROLS["override"], "--json").json
    assert found["transmittal"] == f"T-{[*CONTROLS].index('override') + 1:06}"


@pytest.mark.parametrize("kind", ["party", "subject", "matter", "request"])
def test_name_of_what_is_registered_is_refused_or_shown_inert(clerk: Clerk, kind: str) -> None:
    expected = len(clerk(f"{kind} list").lines)
    for text in CONTROLS.values():
        added = run_any(clerk, kind, "add", text)
        assert inert(added)
        expected += added.code == 0
    listed = clerk(f"{kind} list")
    assert inert(listed)
    assert len(listed.lines) == expected
    as_json = [json.loads(line) for line in clerk(f"{kind} list --json").lines]
    assert len(as_json) == expected
    assert inert(clerk(f"{kind} show {as_json[-1]['id']}"))


def run_any(clerk: Clerk, *arguments: str) -> Said:
    """Run; taken, or refused as wrong use."""
    try:
        return clerk.run(*arguments)
    except AssertionError:
        return clerk.run(*arguments, code=2)


TAKES_TEXT = [
    ("party", "add"), ("party", "show"), ("subject", "add"), ("matter", "add"), ("request", "add"), ("show",), ("get",),
    ("log", "--text"), ("log", "--party"), ("log", "--since"), ("log", "--matter"), ("disclose", "--to"),
    ("disclose", "--to", "ganzhou", "--narrative"), ("disclose", "--to", "ganzhou", "--narrative", "x", "--purpose"),
    ("disclose", "--to", "ganzhou", "--narrative", "x", "--like"),
    ("disclose", "--to", "ganzhou", "--narrative", "x", "--subject"),
    ("disclose", "--to", "ganzhou", "--narrative", "x", "--at"),
    ("correct", "T-1", "--reason"), ("correct",), ("verify", "--require"), (),
]  # fmt: skip


def test_bytes_that_are_no_text_are_refused_wherever_a_text_goes(logged: Clerk) -> None:
    for arguments in TAKES_TEXT:
        more = ("--reason", "r") if arguments == ("correct",) else ("--void",) if "correct" in arguments else ()
        for text in SURROGATES:
            said = logged.run(*arguments, text, *more, code=2)
            assert said.err.startswith("error: ")
            assert "defect" not in said.err
            assert inert(said)
    assert len(logged("log").lines) == 3


def test_file_is_given_back_under_a_safe_name_in_the_current_folder(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.file("papers/placeholder")
    names = [f"papers/{place(clerk.folder / 'papers', name)}" for name in FILE_NAMES]
    said = clerk.run("disclose", "--to", "ganzhou", "--", *names)
    assert inert(said)
    with clerk.desk.opened() as archive:
        items = archive.catalog.items(1)
    for item, expected in zip(items, FILE_NAMES.values(), strict=True):
        here = clerk.folder / f"empty-{item.place}"
        here.mkdir()
        monkeypatch.chdir(here)
        assert inert(clerk(f"get T-1/{item.place}"))
        assert [path.name for path in here.iterdir()] == [expected]


NO_NAMES = ["../../etc/passwd", "/etc/passwd", "..", ".", "a/../../b", "C:\\evil", "\\\\host\\x", "\n", "CON"]


def test_name_that_is_a_path_leads_nowhere(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what comes through a pipe has a name that somebody typed."""

    def files() -> set[Path]:
        return {path for path in clerk.folder.rglob("*") if not {"vault", "state"} & set(path.parts)}

    for number, name in enumerate(NO_NAMES, 1):
        read, write = os.pipe()
        os.write(write, b"the content")
        os.close(write)
        clerk.run("disclose", f"/dev/fd/{read}", "--name", name, "--to", "ganzhou")
        os.close(read)
        here = clerk.folder / f"deep-{number}" / "er"
        here.mkdir(parents=True)
        monkeypatch.chdir(here)
        before = files()
        (written,) = clerk(f"get T-{number}").lines
        assert files() - before == {here / written}
        assert "/" not in written


def test_names_that_only_case_or_accents_part_are_all_given_back(clerk: Clerk) -> None:
    names = ["A.txt", "a.txt", "u\u0308.txt", "\u00fc.txt", "\u00dc.txt", "stra\u00dfe", "STRASSE"]
    for name in names:
        clerk.file(f"papers/{name}", name.encode())
    clerk("disclose papers --to ganzhou")
    (clerk.folder / "out").mkdir()
    written = clerk("get T-1 -o out").lines
    assert len(written) == len(names)
    contents = sorted((clerk.folder / line).read_bytes().decode() for line in written)
    assert contents == sorted(names)
    assert "out/\u00dc (2).txt" in written  # a disk of macOS holds either accent under one name


EMPTY = [
    ("disclose", "", "--to", "ganzhou"), ("disclose", "a.txt", "--to", "ganzhou", "--from", ""),
    ("get", "T-1", "-o", ""), ("--vault", "", "log"), ("log", "--vault", ""), ("init", "", "--origin", "a.example/b"),
    ("disclose", "a\0b", "--to", "ganzhou"), ("party", "add", ""), ("party", "add", " \t "), ("show", ""), ("get", ""),
]  # fmt: skip


def test_empty_name_is_refused_and_never_the_folder_one_is_in(logged: Clerk) -> None:
    """An unset variable in a script must not disclose the working folder, nor open the default vault."""
    for arguments in EMPTY:
        assert logged.run(*arguments, code=2).err.startswith("error: ")
    assert len(logged("log").lines) == 3


TEMPLATES = [
    (b'files = ["a\\u0000.txt"]', "a file name holds no NUL"),
    (b'files = [""]', "an empty name names no file"),
    (b"a = " + b"[" * 100_000, "nested too deeply"),
    (b'to = "Gr\xf6\xdfe"', "cannot be read"),
    (b'to = "\\ud800"', "cannot be read"),
    (b'"\\u001b[31m" = 1', "\\u{1b}[31m is not known"),
    (b"#" * (5 << 20), "larger than"),
    (b"to = \0", "cannot be read"),
    (b"pages = 9" + b"9" * 5_000, "cannot be read"),
]


def test_template_that_means_harm_is_refused_by_name(clerk: Clerk) -> None:
    clerk.file("a.txt")
    (clerk.folder / "folder.toml").mkdir()
    assert "cannot be read" in clerk("disclose a.txt --from folder.toml --to ganzhou", code=2).err
    for toml, complaint in TEMPLATES:
        clerk.file("t.toml", toml)
        said = clerk("disclose --from t.toml --to ganzhou", code=2)
        assert complaint in said.err
        assert inert(said)
    assert clerk("log").out == ""


def test_template_that_never_ends_is_refused(clerk: Clerk) -> None:
    clerk.file("a.txt")
    assert "larger than" in clerk("disclose a.txt --from /dev/zero --to ganzhou", code=2).err


def test_template_may_come_through_a_pipe(clerk: Clerk) -> None:
    clerk.file("a.txt")
    read, write = os.pipe()
    os.write(write, b'to = "ganzhou"\npurpose = "piped"')
    os.close(write)
    clerk(f"disclose a.txt --from /dev/fd/{read}")
    os.close(read)
    assert clerk("show T-1 --json").json["fields"]["purpose"] == "piped"
