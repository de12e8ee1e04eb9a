"""The last look before a report leaves the machine: no secret in any file of the run."""

import json
from collections.abc import Iterable
from pathlib import Path

from fixtures.environment import Credentials


def secrets_of(credentials: Iterable[Credentials]) -> frozenset[bytes]:
    """Every form in which a key or a secret could stand in a file.

    The lines of a PEM text count one by one, because a report may wrap or escape the text.
    """
    texts: set[str] = set()
    for one in credentials:
        lines = [line for line in one.secret.splitlines() if not line.startswith("-----")]
        texts |= {one.key, *lines, json.dumps(one.key)[1:-1], *(json.dumps(line)[1:-1] for line in lines)}
    return frozenset(text.encode() for text in texts if text)


def remove_leaks(folder: Path, secrets: Iterable[bytes]) -> tuple[Path, ...]:
    """Delete every file below the folder that holds a secret; returns what was deleted."""
    wanted = tuple(secrets)
    leaking = [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, wanted)]
    for path in leaking:
        path.unlink()
    return tuple(leaking)


def _holds(path: Path, secrets: tuple[bytes, ...]) -> bool:
    content = path.read_bytes()
    return any(secret in content for secret in secrets)
