"""Whole runs with every log switched on: no key, no secret, no signature, no UID is to be read."""

import hmac
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.venue.demo_accounts import (
    EXPIRED,
    IP_BOUND,
    MAKER,
    NON_WHITELISTED,
    OTHER_ENVIRONMENT,
    READ_ONLY,
    TAKER,
    Demo,
)

ROOT = Path(__file__).parents[1]
DEADLINE_S = 600
LOUD = ["-o", "log_cli=true", "--log-level=DEBUG", "-vv", "--showlocals", "--tb=long", "--setup-show", "-rA"]
CHOSEN = "CON-01 or PRM-01 or PRM-03 or MKR-02 or SDK-01 or SDK-05 or SDK-07"
SENT_BY_CCXT = re.compile(
    r"GET http://[^/]+/\S+\?(?P<query>\S*), Request: .*'X-BAPI-TIMESTAMP': '(?P<at>\d+)', "
    r"'X-BAPI-RECV-WINDOW': '(?P<window>\d+)', 'X-BAPI-SIGN'"
)


@dataclass(frozen=True)
class Written:
    """What a run left: on the terminal, in its log, in the files of its folder."""

    terminal: bytes
    log: bytes
    files: dict[Path, bytes]

    def places_of(self, text: str) -> list[str]:
        """Where a text stands."""
        told = {"the terminal": self.terminal, "the log": self.log}
        files = {str(path): content for path, content in self.files.items()}
        return [place for place, content in (told | files).items() if text.encode() in content]


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Some checks that sign in every way, made on a broken venue with everything logged."""
    out = tmp_path_factory.mktemp("loud")
    places = [f"--out={out / 'runs'}", f"--log-file={out / 'log.txt'}"]
    done = subprocess.run(  # noqa: S603 - our own pytest
        [sys.executable, "-m", "pytest", "--defect=fills_post_only", *LOUD, *places, "-k", CHOSEN],
        cwd=ROOT,
        env={**os.environ, "PYTHONASYNCIODEBUG": "1", "PYTHONFAULTHANDLER": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=DEADLINE_S,
        check=False,
    )
    files = {path: path.read_bytes() for path in (out / "runs").rglob("*") if path.is_file()}
    return Written(done.stdout, (out / "log.txt").read_bytes(), files)


@pytest.mark.parametrize(
    "demo", [MAKER, READ_ONLY, IP_BOUND, EXPIRED, OTHER_ENVIRONMENT, NON_WHITELISTED, TAKER]
)
def test_no_key_and_no_secret_is_logged(loud: Written, demo: Demo) -> None:
    """Neither a key nor a secret of any role, whoever logs it."""
    assert loud.places_of(demo.credentials.key) == []
    assert loud.places_of(demo.credentials.secret) == []


def test_no_uid_is_logged(loud: Written) -> None:
    """The UID is masked in what the libraries log of the venue's answers."""
    assert loud.places_of(MAKER.uid) == []


def test_no_signature_is_logged(loud: Written) -> None:
    """The signature of a request that is logged cannot be read, and neither can that of a stream's auth."""
    signed = list(SENT_BY_CCXT.finditer(loud.log.decode()))
    secret = MAKER.credentials.secret.encode()
    for one in signed:
        payload = f"{one['at']}{MAKER.credentials.key}{one['window']}{one['query']}"
        assert loud.places_of(hmac.digest(secret, payload.encode(), "sha256").hex()) == []
    assert signed != []
    auths = re.findall(rb'"op":"auth","args":\[(.*?)\]', loud.log + loud.terminal)
    assert set(auths) == {'"•••"'.encode()}


def test_the_log_tells_what_was_sent(loud: Written) -> None:
    """A redacted log is still a log: it names the requests, and who made them."""
    assert b"ccxt.base.exchange" in loud.log
    assert b"websockets.client" in loud.log
    assert b"X-BAPI-TIMESTAMP" in loud.log
