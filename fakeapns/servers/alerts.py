"""The alerts of TLS: by number and name, as a record, and what a client usually means by one.

Names are those of IANA's registry of TLS alerts, reserved ones of older versions included.
"""

from __future__ import annotations

import ssl
import struct

_ALERT = struct.Struct(">BHHBB")
_RECORD_VERSIONS = {"TLSv1": 0x0301, "TLSv1.1": 0x0302}

#: What to set so that a client trusts our CA. Languages differ: SSL_CERT_FILE does for Python, Go,
#: Ruby and PHP, and not for Node, curl and Java (measured).
TRUST = (
    "give ca.pem (in a test: apns.ca_file) to its CA option, or set the variable that its language "
    "reads, which `fakeapns env --for LANGUAGE` prints and apns.in_environment() sets"
)
_NAMES_OF_OURS = "localhost, 127.0.0.1 or one of Apple's names"
_UPDATE = "let it offer TLS 1.2 with a cipher suite of today, or update it"

NAMES = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    52: "too_many_cids_requested",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    117: "general_error",
    120: "no_application_protocol",
    121: "ech_required",
}

#: Our reason, and a sentence with what to do. Which alert stands for what is
#: OpenSSL's table (`ssl_x509err2alert`): 42 also for a wrong name. Go says 42 and Java 46 of each
#: certificate that they do not accept, whatever is wrong with it.
_MEANINGS = {
    0: (
        "disconnected",
        "the client closed the connection in the handshake: see its own log for why",
    ),
    40: ("client-refused-handshake", f"nothing that we offer suits the client: {_UPDATE}"),
    41: (
        "no-client-certificate",
        "the client has no certificate: give it one of our client certificates",
    ),
    42: (
        "client-refused-certificate",
        "the client connects by a name that our certificate does not have: use "
        f"{_NAMES_OF_OURS}; or it does not trust our CA: {TRUST}",
    ),
    43: (
        "client-refused-certificate",
        "the client cannot use RSA certificates: let it accept them",
    ),
    44: (
        "client-refused-certificate",
        "the client holds our certificate for revoked: switch its check for revocation off, since "
        "nobody publishes a list for a CA of a test",
    ),
    45: (
        "client-refused-certificate",
        "the client holds our certificate for expired: compare the clocks of both machines, or "
        "restart the server, which mints a new one",
    ),
    46: (
        "client-refused-certificate",
        "the client does not accept our certificate, mostly since it does not trust our CA: "
        f"{TRUST}",
    ),
    48: ("client-does-not-trust-ca", f"the client does not trust our CA: {TRUST}"),
    49: ("client-refused-certificate", "a rule of the client forbids our certificate: change that"),
    51: ("client-refused-handshake", "the client could not verify a signature of ours: update it"),
    60: ("client-refused-handshake", f"the client may only use weak ciphers: {_UPDATE}"),
    70: (
        "tls-version",
        "the client refuses our version of TLS: set tls_maximum or tls_minimum to its own",
    ),
    71: ("client-refused-handshake", f"our ciphers or keys are too weak for the client: {_UPDATE}"),
    80: ("client-refused-handshake", "the client failed for a reason of its own: see its own log"),
    86: ("tls-version", "the client takes us for a downgraded server: let it begin with TLS 1.2"),
    90: ("disconnected", "the client was told to stop: see its own log for why"),
    109: ("client-refused-handshake", "the client misses an extension of TLS: let it do without"),
    110: ("client-refused-handshake", "the client did not ask for an extension of ours: update it"),
    112: (
        "client-refused-certificate",
        f"the client wants another name: let it use {_NAMES_OF_OURS}",
    ),
    113: (
        "client-refused-certificate",
        "the client wants proof that our certificate is not revoked: switch its OCSP check off",
    ),
    116: (
        "no-client-certificate",
        "the client wants a certificate where there is none: see its own log",
    ),
    120: (
        "client-refused-handshake",
        "the client insists on a protocol (ALPN) that is not spoken here: let it ask for h2 at the "
        "provider API, and for none at the binary ports",
    ),
    121: (
        "client-refused-handshake",
        "the client insists on an encrypted hello: switch ECH off in it",
    ),
}
#: What may be said of a name: 46 by those who say it of everything.
_OF_NAMES = (42, 46, 112)
_BROKEN = (
    "client-refused-handshake",
    "TLS broke on the way: look for what changes bytes in between (a proxy, a client that writes "
    "to the bare socket), or update the client",
)


def fatal_alert(number: int, version: str | None = None) -> bytes:
    """The record of an alert, as it is before encryption starts. A client takes no other version
    than the one that was agreed upon, such as `TLSv1.1`, once that is so.
    """
    # Type 21, version, length 2, level 2 for fatal, the number (RFC 5246, 6.2.1 and 7.2).
    return _ALERT.pack(21, _RECORD_VERSIONS.get(version or "", 0x0303), 2, 2, number)


def alert_name(number: int) -> str:
    """As in `unknown_ca, alert 48`."""
    return f"{NAMES.get(number, 'an unknown alert')}, alert {number}"


def meaning(number: int, wrong_name: str | None = None) -> tuple[str, str]:
    """The reason and the hint for an alert that a client sent in its handshake.

    `wrong_name` is what it asked for by SNI, where our certificate does not have that.
    """
    reason, advice = _MEANINGS.get(number, _BROKEN)
    if wrong_name is not None and number in _OF_NAMES:
        advice = (
            "the client connects by a name that our certificate does not have: use "
            f"{_NAMES_OF_OURS} instead of {wrong_name!r}"
        )
    return reason, f"{advice} (it sent {alert_name(number)})"


def alert_of(wrong: ssl.SSLError) -> int | None:
    """The number of the alert that OpenSSL has read, None if it was something else."""
    return _BY_OPENSSL.get(wrong.reason or "")


def _openssl_names() -> dict[str, int]:
    """What OpenSSL calls them: SSLV3_ALERT_… up to 60 or so, TLSV1_ALERT_…, TLSV1_…, TLSV13_…."""
    prefixes = ("SSLV3_ALERT_", "TLSV1_ALERT_", "TLSV13_ALERT_", "TLSV1_")
    known = {f"{prefix}{name.upper()}": no for no, name in NAMES.items() for prefix in prefixes}
    return {**known, "TLSV1_ALERT_USER_CANCELLED": 90}


_BY_OPENSSL = _openssl_names()
