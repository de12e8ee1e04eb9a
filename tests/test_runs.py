"""Whole runs in their own processes: what they write, how they end, and that no order is left."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.clients.clock import SystemClock
from fixtures.clients.context import ClientContext
from fixtures.clients.operations import path_of
from fixtures.clients.rest import RestClient
from fixtures.clients.risk import RiskCheck
from fixtures.config.allowance import Allowance
from fixtures.config.limits import RiskLimits
from fixtures.desk.orders.open_orders import open_orders
from fixtures.harness.collection import needs_of
from fixtures.harness.facts import facts_of
from fixtures.record.evidence import Channel, Direction, Evidence, Redactor
from fixtures.record.run import Journal, JournalEntry
from fixtures.v5 import paths
from fixtures.v5.codes import ABOUT_THE_SENDER
from fixtures.venue.demo_accounts import MAKER, NON_WHITELISTED, READ_ONLY, TAKER
from reports.cards.__main__ import collect
from reports.session.items import check_id_of

ROOT = Path(__file__).parents[1]
SMOKE_PASSED, NOT_READY, INCOMPLETE, UNUSABLE, VENUE_READY = 0, 1, 2, 3, 5
DEADLINE_S = 600


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code, its output, and its folder."""

    code: int
    text: str
    folder: Path

    @property
    def signoff(self) -> dict[str, Any]:
        """The sign-off as written."""
        content: dict[str, Any] = json.loads((self.folder / "signoff.json").read_text(encoding="utf-8"))
        return content

    def evidence(self) -> dict[str, list[Any]]:
        """Check -> the records of its evidence."""
        lines = (self.folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        checks = [check for item in self.signoff["items"] for check in item["checks"]]
        return {
            check["id"]: [record for case in check["cases"] for record in records[slice(*case["records"])]]
            for check in checks
        }


@pytest.fixture(scope="module", autouse=True)
def every_signal_is_heard() -> None:
    """Restore the default signal handlers: a background job and nohup ignore the signals that end a run."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def start(out: Path, *options: str, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a run on the venue side."""
    return subprocess.Popen(  # noqa: S603 - our own pytest
        [sys.executable, "-u", "-m", "pytest", "--client=none", f"--out={out}", *options],
        cwd=ROOT,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str], out: Path) -> Ended:
    """Wait for a run's end."""
    text, _ = process.communicate(timeout=DEADLINE_S)
    folders = sorted(out.iterdir()) if out.exists() else [out]
    return Ended(process.returncode, text, folders[-1])


def in_the_middle(process: subprocess.Popen[str]) -> str:
    """Read a run's output until its third maker check has passed; returns the output."""
    assert process.stdout is not None
    printed = ""
    while not printed.endswith("test_post_only.py ..."):
        character = process.stdout.read(1)
        assert character, f"the run ended: {printed}"
        printed += character
    return printed


@dataclass(frozen=True)
class Standalone:
    """A venue in its own process, and how a run reaches it."""

    rest: str
    environments: Path
    variables: Mapping[str, str]

    def client(self, run_id: str, journal: Path) -> RestClient:
        """A REST client with the market maker's key, for the orders of a given run."""
        clock = SystemClock()
        risk_limits = RiskLimits.model_validate(
            {"orders": 9, "notional_per_order": "99", "notional_per_run": "999", "price_band": "0.5"}
        )
        risk_check = RiskCheck(
            run_id,
            Journal(journal),
            risk_limits,
            clock.now_ms,
            Allowance(frozenset({"NEWUSDT"}), real_money=False),
            {"NEWUSDT": Decimal("0.25")}.get,
        )
        return RestClient(
            self.rest,
            ClientContext(Evidence(Redactor(), clock.now_ms), clock, timeout_ms=5000),
            credentials=MAKER.credentials,
            risk_check=risk_check,
            recv_window_ms=5000,
        )


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[Standalone]:
    """A venue started as its users start it, and an environments file that points at it."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "fixtures.venue", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    while "DMM_STANDALONE_TAKER_SECRET" not in printed:
        line = process.stdout.readline()
        assert line, f"the venue ended: {printed}"
        printed += line
    found = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
    assert found is not None
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    section = content["environments"]["standalone"]
    for name in ("rest", "public_stream", "private_stream", "trade_stream"):
        section[name] = section[name].replace("8900", found.group(1))
    path = tmp_path / "environments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    variables = dict(re.findall(r"(DMM_STANDALONE_\w+)=(\S+)", printed))
    yield Standalone(found.group(), path, variables)
    process.terminate()
    assert process.wait(timeout=DEADLINE_S) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def conforming(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A whole run on the conforming venue."""
    out = tmp_path_factory.mktemp("conforming") / "out"
    return finish(start(out), out)


