"""The progress of a long check, below pytest's own output."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress

REDRAW_S = 0.2
HEARTBEAT_S = 15.0
ROOM_BELOW = "\x1bD\x1b[1A"
"""Scroll up if the cursor is on the last line, and move it back to where it was."""
SAVE, RESTORE, NEXT_LINE, CLEAR_LINE = "\x1b7", "\x1b8", "\r\n", "\x1b[2K"


class LiveLine:
    """One line of progress.

    On a terminal it stands below the cursor and is redrawn at most five times a second; in a pipe
    it is one new line at most every 15 seconds.

    descriptor: a duplicate of the real standard output, made before pytest captures it
    now_s: a monotonic clock, seconds
    """

    def __init__(self, descriptor: int, *, terminal: bool, now_s: Callable[[], float]) -> None:
        self._descriptor = descriptor
        self._terminal = terminal
        self._now_s = now_s
        self._next_s = 0.0
        self._drawn = False

    def show(self, text: str) -> None:
        """Show this text, unless the last one is too recent."""
        now = self._now_s()
        if now < self._next_s:
            return
        self._next_s = now + (REDRAW_S if self._terminal else HEARTBEAT_S)
        if self._terminal:
            width = shutil.get_terminal_size().columns - 4
            self._write(f"{ROOM_BELOW}{SAVE}{NEXT_LINE}{CLEAR_LINE}\x1b[36m  {text[:width]}\x1b[0m{RESTORE}")
            self._drawn = True
        else:
            self._write(f"\n    … {text}\n")

    def clear(self) -> None:
        """Clear the line on the terminal."""
        if self._drawn:
            self._write(f"{SAVE}{NEXT_LINE}{CLEAR_LINE}{RESTORE}")
        self._drawn = False

    def close(self) -> None:
        """Close the descriptor."""
        self.clear()
        os.close(self._descriptor)

    def _write(self, text: str) -> None:
        with suppress(OSError):  # nobody reads any more
            os.write(self._descriptor, text.encode())
