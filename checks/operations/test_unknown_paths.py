"""What the venue answers to a path that it does not have.

Source: docs/v5/error.mdx
"""

from http import HTTPStatus

from checks import MINOR, check
from fixtures.desk import Market
from fixtures.expect import expect, refused
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode

UNKNOWN = ("/v5/market/nosuchpath", f"{paths.MARKET_TIME}/nosuchpath")


@check("ERR-09", severity=MINOR, max_fills=0, min_messages=len(UNKNOWN))
async def test_unknown_path_is_not_found(market: Market) -> None:
    """A query of a path that the venue does not have is answered as not found, and by nothing else.

    Sequence: an unsigned query of an unknown path, and of one below a path that exists.
    Passes: each is refused with 10017 or HTTP 404.
    Source: docs/v5/error.mdx, HTTP 404 and 10017
    """
    answers = {path: await market.answer_at(path) for path in UNKNOWN}

    for path, answer in answers.items():
        expect(f"answer at {path}", answer, refused({RetCode.ROUTE_NOT_FOUND, HTTPStatus.NOT_FOUND}))