def test_conforming_venue_is_ready(conforming: Ended) -> None:
    """A run on the conforming venue ends VENUE READY, exit 5, leaves no order open and writes every file."""
    assert conforming.code == VENUE_READY, conforming.text
    assert conforming.signoff["verdict"] == "VENUE READY"
    assert conforming.signoff["run"]["orders_left"] is False
    for name in ("signoff.html", "signoff.json", "junit.xml", "allure-results", "journal.jsonl"):
        assert (conforming.folder / name).exists(), name


def test_conforming_venue_fails_no_check(conforming: Ended) -> None:
    """On the conforming venue every check passes but those that find something about a client library."""
    checks = [check for item in conforming.signoff["items"] for check in item["checks"]]

    red = {check["id"]: check["sentence"] for check in checks if check["verdict"] != "PASS"}
    assert {check_id: text for check_id, text in red.items() if not check_id.startswith("SDK-")} == {}
    assert len(checks) > 200


def test_checks_name_the_optional_paths_that_they_call(conforming: Ended) -> None:
    """A check calls exactly the optional paths that it names as needed.

    Some checks run with or without the trade stream and the account's instruments; those two are not counted.
    The checks of access try every way in that is served.
    """
    needed: dict[str, set[str]] = {}
    for item in collect(ROOT):
        every_way = paths.OPTIONAL if item.path.name == "test_access_boundaries.py" else set()
        needed.setdefault(check_id_of(item), set()).update(needs_of(item), every_way)
    called = {
        check_id: {path for record in records for path in paths_of(record)}
        for check_id, records in conforming.evidence().items()
    }

    unused = {
        id_: needed[id_] - own
        for id_, own in called.items()
        if needed[id_] != paths.OPTIONAL and needed[id_] - own
    }
    undeclared = {id_: own - needed[id_] - WITH_OR_WITHOUT for id_, own in called.items()}
    assert unused == {}
    assert {id_: own for id_, own in undeclared.items() if own} == {}


WITH_OR_WITHOUT = {paths.TRADE_STREAM, paths.ACCOUNT_INSTRUMENTS}


def test_checks_name_the_refusals_of_the_sender_that_they_provoke(conforming: Ended) -> None:
    """No check receives a refusal of the sender that it does not declare: any other means a wrong key."""
    provoked: dict[str, set[int]] = {}
    for item in collect(ROOT):
        provoked.setdefault(check_id_of(item), set()).update(facts_of(item).get("provokes", ()))

    undeclared = {
        check_id: {record["ret_code"] for record in records if record["direction"] == Direction.RECEIVED}
        & ABOUT_THE_SENDER - provoked[check_id]
        for check_id, records in conforming.evidence().items()
    }
    assert {check_id: codes for check_id, codes in undeclared.items() if codes} == {}


def paths_of(record: Mapping[str, Any]) -> set[str]:
    """The paths of ``paths.OPTIONAL`` that a message belongs to."""
    operation = record["title"].rpartition(": ")[2].rpartition(" ")[2]
    path = path_of(operation) if operation.startswith("order.") else operation
    streamed = {paths.TRADE_STREAM} if record["channel"] == Channel.TRADE else set()
    return ({path} | streamed) & paths.OPTIONAL


