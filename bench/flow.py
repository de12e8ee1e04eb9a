"""``python -m bench.flow SCRIPT [OPTION …]``: a client's script against a venue of its own.

The script is run with ``--rest --ws --key --secret --symbol`` and the further options; its exit code is
this program's.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fixtures.venue.demo_accounts import MAKER

_NO_VENUE = 2


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.flow", description=__doc__)
    parser.add_argument("script", type=Path)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="for the script")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run the script on a venue that lives as long; its exit code, or 2 when the venue does not start."""
    asked = _arguments(arguments)
    venue = [sys.executable, "-m", "fixtures.venue", "--port", "0"]
    with subprocess.Popen(venue, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            line = process.stdout.readline() if process.stdout else ""
            rest = line.removeprefix("REST ").strip()
            if not rest.startswith("http://"):
                return _NO_VENUE
            key = MAKER.credentials
            where = ("--rest", rest, "--ws", rest.replace("http", "ws", 1))
            who = ("--key", key.key, "--secret", key.secret, "--symbol", "BTCUSDT")
            command = [sys.executable, str(asked.script), *where, *who, *asked.options]
            return subprocess.run(command, check=False).returncode  # noqa: S603 - the script that was asked for
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
