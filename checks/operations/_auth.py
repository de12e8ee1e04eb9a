"""How a stream must answer an authentication that is wrong in any way."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from fixtures.clients.streams.auth import AuthAnswer
from fixtures.expect import expect, nothing, one_of
from fixtures.record.evidence import Channel
from fixtures.v5.codes import RetCode


def expect_refused_authentication(
    answers: Mapping[Channel, AuthAnswer], codes: AbstractSet[RetCode], credential: str
) -> None:
    """Expect that no stream accepts it, and that the trade stream's refusal carries one of these codes.

    The private stream sends no code.

    credential: what was offered, in words
    """
    accepted = [channel for channel, answer in answers.items() if answer.accepted]
    expect(f"streams that accept {credential}", accepted, nothing)
    if Channel.TRADE in answers:
        code = answers[Channel.TRADE].code
        expect(f"code of the trade stream's refusal of {credential}", code, one_of(codes))