def test_no_secret_is_written(conforming: Ended) -> None:
    """No file of the run and no line of its output contains a key or a secret."""
    secrets = [
        value.encode()
        for account in (MAKER, READ_ONLY, NON_WHITELISTED, TAKER)
        for value in (account.credentials.key, account.credentials.secret)
    ]

    for path in (path for path in conforming.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    assert not any(secret in conforming.text.encode() for secret in secrets)


def test_broken_requirement_is_named_with_its_proof(tmp_path: Path) -> None:
    """On a venue that fills a PostOnly order a run ends NOT READY, exit 1, and names the execution."""
    options = ["--symbol=NEWUSDT", "--defect=fills_post_only", "-k", CAUGHT]

    ended = finish(start(tmp_path / "out", *options), tmp_path / "out")

    assert ended.code == NOT_READY, ended.text
    sentence = ended.signoff["sentence"]
    assert sentence.startswith("MKR-02 failed: ")
    assert re.search(r"expected none, got executed \S+ @ \S+ as taker \(execId \d+\)", sentence)
    assert sentence.endswith(" 4 more checks failed.")


CAUGHT = "MKR-02 or MKR-03 or MKR-04 or MKR-05 or MKR-30"
"""The checks that fail on that venue: the sentence is about the first of them, whatever else is run."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_interrupted_run_is_incomplete_and_leaves_no_order(
    tmp_path: Path, standalone: Standalone, number: int
) -> None:
    """Ctrl-C, SIGTERM and their like among the maker checks end the run INCOMPLETE, exit 2, no order open."""
    out = tmp_path / "out"
    options = [
        "--env=standalone",
        f"--environments={standalone.environments}",
        "checks/maker/test_post_only.py",
    ]
    process = start(out, *options, variables=standalone.variables)
    in_the_middle(process)

    process.send_signal(number)
    ended = finish(process, out)

    assert ended.code == INCOMPLETE, ended.text
    assert ended.signoff["verdict"] == "INCOMPLETE"
    assert ended.signoff["run"]["orders_left"] is False
    assert "no order of this run is open on standalone" in ended.text
    assert f"ended by {signal.Signals(number).name}" in ended.signoff["sentence"]
    assert "Traceback" not in ended.text


def test_run_that_ignores_ctrl_c_ends_on_sigterm(tmp_path: Path, standalone: Standalone) -> None:
    """SIGTERM ends a run that ignores Ctrl-C, as a background job of a shell does."""
    out = tmp_path / "out"
    options = [
        "--env=standalone",
        f"--environments={standalone.environments}",
        "checks/maker/test_post_only.py",
    ]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = start(out, *options, variables=standalone.variables)
    finally:
        signal.signal(signal.SIGINT, before)
    in_the_middle(process)

    process.terminate()
    ended = finish(process, out)

    assert (ended.code, ended.signoff["verdict"]) == (INCOMPLETE, "INCOMPLETE"), ended.text
    assert "ended by SIGTERM" in ended.signoff["sentence"]
    assert ended.signoff["run"]["orders_left"] is False


def test_run_whose_output_pipe_closes_leaves_no_order(tmp_path: Path, standalone: Standalone) -> None:
    """A run whose output pipe closes, as in ``pytest | head``, cancels its orders and writes its sign-off."""
    out = tmp_path / "out"
    options = [
        "--env=standalone",
        f"--environments={standalone.environments}",
        "checks/maker/test_post_only.py",
    ]
    process = start(out, *options, variables=standalone.variables)
    in_the_middle(process)
    assert process.stdout is not None

    process.stdout.close()

    assert process.wait(timeout=DEADLINE_S) == INCOMPLETE
    (folder,) = out.iterdir()
    signoff = Ended(INCOMPLETE, "", folder).signoff
    assert "the terminal is gone" in signoff["sentence"]
    assert signoff["run"]["orders_left"] is False


def test_second_run_on_one_uid_is_refused(tmp_path: Path, standalone: Standalone) -> None:
    """While a run is under way a second run and a clean-up of it end with one line that names it, exit 3."""
    first, second = tmp_path / "first", tmp_path / "second"
    options = ["--env=standalone", f"--environments={standalone.environments}"]
    process = start(first, *options, "checks/maker/test_post_only.py", variables=standalone.variables)
    in_the_middle(process)
    process.send_signal(signal.SIGSTOP)
    (folder,) = first.iterdir()

    refused = finish(start(second, *options, variables=standalone.variables), second)
    cleanup = f"--cleanup={folder.name}"
    uncleaned = finish(start(first, cleanup, options[1], variables=standalone.variables), first)
    process.send_signal(signal.SIGCONT)
    process.terminate()
    ended = finish(process, first)

    for later in (refused, uncleaned):
        assert later.code == UNUSABLE, later.text
        assert later.text.count(f"run {folder.name} (process {process.pid}) is under way under this UID") == 1
        assert "Traceback" not in later.text
    assert not second.exists()
    assert ended.signoff["run"]["orders_left"] is False


async def test_orders_of_another_run_are_named(tmp_path: Path, standalone: Standalone) -> None:
    """A run does not start beside open orders of another one; it names that run and the remedy."""
    out, other = tmp_path / "out", "261123-000000-k7qm"
    options = ["--env=standalone", f"--environments={standalone.environments}"]
    left = standalone.client(other, tmp_path / "other" / "journal.jsonl")
    Journal(tmp_path / "other" / "journal.jsonl").open(other, "standalone", MAKER.uid)
    await place(left, f"{other}-0001")
    await left.close()

    refused = await asyncio.to_thread(
        lambda: finish(start(out, *options, variables=standalone.variables), out)
    )

    assert refused.code == UNUSABLE, refused.text
    assert f"1 of run {other} is open under this UID, and its folder is not here" in refused.text
    assert f"pytest --cleanup {other}" in refused.text
    assert "no order of this run is open: none was sent" in refused.text


def test_cleanup_without_the_key_that_signed_is_incomplete(tmp_path: Path, standalone: Standalone) -> None:
    """A clean-up that lacks the key of a journaled order ends with exit 2, and never reports “0 left”."""
    out, run_id = tmp_path / "out", "261123-000000-k7qm"
    journal = Journal(out / run_id / "journal.jsonl")
    journal.open(run_id, "standalone", MAKER.uid)
    journal.sign("taker", TAKER.uid)
    journal.write(JournalEntry(f"{run_id}-0001", "NEWUSDT", SystemClock().now_ms(), "taker"))
    keys = {name: text for name, text in standalone.variables.items() if "_TAKER_" not in name}

    cleaned = finish(
        start(out, f"--cleanup={run_id}/", f"--environments={standalone.environments}", variables=keys), out
    )

    assert cleaned.code == INCOMPLETE, cleaned.text
    assert f"{run_id}-0001" in cleaned.text
    assert "set DMM_STANDALONE_TAKER_KEY and DMM_STANDALONE_TAKER_SECRET" in cleaned.text
    assert "0 left" not in cleaned.text


async def test_cleanup_after_kill(tmp_path: Path, standalone: Standalone) -> None:
    """After kill -9 ``--cleanup`` cancels every order of the run and no other."""
    out = tmp_path / "out"
    options = [
        "--env=standalone",
        f"--environments={standalone.environments}",
        "checks/maker/test_post_only.py",
    ]
    process = await asyncio.to_thread(start, out, *options, variables=standalone.variables)
    await asyncio.to_thread(in_the_middle, process)
    process.kill()
    await asyncio.to_thread(process.communicate)
    (folder,) = out.iterdir()
    own = standalone.client(folder.name, folder / "journal.jsonl")
    foreign = standalone.client("somebody", tmp_path / "other" / "journal.jsonl")
    Journal(tmp_path / "other" / "journal.jsonl").open("somebody", "standalone")
    await place(own, f"{folder.name}-9999")
    await place(foreign, "somebody-0001")

    cleaned = await asyncio.to_thread(
        lambda: finish(
            start(out, f"--cleanup={folder.name}", *options[1:2], variables=standalone.variables), out
        )
    )

    left = [state.order_link_id for state in await open_orders(foreign, "NEWUSDT")]
    await own.close()
    await foreign.close()
    assert cleaned.code == 0, cleaned.text
    assert re.search(r"[1-9]\d* still open and cancelled, 0 left; 1 foreign orders untouched", cleaned.text)
    assert left == ["somebody-0001"]


async def place(client: RestClient, order_link_id: str) -> None:
    """Place one passive PostOnly buy."""
    terms = {
        "category": "spot",
        "symbol": "NEWUSDT",
        "side": "Buy",
        "orderType": "Limit",
        "qty": "30",
        "price": "0.24",
        "timeInForce": "PostOnly",
        "orderLinkId": order_link_id,
    }
    await client.call("POST", paths.ORDER_CREATE, terms)


def test_wrong_secret_is_one_line(tmp_path: Path, standalone: Standalone) -> None:
    """A run with a wrong secret ends with one line that reports it, exit 3."""
    variables = {**standalone.variables, "DMM_STANDALONE_SECRET": "not-the-secret"}
    options = ["--env=standalone", f"--environments={standalone.environments}"]

    ended = finish(start(tmp_path / "out", *options, variables=variables), tmp_path / "out")

    assert ended.code == UNUSABLE
    assert ended.text.count("the key is refused with 10004: the secret does not belong to the key") == 1
    assert "Traceback" not in ended.text
