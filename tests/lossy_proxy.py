"""A loopback proxy that loses responses: ``python -m tests.lossy_proxy UPSTREAM EVERY METHOD...``.

The venue receives and answers every request. Of every EVERY responses to the given methods the proxy drops
the first, together with its connection; streams pass unchanged. It prints its port when it starts, and the
lost requests when SIGTERM ends it.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientWebSocketResponse, DummyCookieJar, WSMsgType, web
from yarl import URL

_HOP_BY_HOP = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "content-encoding",
}


class LossyProxy:
    """Forwards requests to one venue and drops some of its responses."""

    def __init__(self, upstream: str, every: int, methods: frozenset[str]) -> None:
        self._upstream = upstream
        self._every = every
        self._methods = methods
        self._onward: ClientSession
        self._answered = 0
        self.lost: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Listen on a free port while the context is open; yields the port."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        async with ClientSession(cookie_jar=DummyCookieJar()) as self._onward:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            try:
                yield runner.addresses[0][1]
            finally:
                await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._converse(request)
        url = URL(f"http://{self._upstream}{request.raw_path}", encoded=True)
        headers = _passed_on(request.headers.items())
        body = await request.read()
        async with self._onward.request(request.method, url, data=body or None, headers=headers) as reply:
            answer = web.Response(
                status=reply.status, body=await reply.read(), headers=_passed_on(reply.headers.items())
            )
        if self._loses(request):
            self.lost.append(f"{request.method} {request.path}")
            assert request.transport is not None
            request.transport.abort()
        return answer

    def _loses(self, request: web.Request) -> bool:
        # The first one is lost, not the last of each EVERY, so that a run with few requests loses one too.
        counts = request.method in self._methods
        self._answered += counts
        return counts and self._answered % self._every == 1

    async def _converse(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, compress=False)
        url = URL(f"ws://{self._upstream}{request.raw_path}", encoded=True)
        async with self._onward.ws_connect(url, autoping=False, max_msg_size=0) as venue:
            await socket.prepare(request)
            back = asyncio.create_task(_carry(venue, socket))
            await _carry(socket, venue)
            back.cancel()
        return socket


Socket = web.WebSocketResponse | ClientWebSocketResponse


async def _carry(source: Socket, target: Socket) -> None:
    """Pass frames on until the source is closed, and then close the target as the source was."""
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.PING:
            await target.ping(message.data)
        elif message.type is WSMsgType.PONG:
            await target.pong(message.data)
    await target.close(code=source.close_code or 1000)


def _passed_on(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in _HOP_BY_HOP}


async def _main(upstream: str, every: str, *methods: str) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    proxy = LossyProxy(upstream, int(every), frozenset(methods))
    async with proxy.open() as port:
        print(port, flush=True)  # noqa: T201 - the program's output
        await stopped.wait()
    print(f"lost {len(proxy.lost)}: {', '.join(proxy.lost)}", flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
