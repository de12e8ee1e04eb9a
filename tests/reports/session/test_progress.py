"""The progress line."""

import os
from collections.abc import Iterator

import pytest

from reports.session.progress import CLEAR_LINE, LiveLine


class Pipe:
    """A pipe whose reading end stands for the terminal, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self.now_s = 100.0

    def line(self, *, terminal: bool) -> LiveLine:
        """A line that writes into the pipe."""
        return LiveLine(self.write_end, terminal=terminal, now_s=lambda: self.now_s)

    def shown(self) -> str:
        """What was written so far."""
        os.set_blocking(self.read_end, False)
        try:
            return os.read(self.read_end, 10_000).decode()
        except BlockingIOError:
            return ""


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """A pipe, closed at the end."""
    pipe = Pipe()
    yield pipe
    os.close(pipe.read_end)


def test_pipe_gets_a_line_every_fifteen_seconds(pipe: Pipe) -> None:
    """In a log the first text and then at most one per 15 seconds is a new line."""
    live = pipe.line(terminal=False)

    for text, now_s in (("one", 100.0), ("two", 114.9), ("three", 115.0)):
        pipe.now_s = now_s
        live.show(text)
    live.close()

    assert pipe.shown() == "\n    … one\n\n    … three\n"


def test_terminal_line_is_redrawn_and_taken_away(pipe: Pipe) -> None:
    """On a terminal the line is redrawn five times a second at most, and cleared once."""
    live = pipe.line(terminal=True)

    for text, now_s in (("one", 100.0), ("two", 100.1), ("three", 100.21)):
        pipe.now_s = now_s
        live.show(text)
    drawn = pipe.shown()
    live.clear()
    cleared = pipe.shown()
    live.close()

    assert ("one" in drawn, "two" in drawn, "three" in drawn) == (True, False, True)
    assert CLEAR_LINE in cleared
    assert pipe.shown() == ""


def test_drawing_comes_back_to_the_cursor(pipe: Pipe) -> None:
    """The line stands below pytest's own, whose cursor is saved and restored."""
    live = pipe.line(terminal=True)
    live.show("one")
    drawn = pipe.shown()
    live.close()

    assert drawn.index("\x1b7") < drawn.index("one") < drawn.index("\x1b8")
