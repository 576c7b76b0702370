"""A witness and a client that are not ours, in Go: ours are understood by them, and refuse and are refused alike."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.judges.golang import Judge
from tests.witness import serving
from tests.witness.serving import COSIGNER, Grown
from vault.errors import Damaged, Refused
from vault.evidence.checkpoint import verify_cosignature
from vault.evidence.note import Key
from vault.evidence.witness import merge
from vault.witness.client import Client
from vault.witness.places import Place
from vault.witness.server import Application

GROWN, FORKED = Grown(300), Grown(300, fork=40)


def test_our_client_gets_the_cosignature_of_a_witness_in_go(go_judge: Judge) -> None:
    with go_judge.witness("go.example/w", GROWN.log.keys.ed25519) as (url, vkey):
        place = Place("go", url, (Key.parse(vkey),))
        for size in (1, 50, 50, 256, 300):
            cosigned = merge(GROWN.note(size), Client().cosign(place, GROWN.note(size), GROWN.prove))
            assert abs(verify_cosignature(cosigned, place.keys[0]) - time.time()) < 60
        with pytest.raises(Damaged, match="witness go has seen another history"):
            Client().cosign(place, FORKED.note(300), FORKED.prove)
        with pytest.raises(Damaged, match="rolled back"):
            Client().cosign(place, GROWN.note(50), GROWN.prove)
        other = Grown(5, "other.example/log")
        with pytest.raises(Refused, match="does not know the keys"):
            Client().cosign(place, other.note(5), other.prove)


def test_client_in_go_gets_the_cosignature_of_our_witness(tmp_path: Path, go_judge: Judge) -> None:
    ours = replace(serving.witness(tmp_path, GROWN), clock=time.time)
    with serving.serving(Application(ours)) as url:
        for old, new in ((0, 50), (50, 50), (50, 300)):
            said = go_judge.submit(url, COSIGNER.keys[0], GROWN.request(old, new))
            assert said == "holds: cosigned by witness.example/w1"
        for request, answer in (
            (GROWN.request(0, 300), r'409 text/x\.tlog\.size "300\\n"'),
            (FORKED.request(300, 300), "422 "),
            (Grown(5, "other.example/log").request(0, 5), "404 "),
            (b"old 300\n", "400 "),
        ):
            with pytest.raises(AssertionError, match=f"refused: {answer}"):
                go_judge.submit(url, COSIGNER.keys[0], request)


def test_judge_refuses_the_cosignature_of_another_witness(tmp_path: Path, go_judge: Judge) -> None:
    stranger = Key(COSIGNER.keys[0].name, 4, GROWN.log.keys.ed25519.public)
    said = "refused: note has no verifiable signatures"
    application = Application(serving.witness(tmp_path, GROWN))
    with serving.serving(application) as url, pytest.raises(AssertionError, match=said):
        go_judge.submit(url, stranger, GROWN.request(0, 50))
