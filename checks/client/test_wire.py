"""What the client writes, and what it makes of answers that are spelt in another way.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/guide.mdx
"""

from checks import MAJOR
from checks.client import certifies, each, over_both
from fixtures.certification import ClientUnderTest, OrderClient, conforms
from fixtures.desk import VenueControl
from fixtures.driver.protocol import State
from fixtures.expect import expect, nothing
from fixtures.v5.enums import Side

RAMP = 60
CANCELS = 10
FLOOD = 20
SHORT_QUOTA = 10
QUOTA = 20
"""Orders a second of the lowest tier. Source: docs/v5/rate-limit/rate-limit.mdx"""


@certifies("CRT-43", creates=6, on_the_way=True)
@over_both
async def test_signatures_hold(client: OrderClient) -> None:
    """Every request is signed over the very bytes that are sent.

    Sequence: creates, an amend where the client offers that, cancels, and the queries that the client makes
        by itself.
    Passes: The venue refused none for its signature or its timestamp.
    Source: docs/v5/guide.mdx, authentication
    """
    intents = [await client.submit(side) for side in Side for _ in range(3)]
    await client.all_sent(6)
    expect("requests that were refused for their signature or timestamp", client.missigned(), nothing)
    for intent in intents:
        await client.believes(intent, State.LIVE)

    await client.amend_farther(intents[3])
    await client.cancel(*intents[:3])

    for intent in intents[:3]:
        await client.believes(intent, State.CANCELLED)
    expect("requests that were refused for their signature or timestamp", client.missigned(), nothing)
    await conforms(client)


@certifies("CRT-44", creates=3)
async def test_no_credential_is_written(client: OrderClient) -> None:
    """Neither the key's secret nor the key appears in what the client writes, not even in its errors.

    Sequence: a create that is refused for its signature; one whose answer cannot be read, where the client
        goes on after such a refusal; a restart; a create, resting.
    Passes: No credential on standard output or standard error, in a notification, or in its state directory.
    Source: docs/v5/guide.mdx
    """
    refused = client.fault("code(code=10004,when=before)@order.create")
    client.fault("truncate_json@order.create#2")
    for _ in range(2):
        await client.submit_or_refuse(Side.BUY)
    await client.met(refused)
    await client.pause_for_a_retry()

    await client.restart()
    await client.resting(Side.SELL)

    expect("credentials that the client wrote", client.lives.leaks(), nothing)
    await conforms(client)


@certifies("CRT-45", severity=MAJOR, creates=2, judged="both")
async def test_redirect_is_not_followed(client: ClientUnderTest) -> None:
    """A redirect to another host is not followed: a signed order goes to the host that was named.

    Sequence: create, answered with a redirect to another host name.
    Passes: Nothing was sent there, and the client believes what the venue shows.
    Source: docs/v5/guide.mdx, base endpoints
    """
    redirected = client.fault(f'redirect(to="{client.elsewhere}")@order.create')

    intent = await client.submit(Side.BUY)
    await client.met(redirected)

    await client.believes(intent, State.REJECTED, State.CANCELLED, State.LIVE)
    expect("requests to the other host", client.requests_elsewhere(), nothing)
    await conforms(client)


@certifies("CRT-46", creates=RAMP, on_the_way=True)
@over_both
async def test_rate_limit_is_kept(client: OrderClient) -> None:
    """Under a load beyond its quota the client keeps the limit that the venue's headers name.

    Sequence: sixty creates are asked for at once, then their cancels.
    Passes: The venue refused none as too many, and every order that the client took on rests.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    intents = await client.submit_at_once(Side.BUY, RAMP, at_least=QUOTA + 1)

    for intent in intents:
        report = await client.believes(intent, State.LIVE, State.REJECTED, within_s=RAMP)
        expect(f"what the client believes of {intent.name}", report.state, State.LIVE)
    await client.cancel(*intents)
    for intent in intents:
        await client.believes(intent, State.CANCELLED, within_s=RAMP)
    await conforms(client)


@certifies("CRT-48", severity=MAJOR)
@each(
    "change",
    header_spelling="header_spelling@*",
    ret_msg="ret_msg(text=success)@*",
    padded="padded_figures@*",
    extra="extra_fields@*",
)
async def test_spelling_of_answers(client: OrderClient, change: str) -> None:
    """Answers count by their retCode, header names in any case, figures by their value, ids as text.

    Sequence: create, resting; cancel; each answered in another spelling.
    Passes: The client believes the order resting, and then cancelled.
    Source: docs/v5/guide.mdx; RFC 9110, 5.1: header names are case-insensitive
    """
    client.fault(change)

    intent = await client.resting(Side.BUY)
    await client.cancel(intent)

    await client.believes(intent, State.CANCELLED)
    await conforms(client)


@certifies("CRT-50", severity=MAJOR, creates=FLOOD + CANCELS)
async def test_cancels_come_before_creates(client: OrderClient, venue_control: VenueControl) -> None:
    """While the quota is short, cancels do not wait behind the creates that wait for it.

    A market maker that wants out of the market must not wait for its own new quotes. Every tier of quotas is
    short for somebody; here it is ten orders a second, which the venue's headers say.

    Sequence: ten orders rest; twenty creates are asked for at once, and then the cancels of the ten.
    Passes: The ten cancels are sent before the last create, and the venue refuses no order as too many.
    Source: docs/v5/rate-limit/rate-limit.mdx; docs/v5/rate-limit/rules-for-pros/introduction.mdx
    """
    venue_control.set_order_rate(client.uid, SHORT_QUOTA)
    old = [await client.resting(Side.SELL) for _ in range(CANCELS)]
    new = await client.submit_at_once(Side.BUY, FLOOD, at_least=SHORT_QUOTA + 1)

    await client.cancel(*old)

    for intent in old:
        await client.believes(intent, State.CANCELLED)
    await client.all_sent(len(new) + CANCELS)
    late = client.cancels_after_the_last_create()
    expect("cancels that waited for all the creates", late, nothing)
    await conforms(client)
