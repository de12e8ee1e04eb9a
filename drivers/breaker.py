"""When a client stops sending creates by itself: standard library only, the time is passed in."""

from dataclasses import dataclass

FAILURES = 4
"""Unknown outcomes in a row, or refusals in a row with one code, that open the breaker."""
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0


@dataclass(slots=True)
class Breaker:
    """Opens after failures in a row; after a pause, which doubles each time, it lets one create through."""

    failures: int = 0
    last: str = ""
    open_until: float = 0.0
    pause_s: float = FIRST_PAUSE_S

    def failed(self, why: str, now: float) -> bool:
        """Count a failure; True when it opens the breaker. why: failures with other words count anew."""
        self.failures = self.failures + 1 if why == self.last else 1
        self.last = why
        if self.failures < FAILURES or self.is_open(now):
            return False
        self.open_until = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        return True

    def succeeded(self) -> None:
        """Close the breaker: the venue took an order."""
        self.failures, self.last, self.open_until, self.pause_s = 0, "", 0.0, FIRST_PAUSE_S

    def is_open(self, now: float) -> bool:
        """True while no create may be sent."""
        return now < self.open_until
