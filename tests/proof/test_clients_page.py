"""The page of certified client libraries."""

from typing import Any

import pytest

from proof import clients_page
from proof.client_findings import ClientFinding
from proof.clients_page import certificates, page


def run(client: str, run_id: str, **verdicts: str) -> dict[str, Any]:
    """A sign-off with these verdicts, as far as the page reads it."""
    checks = [
        {"id": name.replace("_", "-"), "title": "It holds.", "verdict": verdict, "sentence": f"a | {verdict}"}
        for name, verdict in verdicts.items()
    ]
    driver = {"library": f"{client} 1.2"}
    return {
        "run": {"id": run_id},
        "suite": {"version": "0.1", "commit": "0123456789abcdef"},
        "client": {"name": client, "driver": driver, "checks": checks},
    }


RUNS = [
    run("lib", "one", CRT_01="PASS", CRT_02="FAIL", CRT_03="PASS"),
    run("lib", "two", CRT_01="PASS", CRT_02="FAIL", CRT_03="FAIL"),
    run("other", "three", CRT_01="PASS", CRT_02="PASS", CRT_03="N/A"),
]


def test_each_cell_has_its_proof() -> None:
    """A cell that is not green has the sentence; two verdicts of one client stand both in it."""
    text = page(RUNS, "a machine")

    assert "| [CRT-02](checks.md#crt-02) It holds. | **FAIL** a \\| FAIL | PASS |" in text
    assert "| **PASS / FAIL** a \\| FAIL | **N/A** a \\| N/A |" in text


def test_runs_that_differ_are_named() -> None:
    """The page says on which checks the runs of a client do not agree."""
    lib, other = certificates(RUNS)

    assert lib.differing() == ["CRT-03"]
    assert other.differing() == []
    assert "2 runs, differing in CRT-03" in page(RUNS, "a machine")


def test_a_finding_stands_while_its_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding is printed with the checks that fail, and not when all of them pass."""
    found = ClientFinding("lib", ("CRT-01", "CRT-02"), "It forgets.", "a.py", "Remind it.")
    gone = ClientFinding("lib", ("CRT-01",), "It dreams.", "", "Wake it.")
    monkeypatch.setattr(clients_page, "FINDINGS", (found, gone))

    text = page(RUNS, "a machine")

    assert "**It forgets.** (`a.py`) Shown by CRT-02. *Remedy:* Remind it." in text
    assert "It dreams." not in text
