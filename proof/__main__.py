"""``python -m proof``: show that every check can fail, that runs agree, and that they leave no order open."""

import argparse
import os
import sys
from pathlib import Path

from proof import (
    campaign,
    determinism,
    field_measure,
    interruptions,
    legal_variants,
    pairs,
    sigkill,
    walk,
)
from proof.code import code_measure
from proof.sample import SEED

SPAN_S = 50.0
"""Seconds that the whole checklist takes, roughly: the points are spread over them."""
JOBS = 3 * (os.cpu_count() or 1)
"""More than there are cores, because a check mostly waits: for a push that a defect holds back, or for a
quiet period to pass."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"worker processes (default: {JOBS})")
    parser.add_argument("--defect", action="append", default=[], metavar="NAME", help="only this defect")
    parser.add_argument("--full", action="store_true", help="every check on every defect")
    parser.add_argument(
        "--samples", type=int, default=0, metavar="FACTOR", help="larger samples of faults that nobody listed"
    )
    parser.set_defaults(run=lambda x: campaign.main(x.defect, x.jobs, x.samples, full=x.full))
    commands = parser.add_subparsers()
    again = commands.add_parser("determinism", help="the whole checklist, repeatedly")
    again.add_argument("--runs", type=int, default=20)
    again.add_argument("--market", choices=("quiet", "normal", "volatile"), default="quiet")
    again.set_defaults(run=lambda x: determinism.main(x.runs, x.market, x.jobs))
    interrupted = commands.add_parser("endings", help="runs that get a signal at random points")
    interrupted.add_argument("--points", type=int, default=50)
    interrupted.add_argument("--busy", type=int, default=0, help="processes that load the machine meanwhile")
    interrupted.add_argument("--span", type=float, default=SPAN_S, help="seconds within which the points lie")
    interrupted.add_argument("--seed", type=int, default=1)
    interrupted.set_defaults(run=lambda x: interruptions.main(x.points, x.seed, x.span, x.busy))
    killed = commands.add_parser("kills", help="runs that are killed at random points and then cleaned up")
    killed.add_argument("--times", type=int, default=20)
    killed.add_argument("--span", type=float, default=SPAN_S, help="seconds within which the points lie")
    killed.add_argument("--seed", type=int, default=1)
    killed.set_defaults(run=lambda x: sigkill.main(x.times, x.seed, x.span))
    walks = commands.add_parser("walk", help="random sequences of orders, shrunk when one fails")
    walks.add_argument("--walks", type=int, default=walk.WALKS, help="at most so many")
    walks.add_argument("--steps", type=int, default=walk.LENGTH, help="about so many steps each")
    walks.add_argument("--seconds", type=float, default=walk.SECONDS, help="how long to look for a failure")
    walks.add_argument("--seed", type=int, default=1)
    walks.add_argument("--script", type=Path, metavar="FILE", help="take the steps of this file instead")
    walks.set_defaults(
        run=lambda x: walk.main(x.walks, x.steps, x.seed, x.seconds, defects=x.defect, replay=x.script)
    )
    legal = commands.add_parser("variants", help="the checklist on legal variants of the venue")
    legal.add_argument("--sample", type=int, help="so many variants out of all (default: all)")
    legal.add_argument("--seed", type=int, default=1, help="of the groups and of the sample")
    legal.add_argument("--name", action="append", default=[], help="only this variant, or this family*")
    legal.add_argument("--quick", action="store_true", help="without those that take minutes")
    legal.set_defaults(run=_on_variants)
    for name, measure, what in (
        ("code", code_measure, "mutants of the venue's code"),
        ("fields", field_measure, "mutants of the fields that the venue writes"),
        ("pairs", pairs, "pairs of the venue's defects"),
    ):
        sampled = commands.add_parser(name, help=f"a seeded sample of the {what}")
        sampled.add_argument(
            "--sample",
            type=int,
            default=measure.SAMPLE,
            help=f"how many, 0 for all (default: {measure.SAMPLE})",
        )
        sampled.add_argument("--seed", type=int, default=SEED)
        sampled.set_defaults(run=lambda x, main=measure.main: main(x.sample, x.seed, x.jobs))
    return parser.parse_args()


def _on_variants(asked: argparse.Namespace) -> int:
    plan = legal_variants.Plan(asked.seed, asked.sample, asked.name, quick=asked.quick)
    return legal_variants.main(plan, asked.jobs)


def main() -> int:
    """Run the chosen command; 1 when a rule of the proof is broken, two runs differ, or an order is left."""
    options = _options()
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
