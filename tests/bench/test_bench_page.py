"""The page about speed."""

import json
from pathlib import Path

from bench.bench_page import in_readme, page

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_figures_say() -> None:
    """docs/bench.md is made of bench/results.json, and of nothing else."""
    figures = json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))

    assert (ROOT / "docs" / "bench.md").read_text(encoding="utf-8") == page(figures)


def test_the_readme_shows_the_same_figures() -> None:
    """The table of the README is made of bench/results.json, too."""
    figures = json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert in_readme(readme, figures) == readme
    assert "trade stream | 32 |" in readme
