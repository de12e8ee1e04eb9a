"""The last scan before a report leaves the machine: no file of the run contains a secret."""

from collections.abc import Iterable
from pathlib import Path

from fixtures.config.credentials import encoded_forms, forms
from fixtures.config.environment import Credentials


def secrets_of(credentials: Iterable[Credentials]) -> frozenset[bytes]:
    """Every form in which a key or a secret could appear in a file."""
    texts = (text for account in credentials for text in (account.key, account.secret))
    return frozenset(form.encode() for text in texts for form in forms(text) | encoded_forms(text))


def remove_leaks(folder: Path, secrets: Iterable[bytes]) -> tuple[Path, ...]:
    """Delete every file below the folder that contains a secret; returns what was deleted."""
    wanted = tuple(secrets)
    leaking = [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, wanted)]
    for path in leaking:
        path.unlink()
    return tuple(leaking)


def _holds(path: Path, secrets: tuple[bytes, ...]) -> bool:
    content = path.read_bytes()
    return any(secret in content for secret in secrets)
