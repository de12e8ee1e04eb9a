"""``python -m reports.renderer setup``: install the pinned Allure CLI."""

import sys

from reports.renderer.render import install

if sys.argv[1:] != ["setup"]:
    sys.exit("usage: python -m reports.renderer setup")
sys.exit(install())
