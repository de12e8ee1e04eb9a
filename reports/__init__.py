"""Outcomes and evidence become Allure results and the sign-off."""
