"""`dvault disclose` of files, folders and standard input: which are taken, and under which names."""

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk, fields


def test_standard_input_is_one_document(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.write(write, b"from a pipe")
    os.close(write)
    saved = os.dup(0)
    os.dup2(read, 0)
    try:
        said = clerk("disclose - --name mail.eml --to ganzhou --json").json
    finally:
        os.dup2(saved, 0)
    digest = hashlib.sha256(b"from a pipe").hexdigest()
    assert said["items"] == [{"id": "T-000001/1", "name": "mail.eml", "size": 11, "sha256": digest}]


def test_folder_is_taken_whole_but_for_droppings(clerk: Clerk) -> None:
    for name in ("b.txt", "sub/a.txt", "Thumbs.db", "sub/.DS_Store", "~$b.docx", ".hidden"):
        clerk.file(f"papers/{name}", name.encode())
    (clerk.folder / "papers" / "link").symlink_to("b.txt")
    (clerk.folder / "papers" / "up").symlink_to("..")
    os.mkfifo(clerk.folder / "papers" / "pipe")
    said = clerk("disclose papers --to ganzhou --json")
    assert [item["name"] for item in said.json["items"]] == ["papers/.hidden", "papers/b.txt", "papers/sub/a.txt"]
    left_out = {line.removeprefix("left out: papers/") for line in said.err.splitlines()}
    assert left_out == {"Thumbs.db", "sub/.DS_Store", "~$b.docx", "link", "up", "pipe"}


def test_all_takes_droppings_and_links_to_files_but_no_folders_or_pipes(clerk: Clerk) -> None:
    clerk.file("papers/Thumbs.db", b"t")
    (clerk.folder / "papers" / "link").symlink_to("Thumbs.db")
    (clerk.folder / "papers" / "up").symlink_to("..")
    (clerk.folder / "papers" / "gone").symlink_to("nowhere")
    os.mkfifo(clerk.folder / "papers" / "pipe")
    said = clerk("disclose papers --all --to ganzhou --json")
    assert [item["name"] for item in said.json["items"]] == ["papers/Thumbs.db", "papers/link"]
    assert said.err.count("left out") == 3


HOSTILE = [
    "line\nfeed.txt",
    "\x1b[31mred.txt",
    "gpj.\u202etxt",
    "客户名单.txt",
    "Stückliste Größe.txt",
    "Società.txt",
    "-rf",
    " x ",
    "a\tb",
    "'$(id)'",
]


def test_file_names_are_kept_exactly_and_shown_harmlessly(clerk: Clerk) -> None:
    for name in HOSTILE:
        clerk.file(name)
    said = clerk.run("disclose", "--to", "ganzhou", "--", *HOSTILE)
    shown = said.out + said.err + clerk("show T-1").out
    assert not {"\x1b", "\u202e", "\t"} & set(shown)
    assert [item["name"] for item in clerk("show T-1 --json").json["items"]] == HOSTILE


def test_file_name_that_is_not_utf_8_is_kept_as_its_bytes(clerk: Clerk) -> None:
    name = b"Gr\xf6\xdfe.txt"
    Path(os.fsdecode(os.fsencode(clerk.folder) + b"/" + name)).write_bytes(b"x")
    clerk.run("disclose", os.fsdecode(name), "--to", "ganzhou")
    item = clerk("show T-1 --json").json["items"][0]
    assert item["name"] == "Gr\ufffd\ufffde.txt"
    assert base64.b64decode(item["name-bytes"]) == name
    assert clerk("get T-1 -o .").lines == ["Gr\ufffd\ufffde.txt"]


def test_large_set_becomes_transmittals_of_a_series(clerk: Clerk) -> None:
    for number in range(1_002):
        clerk.file(f"many/{number:04}.txt", str(number).encode())
    said = clerk("disclose many --to ganzhou --json")
    first, second = (json.loads(line) for line in said.lines)
    assert (len(first["items"]), len(second["items"])) == (1_000, 2)
    assert fields(clerk, "T-1")["series"] == fields(clerk, "T-2")["series"]


def test_large_set_is_told_in_few_lines(clerk: Clerk) -> None:
    for number in range(30):
        clerk.file(f"many/{number:02}.txt")
    assert "  and 10 more" in clerk("disclose many --to ganzhou").err
