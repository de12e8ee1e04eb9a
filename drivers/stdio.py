"""The Python end of the driver protocol: standard library only, so a driver can take this file along.

A driver is an object with a coroutine for each method that it offers, named as in the protocol and with the
params as keyword arguments. ``serve`` answers each request with what the coroutine returns.
"""

import asyncio
import inspect
import json
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

METHODS = (
    "initialize",
    "start",
    "submit",
    "submit_batch",
    "amend",
    "cancel",
    "cancel_all",
    "order",
    "open_orders",
    "inventory",
    "stop",
)
PARSE_ERROR, NOT_OFFERED, WRONG_PARAMS, FAILED, DECLINED = -32700, -32601, -32602, -32603, -32000
_LONGEST_LINE = 1 << 20

Params = Mapping[str, Any]
Notify = Callable[[str, Params], None]


class Declined(Exception):
    """The client refuses: it has stopped trading, its breaker is open, or the order breaks a filter."""


class NotOffered(Exception):
    """The client has no such capability."""


def write(message: Params) -> None:
    """Write one message on standard output, where nothing else may be written."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def notify(method: str, params: Params) -> None:
    """Send one notification: ``orderChanged``, ``alert`` or ``log``."""
    write({"method": method, "params": params})


async def serve(driver: object) -> None:
    """Answer requests until the end of standard input or SIGTERM; both have ``stop`` run unless it did."""
    running: set[asyncio.Task[None]] = set()
    reading = asyncio.create_task(_read_on(driver, running))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, reading.cancel)
    with suppress(asyncio.CancelledError):
        await reading
    with suppress(NotOffered):
        await _called(driver, "stop", {})
    if running:
        await asyncio.wait(running)


async def _read_on(driver: object, running: set[asyncio.Task[None]]) -> None:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        request = _read(line)
        if request is None:
            write({"id": None, "error": {"code": PARSE_ERROR, "message": "not JSON-RPC"}})
            continue
        # A task each: a slow answer holds up no other, and the tasks begin in the order of the requests.
        task = asyncio.create_task(_answer(driver, request))
        running.add(task)
        task.add_done_callback(running.discard)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        request = json.loads(line)
    except ValueError:
        return None
    is_request = isinstance(request, dict) and {"id", "method"} <= request.keys()
    return request if is_request else None


async def _answer(driver: object, request: Params) -> None:
    try:
        result = await _called(driver, request["method"], request.get("params", {}))
    except NotOffered as error:
        outcome: dict[str, Any] = {"error": {"code": NOT_OFFERED, "message": f"not offered: {error}"}}
    except Declined as error:
        outcome = {"error": {"code": DECLINED, "message": str(error), "data": {"reason": str(error)}}}
    except TypeError as error:
        outcome = {"error": {"code": WRONG_PARAMS, "message": str(error)}}
    except Exception as error:  # noqa: BLE001 - whatever a client raises is an answer, not the end of it
        outcome = {"error": {"code": FAILED, "message": f"{type(error).__name__}: {error}"}}
    else:
        outcome = {"result": result or {}}
    write({"id": request["id"], **outcome})


async def _called(driver: object, method: str, params: Params) -> Params | None:
    called = getattr(driver, method, None) if method in METHODS else None
    if called is None:
        raise NotOffered(method)
    inspect.signature(called).bind(**params)
    result: Params | None = await called(**params)
    return result
