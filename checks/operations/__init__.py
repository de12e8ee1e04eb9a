"""Checklist item 4: retries, idempotency, error codes and connectivity."""
