"""What the venue asks of an order on one symbol: pure values, no input or output.

Source: docs/v5/market/instrument.mdx, docs/v5/market/order-price-limit.mdx
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drivers.order_states import ZERO, Order, Row, figure_of, plain

SPOT: Mapping[str, str] = {"category": "spot"}


class Filters:
    """What the venue asks of an order on the symbol: steps, limits and, where it is known, the price band."""

    def __init__(self, row: Row, band: Row) -> None:
        lot, price = _section(row, "lotSizeFilter"), _section(row, "priceFilter")
        self.base_coin, self.quote_coin = str(row.get("baseCoin")), str(row.get("quoteCoin"))
        self._tick, self._lot = figure_of(price.get("tickSize")), figure_of(lot.get("basePrecision"))
        self._minimum, self._maximum = (
            figure_of(lot.get("minOrderAmt")),
            figure_of(lot.get("maxLimitOrderQty")),
        )
        self._band = {"Buy": figure_of(band.get("buyLmt")), "Sell": figure_of(band.get("sellLmt"))}

    def fault(self, side: str, price: Decimal, qty: Decimal) -> str:
        """Which filter an order breaks, "" for none."""
        limit = self._band[side] or price
        broken = {
            "tick_size": self._tick and price % self._tick,
            "base_precision": self._lot and qty % self._lot,
            "min_order_amt": price * qty < (self._minimum or ZERO),
            "max_limit_order_qty": self._maximum and qty > self._maximum,
            "price_limit": price > limit if side == "Buy" else price < limit,
        }
        return next((name for name, is_broken in broken.items() if is_broken or price <= 0 or qty <= 0), "")


def terms(order: Order, symbol: str) -> dict[str, str]:
    """The body of a create."""
    return {
        **SPOT,
        "symbol": symbol,
        "side": order.side,
        "orderType": "Limit",
        "qty": plain(order.qty),
        "price": plain(order.price),
        "timeInForce": "PostOnly",
        "orderLinkId": order.link_id,
    }


def _section(row: Row, name: str) -> Mapping[str, Any]:
    section = row.get(name)
    return section if isinstance(section, dict) else {}
