"""Tests of what a client knows after a restart."""

from pathlib import Path

from drivers.breaker import FAILURES, FIRST_PAUSE_S, Breaker
from drivers.filters import Filters
from drivers.order_states import figure_of
from drivers.state_directory import StateDirectory


def test_no_two_lives_share_an_id(tmp_path: Path) -> None:
    """Each life has orderLinkIds of its own, all with the start by which the owner knows them."""
    lives = [StateDirectory(tmp_path, now_ms=number) for number in (5, 9)]
    ids = [life.new_link_id() for life in lives for _ in range(2)]
    for life in lives:
        life.close()

    assert len(set(ids)) == 4
    assert all(link_id.startswith(lives[0].owner) and len(link_id) <= 36 for link_id in ids)
    assert [life.first_ms for life in lives] == [5, 5]


def test_an_emptied_directory_is_another_owner(tmp_path: Path) -> None:
    """Without its state a client takes a new name, so its ids collide with none of before."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = (StateDirectory(tmp_path / name, now_ms=1) for name in ("a", "b"))
    one.close()
    other.close()

    assert one.owner != other.owner


def test_what_was_written_is_kept(tmp_path: Path) -> None:
    """A line outlives its process, and a line that a kill cut short is left out."""
    first = StateDirectory(tmp_path, now_ms=1)
    first.write({"order": {"intent": "a"}})
    first.close()
    with (tmp_path / "client.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"order": {"inte')

    second = StateDirectory(tmp_path, now_ms=2)
    second.close()
    third = StateDirectory(tmp_path, now_ms=3)
    third.close()

    assert third.life == 3
    assert second.kept("order") == [{"intent": "a"}]


def test_the_breaker_opens_after_failures_in_a_row() -> None:
    """The same failure several times in a row opens the breaker for a pause; a success closes it."""
    breaker = Breaker()
    assert [breaker.failed("unknown", 0) for _ in range(FAILURES)] == [*[False] * (FAILURES - 1), True]
    assert breaker.is_open(FIRST_PAUSE_S - 1)
    assert not breaker.is_open(FIRST_PAUSE_S)

    assert breaker.failed("unknown", FIRST_PAUSE_S)
    assert breaker.is_open(FIRST_PAUSE_S * 2)
    breaker.succeeded()
    assert not breaker.is_open(FIRST_PAUSE_S * 2)


def test_other_failures_count_anew() -> None:
    """Failures for different reasons do not add up."""
    breaker = Breaker()

    assert not any(breaker.failed(str(number), 0) for number in range(FAILURES * 2))


def test_a_filter_is_named() -> None:
    """An order that the venue would refuse is refused with the name of the filter."""
    lot = {"basePrecision": "0.1", "minOrderAmt": "5", "maxLimitOrderQty": "1000"}
    listed = {
        "baseCoin": "NEW",
        "quoteCoin": "USDT",
        "lotSizeFilter": lot,
        "priceFilter": {"tickSize": "0.01"},
    }
    filters = Filters(listed, {"buyLmt": "2", "sellLmt": "0.5"})

    def fault(side: str, price: str, qty: str) -> str:
        at, size = figure_of(price), figure_of(qty)
        assert at is not None
        assert size is not None
        return filters.fault(side, at, size)

    asked = [("1", "10"), ("1.001", "10"), ("1", "10.01"), ("1", "1"), ("1", "2000"), ("3", "10")]
    assert [fault("Buy", *each) for each in asked] == [
        *("", "tick_size", "base_precision", "min_order_amt", "max_limit_order_qty", "price_limit"),
    ]
    assert fault("Sell", "0.4", "20") == "price_limit"
