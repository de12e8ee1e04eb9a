"""The sign-off document: its parts, its JSON and its page."""
