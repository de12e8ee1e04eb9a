"""What form the run's messages have.

Source: docs/v5/guide.mdx, docs/v5/enum.mdx, and the page of each endpoint and topic
"""

from checks import MAJOR, check
from fixtures.desk import Agreement


@check("LAW-22", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_fields_have_their_documented_form(agreement: Agreement) -> None:
    """Every row has every documented field, in its documented form; a plain spot order has plain values.

    A figure may have any number of decimals, and "nothing" may be an empty text, 0 or a word for it.

    Sequence: every row of every view of the run.
    Passes: no field is missing or of another type, and what belongs to derivatives, triggers or RPI is empty
        in an order that asked for none of it.
    Source: docs/v5/guide.mdx; docs/v5/enum.mdx; the response parameters of each endpoint and topic
    """
    agreement.require("LAW-22")


@check("LAW-23", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_envelopes_are_documented(agreement: Agreement) -> None:
    """An answer says what came of it, when it was made, and what is left of the rate limit.

    Sequence: every answer, stream reply and push of the run.
    Passes: retMsg fits retCode, a refusal has no result, every time is that of the venue's clock between
        request and answer, the limit stays and what is left of it is without the requests of this second, an
        answer on the trade stream has the op and reqId of its request, and a connection keeps its id.
    Source: docs/v5/guide.mdx; docs/v5/rate-limit/rate-limit.mdx; docs/v5/websocket/trade/guideline.mdx
    """
    agreement.require("LAW-23")


@check("LAW-24", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_what_is_set_stays(agreement: Agreement) -> None:
    """The terms of a listing, the rates and settings of an account, and its key stay as they are.

    Sequence: every instrument, fee rate, key, setting and price limit, against the first of its kind.
    Passes: no field changes that the run did not set, the public and the signed row of an instrument are one,
        executions have the queried rate, orders the queried trade group, and a price limit its ratio.
    Source: docs/v5/market/instrument.mdx; docs/v5/account/fee-rate.mdx; docs/v5/user/apikey-info.mdx
    """
    agreement.require("LAW-24")
