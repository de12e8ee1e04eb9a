"""The kill matrix of observed mode: mutant clients as bots without a driver, and what fails on each.

A run per mutant: its own venue and gateway, ``proof.quoting_bot`` with the mutant inside, and the checks that
must fail on it, as far as a bot without a driver can be judged by them. The conforming client comes first,
with all of these checks.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drivers.mutant_clients import EXPECTED
from fixtures.desk import Transport
from fixtures.v5 import paths
from fixtures.venue.demo_accounts import LOOPBACK, MAKER
from proof.quoting_bot import KEY, SECRET
from reports.cards.__main__ import collect

ROOT = Path(__file__).parents[1]
LONGEST_S = 900.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One bot.

    mutant: "" for the conforming client
    checks: what it is judged by
    """

    mutant: str
    checks: tuple[str, ...]
    over_trade: bool = False

    def verdicts(self) -> dict[str, str]:
        """Run the checks on the bot; return the verdict of each, with its sentence."""
        port = _free_port()
        with tempfile.TemporaryDirectory() as folder, self._bot(port):
            command = [sys.executable, "-m", "pytest", "--client", "observed", "--out", folder]
            options = ["--gateway-port", str(port), "--wait", "30", "-k", " or ".join(self.checks)]
            subprocess.run(  # noqa: S603 - our own pytest
                [*command, *options, "-p", "no:cacheprovider"],
                cwd=ROOT,
                timeout=LONGEST_S,
                check=False,
                capture_output=True,
            )
            (path,) = Path(folder).glob("*/signoff.json")
            found = json.loads(path.read_text("utf-8"))["client"]["checks"]
        return {one["id"]: f"{one['verdict']} {one['sentence']}" for one in found if one["id"] in self.checks}

    @contextmanager
    def _bot(self, port: int) -> Iterator[None]:
        rest, stream = f"http://{LOOPBACK}:{port}", f"ws://{LOOPBACK}:{port}"
        named = {
            "rest": rest,
            "public": stream + paths.PUBLIC_STREAM,
            "private": stream + paths.PRIVATE_STREAM,
            "trade": stream + paths.TRADE_STREAM,
        }
        given = [f"--{name}={url}" for name, url in named.items()]
        given += [f"--mutant={self.mutant}"] if self.mutant else []
        given += ["--over-trade"] if self.over_trade else []
        keys = {KEY: MAKER.credentials.key, SECRET: MAKER.credentials.secret}
        process = subprocess.Popen(  # noqa: S603 - our own bot
            [sys.executable, "-m", "proof.quoting_bot", *given],
            cwd=ROOT,
            env={**os.environ, **keys},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def trials(judged: Mapping[str, bool]) -> list[Trial]:
    """The conforming client with every check, then each mutant with those that it must fail."""
    found = []
    for name, expected in {"": frozenset(judged), **EXPECTED}.items():
        for over_trade in (False, True):
            own = sorted(check_id for check_id in expected & judged.keys() if judged[check_id] is over_trade)
            found += [Trial(name, tuple(own), over_trade)] if own else []
    return found


def judged_on_a_bot() -> dict[str, bool]:
    """The checks by which a bot is judged too, and whether they are about the trade stream alone."""
    found: dict[str, bool] = {}
    for item in collect(ROOT):
        mark = item.get_closest_marker("check")
        if mark and mark.kwargs["facts"].get("judged") == "both":
            via = getattr(item, "callspec", None)
            over_trade = bool(via and via.params.get("client") is Transport.TRADE)
            check_id = str(mark.kwargs["id"])
            found[check_id] = found.get(check_id, True) and over_trade
    return found


def rows(tried: Sequence[Trial], found: Sequence[dict[str, str]]) -> Iterator[str]:
    """One row of Markdown per bot and check."""
    yield "| Client | Check | Verdict |"
    yield "|---|---|---|"
    for trial, verdicts in zip(tried, found, strict=True):
        for check_id, verdict in sorted(verdicts.items()):
            yield f"| {trial.mutant or 'conforming'} | {check_id} | {verdict.replace('|', '/')} |"


def main(jobs: int) -> int:
    """Print the column; return 0 when the conforming client passes all, and every mutant fails its checks."""
    tried = trials(judged_on_a_bot())
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(Trial.verdicts, tried))
    print("\n".join(rows(tried, found)))  # noqa: T201 - what it is called for
    wrong = [
        f"{trial.mutant or 'the conforming client'}: {check_id} {verdict}"
        for trial, verdicts in zip(tried, found, strict=True)
        for check_id, verdict in verdicts.items()
        if not verdict.startswith("FAIL" if trial.mutant else "PASS")
    ]
    print("\n".join(["", *wrong]) if wrong else "")  # noqa: T201
    return 1 if wrong else 0


def _free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
