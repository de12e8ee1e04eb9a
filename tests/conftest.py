"""What all tests of the suite share."""

import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def every_signal_is_heard() -> None:
    """Let the runs that tests start hear what ends them, under nohup and in the background as well."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
