"""Drivers: each puts one client behind the driver protocol, see docs/driver.md."""
