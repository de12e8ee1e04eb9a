"""Unmodified libraries that sign with the user's RSA key, whose public half the venue has."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fixtures.config.environment import Credentials
from fixtures.venue.demo_accounts import MAKER
from fixtures.venue.server import VenueAddress
from tests.fixtures.clients.test_signing import pem_of
from tests.real_clients.libraries import ccxt, ccxt_options, pybit_http


@dataclass(frozen=True)
class Keyed:
    """A venue, and the market maker's key to it."""

    address: VenueAddress
    credentials: Credentials


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    """``python -m fixtures.venue`` with the public key in a file."""
    private = generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("keys") / "maker.pem"
    file.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = [sys.executable, "-m", "fixtures.venue", "--port", "0", "--rsa-key", f"maker={file}"]
    variables = {**os.environ, "DMM_STANDALONE_KEY": "my-own-key-01"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            rest = process.stdout.readline().removeprefix("REST ").strip()
            assert rest.startswith("http://"), "the venue did not start"
            address = VenueAddress(rest, rest.replace("http", "ws", 1))
            yield Keyed(address, Credentials("my-own-key-01", pem_of(private)))
        finally:
            process.terminate()


def test_pybit_is_authenticated(keyed: Keyed) -> None:
    """The venue verifies pybit's RSA signatures of a query and of a body."""
    session = pybit_http(keyed.address, keyed.credentials, rsa_authentication=True)

    facts = session.get_api_key_information()["result"]
    order = session.place_order(
        category="spot",
        symbol="BTCUSDT",
        side="Buy",
        orderType="Limit",
        qty="0.001",
        price="60000",
        timeInForce="PostOnly",
    )

    assert (facts["userID"], facts["rsaPublicKey"][:10]) == (int(MAKER.uid), "-----BEGIN")
    assert order["retCode"] == 0


def test_ccxt_is_authenticated(keyed: Keyed) -> None:
    """The venue accepts an order of ccxt, which signs with RSA when the secret is a private key."""
    client = ccxt.bybit(ccxt_options(keyed.address, keyed.credentials))
    client.session.trust_env = False

    order = client.create_order("BTC/USDT", "limit", "buy", 0.001, 60000, {"postOnly": True})

    assert order["id"]
