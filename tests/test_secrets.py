"""A run with every log enabled shows no key, no secret, no signature and no UID."""

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
    """What a run wrote: its output, its log, and the files of its folder."""

    terminal: bytes
    log: bytes
    files: dict[Path, bytes]

    def places_of(self, text: str) -> list[str]:
        """The places that contain a text."""
        streams = {"the terminal": self.terminal, "the log": self.log}
        files = {str(path): content for path, content in self.files.items()}
        return [place for place, content in (streams | files).items() if text.encode() in content]


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A run of checks that sign in every way, on a defective venue, with everything logged."""
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
    """No key and no secret of any role is logged, whoever logs it."""
    assert loud.places_of(demo.credentials.key) == []
    assert loud.places_of(demo.credentials.secret) == []


def test_no_uid_is_logged(loud: Written) -> None:
    """The UID is masked where libraries log the venue's responses."""
    assert loud.places_of(MAKER.uid) == []


def test_no_signature_is_logged(loud: Written) -> None:
    """The log shows neither the signature of a request nor that of a stream's auth."""
    signed = list(SENT_BY_CCXT.finditer(loud.log.decode()))
    secret = MAKER.credentials.secret.encode()
    for request in signed:
        payload = f"{request['at']}{MAKER.credentials.key}{request['window']}{request['query']}"
        assert loud.places_of(hmac.digest(secret, payload.encode(), "sha256").hex()) == []
    assert signed != []
    auths = re.findall(rb'"op":"auth","args":\[(.*?)\]', loud.log + loud.terminal)
    assert set(auths) == {'"•••"'.encode()}


def test_the_log_shows_what_was_sent(loud: Written) -> None:
    """The redacted log still names the requests and the libraries that sent them."""
    assert b"ccxt.base.exchange" in loud.log
    assert b"websockets.client" in loud.log
    assert b"X-BAPI-TIMESTAMP" in loud.log
