"""Why OpenSSL does not accept a client's certificate, in words.

The codes are those of `X509_V_ERR_…` in OpenSSL's `x509_vfy.h`.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import lru_cache

from .der import Unreadable
from .reading import Name, read_certificate

#: What helps against most of it.
PRESENT = "give the client one of our client certificates, such as the .pem beside ca.pem"
_RENEW = f"issue a new one, or {PRESENT}"
_CHAIN = "let the client send the intermediate certificates along with its own"
_CA = "trust its CA with the setting client_ca"

_UNTRUSTED = ("client-certificate-untrusted", f"is not from our CA: {PRESENT}, or {_CA}")
_WEAK = (
    "client-certificate-weak",
    "is too weak for today's OpenSSL, with its key or the hash of its signature: "
    f"{_RENEW}; or set tls_minimum=1.0, which takes what is weak",
)
_NO_CA = (
    "client-certificate-issuer-no-ca",
    "was issued by one that may not issue any: let a CA issue it, whose key usage has keyCertSign",
)
_NAME_FORBIDDEN = (
    "client-certificate-name-forbidden",
    "has a name that its CA may not issue (name constraints): let another CA issue it",
)
_UNREADABLE = "client-certificate-unreadable"
_UNREADABLE_TIME = (_UNREADABLE, f"has a date that cannot be read: {_RENEW}")

#: Our reason, and what is to be said of the client's certificate.
_REASONS = {
    7: (
        "client-certificate-signature",
        "has a signature that is not its issuer's, so it was changed, or issued by another CA of "
        f"the same name: {_RENEW}",
    ),
    9: (
        "client-certificate-not-yet-valid",
        "begins in the future: compare the clocks of both machines, or issue a new one",
    ),
    10: ("client-certificate-expired", f"has expired, or one of its chain has: {_RENEW}"),
    13: _UNREADABLE_TIME,
    14: _UNREADABLE_TIME,
    18: (
        "client-certificate-self-signed",
        f"has signed itself: {PRESENT}, or trust it with the setting client_ca",
    ),
    19: _UNTRUSTED,
    22: (
        "client-certificate-chain-too-long",
        "stands at the end of too long a chain: let it be issued by a CA nearer to the root",
    ),
    23: ("client-certificate-revoked", f"is revoked: {_RENEW}"),
    # OpenSSL 1.1; 79 since 3.0.
    24: _NO_CA,
    25: (
        "client-certificate-chain-too-long",
        "stands below more CAs than one of them allows (its path length): let it be issued by a "
        "CA nearer to the root",
    ),
    26: (
        "client-certificate-wrong-purpose",
        "is not for clients: issue one whose extended key usage names clientAuth, and whose key "
        f"usage lets it sign, or {PRESENT}",
    ),
    27: _UNTRUSTED,
    28: _UNTRUSTED,
    32: _NO_CA,
    34: (
        "client-certificate-unknown-extension",
        "has a critical extension that OpenSSL does not know: issue one where it is not critical",
    ),
    47: _NAME_FORBIDDEN,
    48: _NAME_FORBIDDEN,
    66: _WEAK,
    67: _WEAK,
    68: _WEAK,
    79: _NO_CA,
}
#: Characters of an issuer's name that are shown.
_NAME = 200
#: No issuer was found: of the client's own certificate, or of one further up.
_NO_ISSUER = (2, 20, 21)


def explain_verification(
    wrong: ssl.SSLCertVerificationError, presented: Sequence[bytes], trusted: Sequence[bytes]
) -> tuple[str, str]:
    """The reason and the hint for a client's certificate that was not accepted.

    `presented` is its chain as far as known, `trusted` the CAs, all in DER. OpenSSL says the same
    of a stranger and of somebody whose intermediate certificate is not there; their names differ.
    """
    code = wrong.verify_code
    if code in _NO_ISSUER:
        reason, said = _without_issuer(presented, trusted)
    else:
        reason, said = _REASONS.get(code) or (
            "client-certificate-refused",
            f"was not accepted by OpenSSL ({wrong.verify_message}, code {code}): {_RENEW}",
        )
    return reason, f"the client's certificate {said}"


def explain_unreadable(wrong: Unreadable) -> tuple[str, str]:
    """The reason and the hint for a client's certificate that is trusted and says nothing."""
    return _UNREADABLE, f"the client's certificate cannot be read, since {wrong}: {_RENEW}"


def _without_issuer(presented: Sequence[bytes], trusted: Sequence[bytes]) -> tuple[str, str]:
    reason, said = _UNTRUSTED
    try:
        issuer = read_certificate(presented[-1]).issuer
    except (IndexError, Unreadable):
        # TLS 1.3 hides the chain, and OpenSSL does not hand out what it has refused.
        return reason, f"{said}; if it is from one of that CA's intermediates, {_CHAIN}"
    name = str(issuer)[:_NAME]
    if any(_name_of(each) == issuer for each in trusted):
        return reason, (
            "is from another CA of the same name as one of ours, as of an earlier start: "
            f"{PRESENT}, or trust that CA with the setting client_ca"
        )
    if "Apple" in name and "not Apple" not in name:
        return reason, f"is a real one of Apple's, which is not needed here: {PRESENT}, or {_CA}"
    return "client-certificate-issuer-missing", (
        f"was issued by {name!r}, which is none of the CAs that we trust and did not come along: "
        f"{_CHAIN} if that is an intermediate, else {_CA}, or {PRESENT}"
    )


# Whoever is refused is compared with all of them, and a system's bundle has 150 (80 µs each).
@lru_cache(maxsize=1024)
def _name_of(trusted: bytes) -> Name | None:
    try:
        return read_certificate(trusted).subject
    except Unreadable:
        return None
