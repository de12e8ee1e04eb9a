"""``python -m bench.soak --minutes 60 --clients 50``: exit code 0 when every law held."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.soak.soak_page import page
from bench.soak.soak_run import CREW, soak

_PAGE = Path(__file__).parents[2] / "docs" / "soak.md"


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50, help=f"at least {len(CREW)} for one of each kind")
    parser.add_argument("--seed", type=int, default=1, help="what the market and the clients follow from")
    parser.add_argument("--page", type=Path, default=_PAGE, help="where the result is written")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Soak and write the page; 0 when every law held and the memory is steady, otherwise 1."""
    options = _arguments(arguments)
    seconds = round(options.minutes * 60)
    result = asyncio.run(soak(seconds=seconds, clients=options.clients, seed=options.seed))
    options.page.write_text(page(result), encoding="utf-8")
    for law, seen, broken in result.findings():
        if broken or not seen:
            print(f"{law}: {broken or 'not seen'}", file=sys.stderr)  # noqa: T201 - the program's output
    print(f"{options.page}: {'every law held' if result.holds else 'NOT as it should be'}")  # noqa: T201
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
