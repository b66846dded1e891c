"""Which cipher suites the binary ports take, and what a client is told that has none of them."""

from __future__ import annotations

import ssl

import pytest

from fakeapns.certificates import default_authority, no_shared_suite, server_context
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import TLSVersion
from fakeapns.scenario.tls_terms import TLSTerms

TRIPLE_DES, RC4, ECDSA, OF_RSA, UNHEARD_OF = 0x000A, 0x0005, 0xC02B, 0x009C, 0x1234
#: DHE wants parameters besides our key, and there are none.
DHE = 0x009E
API = TLSTerms.of("api", Settings())


def binary(minimum: TLSVersion) -> TLSTerms:
    return TLSTerms.of("gateway", Settings(tls_minimum=minimum))


def test_apples_suites_are_taken_behind_all_that_python_takes_by_itself() -> None:
    ours = [each["name"] for each in server_context(default_authority(), Settings()).get_ciphers()]
    usual = [each["name"] for each in ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).get_ciphers()]
    assert ours == [*usual, "AES256-SHA", "AES128-SHA"]


@pytest.mark.parametrize(
    ("offered", "minimum", "hint"),
    [
        ([TRIPLE_DES], "1.2", "(DES-CBC3-SHA), and today's OpenSSL was built without these"),
        ([TRIPLE_DES], "1.0", "today's OpenSSL was built without"),
        ([TRIPLE_DES, RC4, 0x00FF], "1.2", "(DES-CBC3-SHA, RC4-SHA), and today's"),
        ([ECDSA, RC4], "1.2", "(ECDHE-ECDSA-AES128-GCM-SHA256, RC4-SHA): let it offer AES256-SHA"),
        ([OF_RSA], "1.2", "(AES128-GCM-SHA256): let it offer AES256-SHA or AES128-SHA"),
        ([OF_RSA], "1.2", "or set tls_minimum=1.0"),
        ([0xC02F], "1.2", "cipher suites that we have (ECDHE-RSA-AES128-GCM-SHA256), and no curve"),
        ([UNHEARD_OF], "1.2", "(0x1234)"),
        ([ECDSA] * 9, "1.2", "ECDHE-ECDSA-AES128-GCM-SHA256 and 3 more)"),
        ([0x1301, 0x5600], "1.2", "set tls_maximum=1.3"),
        ([], "1.2", "set tls_maximum=1.3"),
    ],
)
def test_a_client_is_told_what_it_offered_and_what_would_do(
    offered: list[int], minimum: TLSVersion, hint: str
) -> None:
    assert hint in no_shared_suite(offered, binary(minimum))


@pytest.mark.parametrize("minimum", ["1.0", "1.2"])
@pytest.mark.parametrize("offered", [ECDSA, DHE, TRIPLE_DES])
def test_a_lower_floor_is_no_advice_where_it_does_not_help(
    offered: int, minimum: TLSVersion
) -> None:
    assert "tls_minimum" not in no_shared_suite([offered], binary(minimum))
