"""Who sends on a connection, and what that one may: by its certificate, or by a token."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ....ledger import Envelope, Moment
from ....protocol.http2 import Request
from ....push import Flaw, Refusal
from ..headers import HEADERS, whole_headers
from ..manner import Manner
from .credentials import Credential, Session
from .keyring import Keyring

#: Manners that a connection remembers.
_MOST = 4096


class Signed(msgspec.Struct, frozen=True):
    """A manner together with who has signed it: for which topic it is, and what is wrong."""

    topic: str | None
    flaws: tuple[Flaw, ...]
    warnings: tuple[str, ...]
    envelope: Envelope


class Sender(Protocol):
    """Who sends on one connection, with how many bytes of headers as HTTP/2 counts."""

    room: int

    def look(self, manner: Manner, now: Moment) -> Signed:
        """What this one says with headers like these."""

    def aside(self) -> Sender:
        """One that says the same and of whom nothing counts: for what is not processed."""


def look(sender: Sender, request: Request, manner: Manner, now: Moment) -> Signed:
    """Who has signed a request: nobody looks if there is more around it than SETTINGS allow."""
    size = request.size
    if size <= sender.room:
        return sender.look(manner, now)
    why = f"its headers have {size:,} bytes as HTTP/2 counts, and SETTINGS allow {sender.room:,}"
    around = Envelope(headers=whole_headers(request.headers))
    return Signed(None, (Flaw(Refusal.TOO_MUCH_AROUND, why),), (), around)


class ByCertificate:
    """A client with a good certificate: the header `authorization` is ignored then (Sending
    notification requests to APNs). `topics` are those of the certificate, the main one first.
    """

    def __init__(self, topics: tuple[str, ...], setting: str | None) -> None:
        self.room = HEADERS
        self._topics = topics or (() if setting is None else (setting,))
        self._known: dict[Manner, Signed] = {}

    def look(self, manner: Manner, now: Moment) -> Signed:
        """What it says with headers like these."""
        known = self._known.get(manner)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[manner] = self._look(manner)
        return known

    def aside(self) -> ByCertificate:
        """The same: nothing that it says counts for later."""
        return self

    def _look(self, manner: Manner) -> Signed:
        topic, flaws = manner.topic, manner.flaws
        if topic is None and len(self._topics) == 1:
            # Its default is the certificate's subject (Local and Remote Notification Programming
            # Guide), where that is one topic.
            topic = self._topics[0]
        elif topic is None:
            why = "apns-topic is missing, and the certificate has " + (
                f"several topics: {', '.join(self._topics)}" if self._topics else "none"
            )
            flaws += (Flaw(Refusal.MISSING_TOPIC, why),)
        elif topic not in self._topics:
            why = f"the certificate is for {' and '.join(self._topics) or 'no topic'}, not {topic}"
            flaws += (Flaw(manner.not_allowed, why),)
        return Signed(topic, flaws, manner.warnings, _envelope(manner))


class ByToken:
    """A client that signs each request with a token (JWT), which counts for its `session`."""

    def __init__(self, keyring: Keyring, session: Session | None) -> None:
        self.room = HEADERS
        self._keyring = keyring
        self._session = session
        self._known: dict[Manner, tuple[Credential, Signed]] = {}

    def look(self, manner: Manner, now: Moment) -> Signed:
        """What it says with headers like these."""
        if manner.authorization is None:
            return _unsigned(manner)
        credential = self._keyring.read(manner.authorization)
        known = self._known.get(manner)
        # A key may have been minted since.
        if known is None or known[0] is not credential:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[manner] = (credential, self._look(manner, credential))
        signed = known[1]
        flaw = None if self._session is None else self._session.check(credential, now.wall)
        if flaw is None:
            return signed
        return msgspec.structs.replace(signed, flaws=(*signed.flaws, flaw))

    def aside(self) -> ByToken:
        """One whose tokens bind no connection, and which none is too soon behind."""
        return ByToken(self._keyring, None)

    def _look(self, manner: Manner, credential: Credential) -> Signed:
        flaws = manner.flaws
        if manner.topic is None:
            # "Required" with a token, always (Local and Remote Notification Programming Guide).
            why = "apns-topic is missing, and with a token nothing else says which app it is for"
            flaws += (Flaw(Refusal.MISSING_TOPIC, why),)
        else:
            flaw = credential.topic_flaw(manner.topic, manner.not_allowed)
            flaws += () if flaw is None else (flaw,)
        signed_by = _envelope(manner, credential)
        return Signed(manner.topic, flaws, manner.warnings + credential.warnings, signed_by)


def _unsigned(manner: Manner) -> Signed:
    why = (
        "the client has no certificate, and the request no header authorization: present a "
        "certificate, or write `bearer` there and a token (JWT) signed with a key of this server, "
        "in a test `apns.provider_key().token()`, for others the .p8 of APNS_AUTH_KEY"
    )
    flaws = (*manner.flaws, Flaw(Refusal.NO_CREDENTIALS, why))
    if manner.topic is None:
        flaws += (Flaw(Refusal.MISSING_TOPIC, "apns-topic is missing"),)
    return Signed(manner.topic, flaws, manner.warnings, _envelope(manner))


def _envelope(manner: Manner, signed_by: Credential | None = None) -> Envelope:
    """What the records of all pushes of this manner share that were signed in so."""
    return Envelope(
        push_type=manner.push_type,
        collapse_id=manner.collapse_id,
        channel=manner.channel,
        key_id=None if signed_by is None else signed_by.key_id,
        team_id=None if signed_by is None else signed_by.team_id,
        provider_token=None if signed_by is None else signed_by.digest,
        headers=manner.headers,
    )
