"""Runs that certify an order client, and runs that test none."""

from pathlib import Path

import pytest

from tests.reports.small import ALL_PASS, run

OF_A_CLIENT = (
    ALL_PASS
    + '''
@check("CRT-01", judged="both")
def test_quotes(look):
    """A client quotes on both sides."""
    look()
'''
)
NEEDS_A_DRIVER = (
    OF_A_CLIENT
    + '''
@check("CRT-02")
def test_restart(look):
    """A client that was killed adopts its orders.

    Remediation: Keep the ids on disk.
    """
    look()
'''
)


def test_a_client_alone_is_certified(tmp_path: Path) -> None:
    """Its checks alone are planned and run, and the verdict says that the venue side was not."""
    done = run(tmp_path, OF_A_CLIENT, "--client=observed")

    assert (done.exit_code, done.signoff["verdict"]) == (5, "CLIENT READY"), done.output
    assert done.signoff["sentence"] == (
        "READY for the order client observed; the venue side was not run. 1 of 1 checks passed."
    )
    assert done.verdicts == {"CRT-01": ("PASS", "")}
    shown = done.signoff["client"]
    assert (shown["way_in"], shown["environment"], shown["driver"]) == (
        "observed",
        "local, on the embedded venue",
        None,
    )


def test_without_a_driver_what_needs_one_is_blocked(tmp_path: Path) -> None:
    """An observed bot cannot be asked for anything, so nothing passes that had to be asked for."""
    done = run(tmp_path, NEEDS_A_DRIVER, "--client=observed")

    assert (done.exit_code, done.signoff["verdict"]) == (2, "INCOMPLETE")
    assert done.verdicts["CRT-02"] == ("BLOCKED", "the order client cannot be judged without a driver")
    assert done.signoff["client"]["checks"][1]["remediation"] == "Keep the ids on disk."


def test_checks_of_the_client_are_no_part_of_a_run_without_one(tmp_path: Path) -> None:
    """They are neither selected away nor NOT RUN, and the sign-off says that no client was tested."""
    done = run(tmp_path, NEEDS_A_DRIVER, "--client=none")

    assert (done.exit_code, done.signoff["verdict"]) == (5, "VENUE READY")
    assert set(done.verdicts) == {"VIS-01", "PRM-01", "MKR-01", "RTY-01"}
    (operational,) = (item for item in done.signoff["items"] if item["number"] == 4)
    assert [(subject["name"], subject["verdict"]) for subject in operational["judged"]] == [
        ("venue", "PASS"),
        ("your client", None),
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--client=none", "-k", "CRT-01"],
            "CRT-01 is a check of the order client: name the client with --client NAME",
        ),
        (["--client=nobody"], "--client is 'nobody', expected one of: "),
    ],
)
def test_a_client_that_is_not_named_is_a_usage_error(tmp_path: Path, options: list[str], line: str) -> None:
    """One line says what to name."""
    done = run(tmp_path, OF_A_CLIENT, *options)

    assert done.exit_code == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {line}" in done.output
