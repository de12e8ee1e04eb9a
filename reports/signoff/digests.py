"""The digests of a run's sign-off, in a file beside it that ``sha256sum --check`` reads."""

import hashlib
from pathlib import Path

DIGESTS = "signoff.sha256"


def write_digests(folder: Path, *names: str) -> None:
    """Write the digests of these files of a folder as they are at this moment."""
    lines = [f"{digest(folder / name)}  {name}\n" for name in names]
    (folder / DIGESTS).write_text("".join(lines), encoding="utf-8")


def noted(folder: Path, name: str) -> str | None:
    """The digest that was written of a file; None when none was."""
    path = folder / DIGESTS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.split()[0] for line in lines if line.endswith(f"  {name}")), None)


def digest(path: Path) -> str:
    """The sha256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
