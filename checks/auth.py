"""How an auth that must not let anybody in has to end, whatever is wrong with it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from fixtures.clients.auth import AuthAnswer
from fixtures.evidence import Channel
from fixtures.v5.codes import RetCode


def assert_not_let_in(answers: Mapping[Channel, AuthAnswer], codes: AbstractSet[RetCode], what: str) -> None:
    """No stream accepts it, and the trade stream, which alone sends a code, refuses it with one of these.

    what: what is offered, in words
    """
    let_in = [channel for channel, answer in answers.items() if answer.accepted]
    if let_in:
        raise AssertionError(f"{what} opens the {', '.join(let_in)}")
    said = {answer.code for channel, answer in answers.items() if channel is Channel.TRADE}
    if not said <= codes:
        raise AssertionError(f"{what} on the trade stream was {said}")
