"""What the run's messages say of the market: books, public trades, tickers.

Source: docs/v5/market/orderbook.mdx, recent-trade.mdx, tickers.mdx, docs/v5/websocket/public/*.mdx
"""

from checks import MAJOR, check
from fixtures.desk import Agreement


@check("LAW-19", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_books_are_whole(agreement: Agreement) -> None:
    """A book is sorted, not crossed, runs forward, and is the same on its topic and in an answer.

    Sequence: every frame of a book topic, and every queried book.
    Passes: u grows with each delta, seq and cts never fall, the best bid is below the best ask, one u or seq
        shows one book, and no answer is older than what was shown look_up_ms of environments.yaml before it.
    Source: docs/v5/websocket/public/orderbook.mdx, full-ob.mdx; docs/v5/market/orderbook.mdx
    """
    agreement.require("LAW-19")
