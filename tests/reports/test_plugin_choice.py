"""How a selection, a profile and waivers change a run."""

from pathlib import Path

import pytest

from tests.reports.small import ALL_PASS, MIXED, PASSES, run


def test_selection_is_incomplete(tmp_path: Path) -> None:
    """A run of some checks is no sign-off, however well they passed; plan and verdict say what they were."""
    done = run(tmp_path, ALL_PASS, "-k", "VIS-01 and look or VIS-01")

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    by = "-k 'VIS-01 and look or VIS-01'"
    assert f"\nselected by {by}: 1 of 4 checks, 1 case; a selection is no sign-off\n" in done.output
    assert done.signoff["sentence"] == (
        f"VIS-01 passed (1 case). Only a selection was run ({by}), which is no sign-off."
    )
    page = (done.folder / "signoff.html").read_text(encoding="utf-8")
    assert "there is nothing to fix" not in page
    assert "The run is incomplete: VIS-01 passed" in page
    assert "3 checks were not run." in page
    assert done.verdicts["MKR-01"] == ("NOT RUN", "the check did not run")


def test_smoke_run_is_no_sign_off(tmp_path: Path) -> None:
    """The short profile runs its own list, says that it is no sign-off, and ends with 0 when all passed.

    A waiver of a check that it omits stays valid.
    """
    entry = "- {check: PRM-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, ALL_PASS, "--profile=smoke", waivers=entry)

    assert (done.exit_code, done.signoff["verdict"]) == (0, "SMOKE PASSED")
    assert done.signoff["sentence"] == "2 of 2 checks passed. A smoke run is no sign-off."
    assert set(done.verdicts) == {"VIS-01", "MKR-01"}
    assert "next: this was the smoke profile" in done.output
    assert "INCOMPLETE" not in done.output + (done.folder / "signoff.html").read_text(encoding="utf-8")


def test_failed_smoke_run_is_not_ready(tmp_path: Path) -> None:
    """A failure in the short profile is a failure."""
    breaks = 'def test_vis(look):\n    """It passes."""\n    look()\n'
    assert breaks in ALL_PASS

    done = run(tmp_path, ALL_PASS.replace(breaks, f"{breaks}    assert False\n"), "--profile=smoke")

    assert (done.exit_code, done.signoff["verdict"]) == (1, "NOT READY")


def test_collected_checks_read_as_the_checklist(tmp_path: Path) -> None:
    """Quietly collected, each line is an id, a requirement and its parameters, and nothing beyond the set."""
    done = run(tmp_path, MIXED, "--collect-only", "-q")

    lines = [line for line in done.output.splitlines() if "  " in line]
    assert lines[:2] == [
        "VIS-01  A PostOnly order never trades. [Buy]",
        "VIS-01  A PostOnly order never trades. [Sell]",
    ]
    assert "SDK-01" not in done.output
    assert "(2 deselected)" in done.output


def test_named_check_beyond_the_set_is_run(tmp_path: Path) -> None:
    """Whoever names an id with -k, or a node id, gets it whatever the profile."""
    done = run(tmp_path, MIXED, "--collect-only", "-q", "-k", "SDK-01 or VIS-02")

    assert "SDK-01  It is not required." in done.output
    assert "SDK-02" not in done.output


@pytest.mark.parametrize("selected", [["vis", "prm", "mkr", "rty"], [""]], ids=["by node id", "by file"])
def test_filtered_run_is_incomplete(tmp_path: Path, selected: list[str]) -> None:
    """Even when every required check was run: whatever else the folder holds was never collected."""
    module = "checks/test_small.py"

    done = run(tmp_path, ALL_PASS, *(f"{module}::test_{name}" if name else module for name in selected))

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert done.signoff["sentence"].startswith(
        f"4 of 4 selected checks passed. Only a selection was run ({module}"
    )
    assert {verdict for verdict, _ in done.verdicts.values()} == {"PASS"}


def test_whole_folder_is_not_a_selection(tmp_path: Path) -> None:
    """Naming the folder of the checks is the whole checklist."""
    assert run(tmp_path, ALL_PASS, "checks").signoff["verdict"] == "VENUE READY"


def test_waiver_of_a_blocker_is_a_usage_error(tmp_path: Path) -> None:
    """A blocker cannot be waived: nothing is run and the exit code is 4."""
    checks = ALL_PASS.replace('check("MKR-01")', 'check("MKR-01", severity="blocker")')
    entry = "- {check: MKR-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, checks, waivers=entry)

    assert done.exit_code == 4
    assert "MKR-01 is a blocker, and a blocker cannot be waived" in done.output
    assert not list(done.root.rglob("signoff.*"))


FORMER = "names RTY-09, which is now RTY-01: name those that are meant"


def test_waiver_of_a_former_id_is_a_usage_error(tmp_path: Path) -> None:
    """The desk waived what was several requirements: the error names them, and nothing is run."""
    entry = "- {check: RTY-09, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, ALL_PASS, waivers=entry)

    assert done.exit_code == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: waivers.yaml {FORMER}\n" in done.output
    assert not list(done.root.rglob("signoff.*"))


def test_former_id_that_is_declared_not_applicable_is_a_usage_error(tmp_path: Path) -> None:
    """An environment that excludes an id that was split is refused with the parts, and nothing is run."""
    done = run(tmp_path, ALL_PASS, not_applicable="RTY-09")

    assert done.exit_code == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: environments.yaml: not_applicable of local {FORMER}\n" in done.output
    assert not list(done.root.rglob("signoff.*"))


def test_former_id_selects_all_its_parts(tmp_path: Path) -> None:
    """With -k an id that was split stands for each requirement that it became, whatever the profile."""
    parts = (PASSES.format(id=f"MKR-09.0{number}", name=f"part_{number}") for number in (1, 2))

    done = run(tmp_path, ALL_PASS + "".join(parts), "--collect-only", "-q", "--profile=smoke", "-k", "MKR-09")

    assert [line.split()[0] for line in done.output.splitlines() if line.endswith("It passes.")] == [
        "MKR-09.01",
        "MKR-09.02",
    ]


def test_void_waiver_is_to_be_removed(tmp_path: Path) -> None:
    """A waiver whose check passes makes the run NOT READY, and no check is reported as failed."""
    entry = "- {check: MKR-01, owner: a, reason: b, link: c, expires: 2099-01-01}"

    done = run(tmp_path, ALL_PASS, waivers=entry)

    assert (done.exit_code, done.signoff["verdict"]) == (1, "NOT READY")
    reason = "waiver of MKR-01 is void because the check passed: remove it from waivers.yaml"
    assert done.verdicts["MKR-01"] == ("FAIL", f"the {reason}")
    assert f"NOT READY: The {reason}." in done.output
    assert "next: remove the waiver of MKR-01 from waivers.yaml" in done.output


def test_broken_waivers_are_a_usage_error(tmp_path: Path) -> None:
    """A folder in the place of waivers.yaml is one line and exit code 4."""
    (tmp_path / "waivers.yaml").mkdir()

    done = run(tmp_path, ALL_PASS)

    assert done.exit_code == 4
    assert "waivers.yaml: Is a directory" in done.output
    assert "Traceback" not in done.output


def test_collecting_writes_nothing(tmp_path: Path) -> None:
    """Without a run under way the plugin does nothing at all."""
    done = run(tmp_path, ALL_PASS, "--collect-only")

    assert done.exit_code == 0
    assert not (tmp_path / "reports").exists()
