"""Pushes to devices: how such a request is read."""

from __future__ import annotations

import re
from binascii import Error, unhexlify
from urllib.parse import unquote_to_bytes

from ...ledger import Moment
from ...protocol.http2 import Request, shown
from ...push import Flaw, Refusal, token_text
from .manner import flaws_of_own
from .reasons import RANK
from .routes import Route
from .senders import Sender, look
from .sent import Sent, as_push
from .shared import Api


class DeviceReader:
    """Reads those of the connection `number`."""

    def __init__(self, api: Api, number: int, sender: Sender) -> None:
        self._api = api
        self._number = number
        self._sender = sender

    def read(self, request: Request, route: Route, ordinal: int, now: Moment) -> Sent:
        """A request with a token, or what is to be one, as a push."""
        manner, token = self._api.manner(request.shape), route.whose
        signed = look(self._sender, request, manner, now)
        flaws = signed.flaws
        try:
            token_bytes, text = unhexlify(token), None
        except (Error, ValueError):
            token_bytes, text = b"", token.decode("utf-8", "replace")
            flaws += (Flaw(Refusal.TOKEN_MALFORMED, _no_token(token)),)
        asked = self._api.asked(request)
        push = as_push(
            request,
            manner,
            asked.id,
            connection=self._number,
            ordinal=ordinal,
            topic=signed.topic,
            token_bytes=token_bytes,
            token_text=text,
            flaws=flaws,
        )
        return Sent(push, signed, self._api.rules, asked)

    def without_token(self, request: Request, now: Moment) -> Flaw:
        """What is wrong with a request to nobody: what comes before that, as with any push."""
        manner = self._api.manner(request.shape)
        nobody = "the path ends behind /3/device/: put the token there, in hex"
        flaws = (
            *look(self._sender, request, manner, now).flaws,
            *flaws_of_own(request, manner),
            Flaw(Refusal.MISSING_TOKEN, nobody),
        )
        return min(flaws, key=lambda flaw: RANK[flaw.refusal])


def _no_token(token: bytes) -> str:
    """Why what stands in a path is no token, and what it is instead."""
    said = token_text(unquote_to_bytes(token))
    if said is not None and said.kind == "hex text":
        return f"the token {shown(token)} is more than hex: leave out what are no digits"
    if said is not None and said.kind != "text":
        return f"the token {shown(token)} is no hex, but {said.kind}: {said.advice}"
    if b"?" in token or b"/" in token:
        return f"behind /3/device/ stands {shown(token)}: a token in hex, and nothing behind it"
    if re.fullmatch(rb"[0-9a-fA-F]+", token):
        return f"the token has {len(token)} hex digits, and a token has an even number of them"
    return f"the token {shown(token)} is no hex: write its bytes as hex digits"
