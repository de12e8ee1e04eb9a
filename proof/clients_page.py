"""Writes docs/clients.md from runs of ``pytest --client NAME``: ``python -m proof.clients_page RUN_FOLDER…``.

A grid of libraries and checks, each cell with its proof, and the findings that are the library's own. Several
runs of one client are compared, and a check on which they differ is shown with both verdicts.
"""

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.client_findings import FINDINGS, ClientFinding

PAGE = Path("docs/clients.md")
LONGEST = 160
"""How many characters of a sentence a cell shows; the run's sign-off has all of it."""
_HEAD = """# Client libraries, certified

Written by `python -m proof.clients_page RUN_FOLDER…` from the sign-offs of `pytest --client NAME`. {suite};
{machine}. The venue is the embedded one: this is about what a client does, not about an account.

Each library is used unmodified, by a driver of at most 200 lines that a careful user writes after its
documents (`drivers/`): it remembers intents, sets PostOnly and orderLinkId, takes the rows of the streams,
and asks for an order and its fills once after an exception. What the library does not do, the driver does not
do for it: a FAIL is no judgement on a market maker's client that adds what is missing. How this suite's own
client fares, `pytest --client reference` shows.

{runs}

## Every check
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The runs of one client.

    library: with its version
    """

    name: str
    library: str
    runs: tuple[Mapping[str, Any], ...]

    def verdicts(self, check: str) -> list[str]:
        """The distinct verdicts on a check, in the order of the runs."""
        return list(dict.fromkeys(str(_check(run, check)["verdict"]) for run in self.runs))

    def cell(self, check: str) -> str:
        """The verdict on a check and the sentence that proves it."""
        verdicts = self.verdicts(check)
        row = _check(self.runs[-1], check)
        proof = "" if verdicts == ["PASS"] else f" {_short(str(row['sentence']))}"
        return f"**{' / '.join(verdicts)}**{proof}" if proof else verdicts[0]

    def differing(self) -> list[str]:
        """The checks on which the runs do not agree."""
        return [check for check in _ids(self.runs[0]) if len(self.verdicts(check)) > 1]


def _checks(run: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = run["client"]["checks"]
    return found


def _check(run: Mapping[str, Any], check: str) -> Mapping[str, Any]:
    return next(row for row in _checks(run) if row["id"] == check)


def _ids(run: Mapping[str, Any]) -> list[str]:
    return [str(row["id"]) for row in _checks(run)]


def _short(sentence: str) -> str:
    plain = " ".join(sentence.split()).replace("|", "\\|")
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST].rstrip()} …"


def certificates(runs: Sequence[Mapping[str, Any]]) -> list[Certificate]:
    """The runs by client, in the order of their first run."""
    names = dict.fromkeys(str(run["client"]["name"]) for run in runs)
    return [_certificate(name, tuple(x for x in runs if x["client"]["name"] == name)) for name in names]


def _certificate(name: str, runs: tuple[Mapping[str, Any], ...]) -> Certificate:
    driver = runs[-1]["client"]["driver"] or {}
    return Certificate(name, driver.get("library") or name, runs)


def _run_line(certificate: Certificate) -> str:
    """How often a client was run, and whether its runs agree."""
    differing = certificate.differing()
    counted = [certificate.verdicts(check)[-1] for check in _ids(certificate.runs[-1])]
    counts = ", ".join(f"{counted.count(verdict)} {verdict}" for verdict in dict.fromkeys(sorted(counted)))
    agree = f", differing in {', '.join(differing)}" if differing else " with identical verdicts"
    dates = ", ".join(f"`{run['run']['id']}`" for run in certificate.runs)
    times = f"{len(certificate.runs)} runs{agree}" if len(certificate.runs) > 1 else "one run"
    return f"- **{certificate.library}** (`--client {certificate.name}`): {counts}; {times} ({dates})."


def _grid(all_of_them: Sequence[Certificate]) -> Iterator[str]:
    yield f"| check | {' | '.join(one.library for one in all_of_them)} |"
    yield "|---" * (len(all_of_them) + 1) + "|"
    for row in _checks(all_of_them[0].runs[0]):
        check = str(row["id"])
        cells = " | ".join(one.cell(check) for one in all_of_them)
        yield f"| [{check}](checks.md#{check.lower()}) {row['title']} | {cells} |"


def _findings(title: str, of: Sequence[Certificate], client: str) -> Iterator[str]:
    """A section with the findings of a client. of: the certificates in which a finding must fail."""
    lines = [
        f"- **{found.what}**{f' (`{found.where}`)' if found.where else ''} Shown by {', '.join(shown)}. "
        f"*Remedy:* {found.remedy}"
        for found in FINDINGS
        if found.client == client and (shown := _failing(of, found))
    ]
    yield from (f"## {title}", "", *lines, "") if lines else ()


def _failing(of: Sequence[Certificate], found: ClientFinding) -> list[str]:
    """The checks of a finding that fail in one of the certificates."""
    failing = {check for one in of for check in _ids(one.runs[-1]) if "FAIL" in one.verdicts(check)}
    return [check for check in found.checks if check in failing]


def page(runs: Sequence[Mapping[str, Any]], machine: str) -> str:
    """The page.

    runs: sign-offs
    machine: what they ran on
    """
    all_of_them = certificates(runs)
    suites = dict.fromkeys((str(run["suite"]["version"]), str(run["suite"]["commit"])[:12]) for run in runs)
    suite = "Suite " + ", ".join(f"{version}, commit {commit}" for version, commit in suites)
    lines = [
        _HEAD.format(suite=suite, machine=machine, runs="\n".join(_run_line(one) for one in all_of_them))
    ]
    lines += [*_grid(all_of_them), ""]
    lines += _findings("What all of them leave to their user", all_of_them, "")
    for one in all_of_them:
        lines += _findings(f"{one.library}: what is its own", [one], one.name)
    return "\n".join(lines).rstrip() + "\n"


def this_machine() -> str:
    """Its processor, cores and Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{cpu or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main(folders: Sequence[str]) -> int:
    """Write the page from the sign-offs in these folders."""
    if not folders:
        sys.stderr.write("usage: python -m proof.clients_page RUN_FOLDER…\n")
        return 2
    runs = [json.loads(Path(folder, "signoff.json").read_text(encoding="utf-8")) for folder in folders]
    PAGE.write_text(page(runs, this_machine()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
