"""Keeps the cores of the machine from falling asleep while round trips are measured."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_SPIN = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(100_000):
        pass
"""


@contextmanager
def cores_awake() -> Iterator[None]:
    """Have a process on each core that runs only when nothing else wants to.

    A core that slept takes tens of microseconds to wake, on a virtual machine more, and whether it sleeps at
    all depends on how long the last round trip was: the same client has two medians. Where the system knows
    no such processes, nothing is done.
    """
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1) if hasattr(os, "SCHED_IDLE") else ():
            spinning = subprocess.Popen([sys.executable, "-S", "-c", _SPIN])  # noqa: S603 - ours
            stack.callback(spinning.wait)
            stack.callback(spinning.kill)
        yield
