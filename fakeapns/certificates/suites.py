"""Cipher suites: which a service takes, and what a client lacks that has none of them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import lru_cache

from ..scenario import TLSTerms

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
#: Key exchanges after which nobody can read what was recorded before.
_EPHEMERAL = ("kx-ecdhe", "kx-dhe")
_FEW = 6
#: The terms on which most suites are taken.
_LOWEST = TLSTerms(minimum="1.0", maximum="1.2")


def choose_suites(context: ssl.SSLContext, terms: TLSTerms) -> None:
    """Take what the real gateway chose behind all that a new context takes already. For those who
    speak no more than TLS 1.0 or 1.1, take what there was then, and under HTTP/2 only what that
    does not forbid.
    """
    if terms.minimum in ("1.0", "1.1"):
        context.set_ciphers(_OF_OLD)
        return
    known = [each for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"]
    if terms.alpn is not None:
        # Those of RFC 9113, appendix A, are all others: clients leave a server that chooses one.
        names = [each["name"] for each in known if each["aead"] and each["kea"] in _EPHEMERAL]
        context.set_ciphers(":".join(names))
        return
    context.set_ciphers(":".join((*(each["name"] for each in known), *APPLES)))


def no_shared_suite(offered: Sequence[int], terms: TLSTerms) -> str:
    """What to do about a client that offers only these suites, by number, to a service with these
    terms.
    """
    offered = [each for each in offered if each not in _SIGNS and each >> 8 != 0x13]
    if not offered:
        setting = f"{terms.setting}_maximum=1.3"
        return f"the client offers no cipher suite of TLS 1.2: let it, or set {setting}"
    if not _usable(terms).isdisjoint(offered):
        return (
            f"the client offers cipher suites that we have ({_listed(offered)}), and no curve or "
            f"signature that goes with them: let it offer the curve P-256{_or_without(terms)}"
        )
    offers = f"the client offers no cipher suite that we have ({_listed(offered)})"
    wanted = f"let it offer {_wanted(terms)}"
    if all(each in _DROPPED for each in offered):
        return f"{offers}, and today's OpenSSL was built without these: {wanted}"
    if terms.alpn is None and not _usable(_LOWEST).isdisjoint(offered):
        return f"{offers}: {wanted}, or set tls_minimum=1.0, which takes those of old"
    return f"{offers}: {wanted}"


def _or_without(terms: TLSTerms) -> str:
    """What else would do, for who has none of our curves."""
    return f", or {APPLES[0]}" if terms.alpn is None else ""


def _wanted(terms: TLSTerms) -> str:
    if terms.alpn is None:
        return f"{' or '.join(APPLES)}, as Apple's gateway chose"
    return "ECDHE-RSA-AES128-GCM-SHA256, which all who speak HTTP/2 have (RFC 9113, 9.2.2)"


@lru_cache
def _known(terms: TLSTerms) -> dict[int, str]:
    """The suites of a service with these terms, by number."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    choose_suites(context, terms)
    return {each["id"] & 0xFFFF: each["name"] for each in context.get_ciphers()}


def _usable(terms: TLSTerms) -> set[int]:
    """Those of them that go with our RSA certificate and no further parameters."""
    known = _known(terms).items()
    return {number for number, name in known if name.startswith(("ECDHE-RSA-", "AES"))}


def _listed(numbers: Sequence[int]) -> str:
    known = {**_DROPPED, **_known(_LOWEST)}
    names = [known.get(each, f"0x{each:04x}") for each in numbers[:_FEW]]
    more = f" and {len(numbers) - _FEW} more" if len(numbers) > _FEW else ""
    return f"{', '.join(names)}{more}"
