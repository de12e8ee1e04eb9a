"""Load the two halves of the suite: what checks are driven by, and what records their outcomes."""

pytest_plugins = ["fixtures.plugin", "reports.plugin"]
