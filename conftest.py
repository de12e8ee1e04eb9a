"""Load the two halves of the suite: the fixtures that drive the checks, and the reports on their outcomes."""

pytest_plugins = ["fixtures.plugin", "reports.plugin"]
