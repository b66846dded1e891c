"""A messenger that sends to fakeapns in place of Apple, and serves apps at a free port."""

from contextlib import asynccontextmanager

import httpx
import trio
from messenger import Apple, Messenger


@asynccontextmanager
async def running(apns):
    """`async with running(apns) as (messenger, connect):`, where `await connect(user)` is what an
    app does: over a connection of its own it gets the messages that wait for its user.
    """
    key, trust = apns.provider_key(), apns.ssl_context(certificate=False)
    who = apns.topics[0], key.p8_file.read_text(), key.key_id, key.team_id
    async with (
        httpx.AsyncClient(http2=True, base_url=apns.api.url, verify=trust) as client,
        trio.open_nursery() as nursery,
    ):
        messenger = Messenger(Apple(client, *who, now=apns.clock.now))
        listener, *_ = await nursery.start(trio.serve_tcp, messenger.talk, 0)
        port = listener.socket.getsockname()[1]

        async def connect(user):
            async with await trio.open_tcp_stream("localhost", port) as stream:
                await stream.send_all(f"{user}\n".encode())
                received = b"".join([each async for each in stream])
            return received.decode().splitlines()

        yield messenger, connect
        nursery.cancel_scope.cancel()
