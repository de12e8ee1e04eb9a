"""Killed runs, two of what ``python -m proof kills`` does twenty times."""

import asyncio
from pathlib import Path

from proof.sigkill import kill, rest_foreign
from proof.venue_process import standalone

CHECKS = ("checks/maker/test_post_only.py", "checks/maker/test_time_in_force.py")


def test_cleanup_after_a_kill_leaves_nothing_of_its_own(tmp_path: Path) -> None:
    """Twice, beside two hundred foreign orders: no order of the run is left, and every foreign one is."""
    with standalone(tmp_path) as venue:
        asyncio.run(rest_foreign(venue.client(tmp_path)))
        killed = [kill(venue, tmp_path / str(after_s), after_s, *CHECKS) for after_s in (6, 9)]

    assert [run for run in killed if not run.is_well] == []
