"""The Allure report of a run, rendered by the Allure CLI that ``package-lock.json`` pins.

Rendering needs no network; ``python -m reports.allure_report setup`` installs the CLI once.
"""
