"""What keeps the cores awake."""

import os
from pathlib import Path

import pytest

from bench.awake import cores_awake


def children() -> set[str]:
    """The processes of this one, as Linux lists them."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="the system has no idle class")
def test_each_core_has_a_process_for_as_long_as_it_takes() -> None:
    """They are gone afterwards, whatever happens in between."""
    before, spinning = children(), set[str]()

    def interrupted() -> None:
        with cores_awake():
            spinning.update(children() - before)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert len(spinning) == os.cpu_count()
    assert children() == before
