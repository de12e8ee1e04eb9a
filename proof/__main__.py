"""``python -m proof``: show that every check can fail, or that the same run gives the same verdicts."""

import argparse
import os
import sys

from proof import determinism, prove

JOBS = 3 * (os.cpu_count() or 1)
"""A check mostly waits: for a push that a defect keeps back, for a quiet time to pass."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"worker processes (default: {JOBS})")
    parser.add_argument("--defect", action="append", default=[], metavar="NAME", help="only this defect")
    parser.add_argument("--full", action="store_true", help="every check on every defect")
    commands = parser.add_subparsers(dest="command")
    again = commands.add_parser("determinism", help="the whole checklist again and again")
    again.add_argument("--runs", type=int, default=20)
    again.add_argument("--market", choices=("quiet", "normal", "volatile"), default="quiet")
    return parser.parse_args()


def main() -> int:
    """Do what is asked; 1 when a rule of the proof is broken or two runs differ."""
    options = _options()
    if options.command == "determinism":
        return determinism.main(options.runs, options.market, options.jobs)
    return prove.main(options.defect, options.jobs, full=options.full)


if __name__ == "__main__":
    sys.exit(main())
