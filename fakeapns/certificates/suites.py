"""Cipher suites: which the binary ports take, and what a client lacks that has none."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import lru_cache

#: What the real gateway chose (pushy #178; actor-platform #321), the key exchanged by RSA. CPython
#: leaves both out, since who gets hold of the key can read what was recorded before.
APPLES = ("AES256-SHA", "AES128-SHA")
#: The suites of TLS 1.0 and 1.1: OpenSSL 3 holds their hashes for too weak at any other level.
_OF_OLD = "DEFAULT:@SECLEVEL=0"
#: What OpenSSL has dropped from its builds, by number (IANA) and the name that it had there. The
#: first was what Apple's gateway chose in 2017 (java-apns #349).
_DROPPED = {
    0x000A: "DES-CBC3-SHA",
    0x0016: "DHE-RSA-DES-CBC3-SHA",
    0xC008: "ECDHE-ECDSA-DES-CBC3-SHA",
    0xC012: "ECDHE-RSA-DES-CBC3-SHA",
    0x0004: "RC4-MD5",
    0x0005: "RC4-SHA",
    0xC007: "ECDHE-ECDSA-RC4-SHA",
    0xC011: "ECDHE-RSA-RC4-SHA",
    0x0009: "DES-CBC-SHA",
    0x0015: "DHE-RSA-DES-CBC-SHA",
    0x0003: "EXP-RC4-MD5",
    0x0006: "EXP-RC2-CBC-MD5",
    0x0008: "EXP-DES-CBC-SHA",
    0x0014: "EXP-DHE-RSA-DES-CBC-SHA",
}
#: No suites but signs in the same list: RFC 5746 and RFC 7507. TLS 1.3 has suites of its own.
_SIGNS = (0x00FF, 0x5600)
_FEW = 6


def choose_suites(context: ssl.SSLContext, minimum: str) -> None:
    """Take what the real gateway chose behind all that a new context takes already. For those who
    speak no more than a `minimum` of "1.0" or "1.1", take what there was then.
    """
    if minimum in ("1.0", "1.1"):
        context.set_ciphers(_OF_OLD)
        return
    names = [each["name"] for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"]
    context.set_ciphers(":".join((*names, *APPLES)))


def no_shared_suite(offered: Sequence[int], minimum: str) -> str:
    """What to do about a client that offers only these suites, by number, to a server whose
    setting `tls_minimum` is `minimum`.
    """
    offered = [each for each in offered if each not in _SIGNS and each >> 8 != 0x13]
    if not offered:
        return "the client offers no cipher suite of TLS 1.2: let it, or set tls_maximum=1.3"
    if not _usable(minimum).isdisjoint(offered):
        return (
            f"the client offers cipher suites that we have ({_listed(offered)}), and no curve or "
            f"signature that goes with them: let it offer the curve P-256, or {APPLES[0]}"
        )
    offers = f"the client offers no cipher suite that we have ({_listed(offered)})"
    wanted = f"let it offer {' or '.join(APPLES)}, as Apple's gateway chose"
    if all(each in _DROPPED for each in offered):
        return f"{offers}, and today's OpenSSL was built without these: {wanted}"
    if not _usable("1.0").isdisjoint(offered):
        return f"{offers}: {wanted}, or set tls_minimum=1.0, which takes those of old"
    return f"{offers}: {wanted}"


@lru_cache
def _known(minimum: str) -> dict[int, str]:
    """The suites of a server with this setting `tls_minimum`, by number."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    choose_suites(context, minimum)
    return {each["id"] & 0xFFFF: each["name"] for each in context.get_ciphers()}


def _usable(minimum: str) -> set[int]:
    """Those of them that go with our RSA certificate and no further parameters."""
    known = _known(minimum).items()
    return {number for number, name in known if name.startswith(("ECDHE-RSA-", "AES"))}


def _listed(numbers: Sequence[int]) -> str:
    known = {**_DROPPED, **_known("1.0")}
    names = [known.get(each, f"0x{each:04x}") for each in numbers[:_FEW]]
    more = f" and {len(numbers) - _FEW} more" if len(numbers) > _FEW else ""
    return f"{', '.join(names)}{more}"
