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


@check("LAW-20", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_trades_are_public(agreement: Agreement) -> None:
    """A trade is the same in both public views, in its order, and the run's own fills are among them.

    Sequence: every message of the trade topic and every list of recent trades, against the run's executions.
    Passes: an id stands for one trade, times and numbers never fall, and a view that shows an older and a
        newer trade shows each execution between, with price, size and time, under the taker's side.
    Source: docs/v5/websocket/public/trade.mdx; docs/v5/market/recent-trade.mdx
    """
    agreement.require("LAW-20", of_fills=True)


@check("LAW-21", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_tickers_belong_together(agreement: Agreement) -> None:
    """The figures of a ticker belong together, and cover what the run traded.

    Sequence: every ticker of the run, against its executions.
    Passes: the last price is between low and high, the change is that of the two prices, the turnover is the
        volume at such prices, the touch is not crossed, and executions are in after look_up_ms of
        environments.yaml.
    Source: docs/v5/market/tickers.mdx; docs/v5/websocket/public/ticker.mdx
    """
    agreement.require("LAW-21")
