"""A field mutant at the venue's outlet."""

import aiohttp

from fixtures.venue.defects import defective
from fixtures.venue.server import serve
from fixtures.venue.venue_options import VenueOptions
from proof.fields.changes import ChangeKind, FieldMutant
from proof.fields.field_places import HEADERS
from proof.fields.outlet import at_outlet
from tests.fixtures.venue.scene import LISTINGS

TIME = "GET /v5/market/time"


async def _asked(mutant: FieldMutant | None) -> tuple[dict[str, object], set[str]]:
    with at_outlet(mutant):
        venue = defective(())(LISTINGS, options=VenueOptions())
        async with serve(venue) as address, aiohttp.ClientSession() as client:
            answer = await client.get(f"{address.rest}/v5/market/time")
            return await answer.json(), {name.lower() for name in answer.headers}


async def test_an_answer_leaves_with_the_mutant() -> None:
    """The field is changed in the body that a client reads, and as it was afterwards."""
    changed, _ = await _asked(FieldMutant(TIME, "result.timeSecond", ChangeKind.EMPTY))
    conforming, headers = await _asked(None)

    assert changed["result"]["timeSecond"] == ""  # type: ignore[index] # an answer has a result
    assert conforming["result"]["timeSecond"]  # type: ignore[index] # an answer has a result
    assert "timenow" in headers


async def test_a_header_can_be_missing() -> None:
    """Headers are changed like fields, in every answer."""
    _, headers = await _asked(FieldMutant(HEADERS, "timenow", ChangeKind.MISSING))

    assert "timenow" not in headers
