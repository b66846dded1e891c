"""What fakeapns is held against: a trio server that decrypts with `trio.SSLStream` and counts.

It prints where it listens, and a line for each connection that has ended.
"""

from __future__ import annotations

import json
import resource

import trio

from fakeapns.certificates import CertificateFolder, default_authority, server_context
from fakeapns.scenario import Settings


async def main() -> None:
    """Serve until killed."""
    authority = default_authority()
    context = server_context(authority, Settings())

    async def handle(stream: trio.SSLStream[trio.SocketStream]) -> None:
        received = 0
        try:
            while data := await stream.receive_some(65_536):
                received += len(data)
        except trio.BrokenResourceError:
            pass
        print(f"closed {received}", flush=True)

    async with trio.open_nursery() as nursery:
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
        secured = trio.SSLListener(listener, context, https_compatible=True)
        nursery.start_soon(trio.serve_listeners, handle, [secured])
        folder = CertificateFolder(authority)
        port = listener.socket.getsockname()[1]
        pem = folder.client("com.example.app").pem_file
        print(json.dumps({"port": port, "ca": folder.ca_file, "pem": pem}), flush=True)
        await trio.sleep_forever()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    trio.run(main)
