"""No secret leaves the machine."""

import json
from pathlib import Path

import pytest

from fixtures.config.environment import Credentials
from reports.evidence.secret_scan import remove_leaks, secrets_of

HMAC = Credentials("Key0123456789", 'a"secret\\of-hmac')
PEM = Credentials(
    "Key9876543210",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n",
)


@pytest.mark.parametrize(
    "text",
    [
        HMAC.key,
        f"<p>{HMAC.secret}</p>",
        json.dumps({"sign": HMAC.secret}),
        PEM.secret,
        json.dumps(PEM.secret),
        "  hkiG9w0BAQEFAASC  ",
    ],
)
def test_file_with_a_secret_is_deleted(tmp_path: Path, text: str) -> None:
    """A key, a secret, its JSON form, or one line of a PEM text is found wherever it stands."""
    leaking, clean = tmp_path / "deep" / "a.json", tmp_path / "b.json"
    leaking.parent.mkdir()
    leaking.write_text(text, encoding="utf-8")
    clean.write_text("-----BEGIN PRIVATE KEY----- is no secret", encoding="utf-8")

    assert remove_leaks(tmp_path, secrets_of([HMAC, PEM])) == (leaking,)
    assert not leaking.exists()
    assert clean.exists()
