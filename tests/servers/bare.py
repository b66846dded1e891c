"""A client of TLS 1.2 that writes its records itself, and so can send what no library would."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
import struct
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALERT, HANDSHAKE, DATA = 21, 22, 23
#: A hello that asks for another handshake, as far as anybody reads it: version, random, nothing.
HELLO = b"\1\0\0\x2b\3\3" + bytes(33) + b"\0\4\0\x9c\0\xff\1\0"
_VERSION = 0x0303
_HEAD = struct.Struct(">BHH")


class BareClient:
    """Shakes hands as `ssl` does on a socket, and goes on without it.

    `folder` is for the keys, which are only to be had as a file.
    """

    def __init__(self, raw: socket.socket, context: ssl.SSLContext, folder: Path) -> None:
        self._raw = raw
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
        context.keylog_filename = str(folder / "keys")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        heard = b""
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(outgoing.read())
                data = raw.recv(65_536)
                heard += data
                incoming.write(data)
        # Behind the head of the record, that of the message, and the version.
        theirs = heard[11:43]
        *_, ours, master = (folder / "keys").read_text().split()
        seed = b"key expansion" + theirs + bytes.fromhex(ours)
        block = _expand(bytes.fromhex(master), seed, 40)
        self._keys = AESGCM(block[:16]), AESGCM(block[16:32])
        self._salts = block[32:36], block[36:40]
        # Each side has sent one record under them: that it is finished.
        self._sent = self._read = 1
        self._early = incoming.read()

    def send(self, kind: int, content: bytes) -> None:
        """One record of this type."""
        nonce = struct.pack(">Q", self._sent)
        about = nonce + _HEAD.pack(kind, _VERSION, len(content))
        sealed = nonce + self._keys[0].encrypt(self._salts[0] + nonce, content, about)
        self._raw.sendall(_HEAD.pack(kind, _VERSION, len(sealed)) + sealed)
        self._sent += 1

    def receive(self) -> tuple[int, bytes] | None:
        """The type of the next record, and what it holds; None behind the last."""
        head = self._exactly(_HEAD.size)
        if not head:
            return None
        kind, _, size = _HEAD.unpack(head)
        sealed = self._exactly(size)
        about = struct.pack(">Q", self._read) + _HEAD.pack(kind, _VERSION, size - 24)
        self._read += 1
        return kind, self._keys[1].decrypt(self._salts[1] + sealed[:8], sealed[8:], about)

    def _exactly(self, size: int) -> bytes:
        data, self._early = self._early[:size], self._early[size:]
        while len(data) < size and (more := self._raw.recv(size - len(data))):
            data += more
        return data


def _expand(secret: bytes, seed: bytes, size: int) -> bytes:
    """The pseudorandom function of TLS 1.2 (RFC 5246, 5)."""
    made, at = b"", seed
    while len(made) < size:
        at = hmac.digest(secret, at, hashlib.sha256)
        made += hmac.digest(secret, at + seed, hashlib.sha256)
    return made[:size]
