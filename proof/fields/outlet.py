"""A field mutant at the place where the venue's messages leave it; the venue knows nothing of it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from aiohttp import web

from fixtures.record.evidence import Channel
from fixtures.venue import server
from fixtures.venue.rest.router import Response
from fixtures.venue.streams.pushes import Push
from fixtures.venue.streams.send_queue import SendQueue
from fixtures.venue.streams.stream_session import Session
from fixtures.venue.streams.subscriptions import PrivateSession, PublicSession
from proof.fields.changes import FieldMutant, Mutator
from proof.fields.field_places import HEADERS, view_of_answer, view_of_frame

RESPOND = server._respond  # noqa: SLF001 - where an answer leaves
SEND = SendQueue.send


@contextmanager
def at_outlet(mutant: FieldMutant | None) -> Iterator[None]:
    """Let every venue of this process send its messages with a mutant; as they are for None."""
    if mutant is None:
        yield
        return
    mutator = Mutator(mutant)

    async def respond(request: web.Request, answer: Response) -> web.StreamResponse:
        return await RESPOND(request, _answer(mutator, request, answer))

    def send(queue: SendQueue, pushes: Sequence[Push]) -> None:
        SEND(queue, [_frame(mutator, push) for push in pushes])

    with mock.patch.object(server, "_respond", respond), mock.patch.object(SendQueue, "send", send):
        yield


def _answer(mutator: Mutator, request: web.Request, answer: Response) -> Response:
    title = view_of_answer(request.method, request.path)
    if mutator.mutant.view == HEADERS:
        headers = {name.lower(): content for name, content in answer.headers.items()}
        changed = mutator.change(HEADERS, headers, title)
        kept = {name: headers[name.lower()] for name in answer.headers if name.lower() in headers}
        return replace(answer, headers=kept) if changed else answer
    if mutator.mutant.view != title or not answer.body:
        return answer
    content = json.loads(answer.body)
    return replace(answer, body=json.dumps(content)) if mutator.change(title, content) else answer


def _frame(mutator: Mutator, push: Push) -> Push:
    content = json.loads(push.text)
    changed = mutator.change(view_of_frame(_channel(push.session), content), content)
    return replace(push, text=json.dumps(content)) if changed else push


def _channel(session: Session) -> Channel:
    if isinstance(session, PublicSession):
        return Channel.PUBLIC
    return Channel.PRIVATE if isinstance(session, PrivateSession) else Channel.TRADE
