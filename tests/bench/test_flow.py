"""A client's script on a venue of its own."""

from pathlib import Path

import pytest

from bench import flow

SCRIPT = """
import argparse, json, sys, urllib.request
parser = argparse.ArgumentParser()
for name in ("rest", "ws", "key", "secret", "symbol", "exit"):
    parser.add_argument(f"--{name}", required=True)
given = parser.parse_args()
with urllib.request.urlopen(f"{given.rest}/v5/market/time") as answer:
    assert json.load(answer)["retCode"] == 0
assert given.ws == given.rest.replace("http", "ws") and given.key and given.secret
assert given.symbol == "BTCUSDT"
sys.exit(int(given.exit))
"""


@pytest.mark.parametrize("code", [0, 7])
def test_the_script_reaches_a_venue_and_its_exit_code_is_returned(code: int, tmp_path: Path) -> None:
    """Addresses, key and symbol are handed over, and the script's own options behind them."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    assert flow.main([str(script), "--exit", str(code)]) == code
