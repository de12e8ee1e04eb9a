"""``python -m reports.allure_report setup``: install the pinned Allure CLI."""

import sys

from reports.allure_report.render import install

if sys.argv[1:] != ["setup"]:
    sys.exit("usage: python -m reports.allure_report setup")
sys.exit(install())
