"""What a client must know after a restart, in one file of its state directory: standard library only.

Each line is written before what it announces is sent, so after a kill the file names every order that may be
open. An orderLinkId is the owner's name, the number of the life and a counter: no two lives share one, and an
owner's orders differ from foreign ones in their start.
"""

import json
import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any


class StateDirectory:
    """The journal of one client.

    owner: what every orderLinkId of this client starts with, in all of its lives
    first_ms: Unix ms, when the client first started here
    """

    def __init__(self, directory: Path, now_ms: int) -> None:
        path = directory / "client.jsonl"
        self.lines = list(_lines(path))
        owners = [line for line in self.lines if "owner" in line]
        self.owner: str = owners[0]["owner"] if owners else f"c{secrets.token_hex(5)}"
        self.first_ms: int = owners[0]["at_ms"] if owners else now_ms
        self.life = len(owners) + 1
        self._numbers = count(1)
        self._file = path.open("a", encoding="utf-8")
        self._file.write("\n")  # a kill may have cut the last line short
        self.write({"owner": self.owner, "at_ms": self.first_ms, "life": self.life})

    def new_link_id(self) -> str:
        """An orderLinkId that no order of any life has."""
        return f"{self.owner}-{self.life}-{next(self._numbers)}"

    def write(self, line: dict[str, Any]) -> None:
        """Append one line; it outlives a kill of this process."""
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def kept(self, kind: str) -> list[dict[str, Any]]:
        """What earlier lives wrote under this name, in its order."""
        return [line[kind] for line in self.lines if kind in line]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for text in filter(None, path.read_text(encoding="utf-8").splitlines()):
        try:
            yield json.loads(text)
        except ValueError:
            continue  # a kill in the middle of a line: nothing that it announced was sent
