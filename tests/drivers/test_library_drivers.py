"""The drivers of unmodified libraries: each in one short conversation with the embedded venue."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from fixtures.driver.__main__ import main
from fixtures.libraries.installed import missing

ROOT = Path(__file__).parents[2]
NODE_PACKAGE = ROOT / "drivers" / "node_modules" / "bybit-api"
SET_UP = "bybit-api is not installed (python -m drivers.node setup)"


@pytest.mark.parametrize("transport", ["rest", "trade"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("pybit", marks=pytest.mark.skipif(not find_spec("pybit"), reason=missing("pybit"))),
        pytest.param("ccxt", marks=pytest.mark.skipif(not find_spec("ccxt"), reason=missing("ccxt"))),
        pytest.param("bybit-api", marks=pytest.mark.skipif(not NODE_PACKAGE.exists(), reason=SET_UP)),
    ],
)
def test_the_driver_lacks_nothing(name: str, transport: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The driver offers what environments.yaml declares, and the self-test finds nothing missing."""
    words = ["check", "--client", name, "--transport", transport]

    code = main([*words, "--environments", str(ROOT / "environments.yaml")])

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith("ok: ")] == []
    assert code == 0
