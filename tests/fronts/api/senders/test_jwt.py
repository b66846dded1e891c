"""Tokens: what is read of them, and what is said of those that are none."""

from __future__ import annotations

from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.fronts.api.senders.jwt import is_signed_by, read_token

from .signing import KEY, NOW, OTHER_KEY, TEAM, by_hand, header, part, private_key, token

HEAD = {"alg": "ES256", "kid": KEY}
CLAIMS = {"iss": TEAM, "iat": NOW}
ANY = b"\x01" * 64
#: As Apple prints it (Sending notification requests to APNs).
APPLES_SAMPLE = (
    b"bearer eyAia2lkIjogIjhZTDNHM1JSWDciIH0.eyAiaXNzIjogIkM4Nk5WOUpYM0QiLCAiaWF0IjogIjE0NTkxNDM1"
    b"ODA2NTAiIH0.MEYCIQDzqyahmH1rz1s-LFNkylXEa2lZ_aOCX4daxxTZkVEGzwIhALvkClnx5m5eAT6Lxw7LZtEQcH6J"
    b"ENhJTMArwLf3sXwi"
)


def test_what_another_library_has_made_is_read_and_its_signature_is_good() -> None:
    found = read_token(header(token()))
    assert (found.key_id, found.team_id, found.issued_at) == (KEY, TEAM, NOW)
    assert (found.wrong, found.warnings) == (None, ())
    assert is_signed_by(found, private_key(KEY).public_key())
    assert not is_signed_by(found, private_key(OTHER_KEY).public_key())


def test_the_parts_of_a_token_are_those_of_the_standard() -> None:
    # RFC 7515 by hand, so that no library can be wrong for both.
    assert part({"alg": "ES256", "kid": KEY}).startswith(b"eyJhbGciOiAiRVMyNTYi")
    found = read_token(
        b"bearer eyJhbGciOiJFUzI1NiIsImtpZCI6IkFCQzEyM0RFRkcifQ."
        b"eyJpc3MiOiJERUYxMjNHSElKIiwiaWF0IjoxNTc3ODM2ODAwfQ." + part(ANY)
    )
    assert (found.key_id, found.team_id, found.issued_at) == (KEY, TEAM, NOW)
    assert decode_dss_signature(found.signature) == (int.from_bytes(ANY[:32]),) * 2


@pytest.mark.parametrize("scheme", [b"bearer ", b"Bearer ", b"BEARER ", b"bearer   ", b" bearer "])
def test_the_scheme_is_known_in_whatever_case(scheme: bytes) -> None:
    assert read_token(header(token(), scheme)).wrong is None


def test_a_signature_in_der_is_good_with_a_warning() -> None:
    found = read_token(by_hand(HEAD, CLAIMS))
    assert found.wrong is None
    assert is_signed_by(found, private_key(KEY).public_key())
    assert found.warnings == (
        "the signature of the token is in DER: RFC 7518 (3.4) has R and S behind each other",
    )


@pytest.mark.parametrize("iat", [str(NOW), float(NOW), NOW + 0.0, f"{NOW}.0"])
def test_an_iat_that_is_no_whole_number_is_read_with_a_warning(iat: object) -> None:
    found = read_token(header(token(iat=iat)))
    assert (found.issued_at, found.wrong) == (NOW, None)
    [warning] = found.warnings
    assert warning.startswith("the iat of the token is ")


def test_a_fraction_of_a_second_counts() -> None:
    assert read_token(header(token(iat=NOW + 0.5))).issued_at == NOW + 0.5


@pytest.mark.parametrize("more", [{"typ": "JWT"}, {"x5c": []}, {"crit": 1}])
def test_what_else_a_header_has_is_nothing(more: dict[str, object]) -> None:
    assert read_token(by_hand(HEAD | more, CLAIMS | {"exp": 1, "aud": "x"}, ANY)).wrong is None


def test_apples_own_sample_is_refused_for_what_is_wrong_with_it() -> None:
    found = read_token(APPLES_SAMPLE)
    assert (found.key_id, found.team_id) == ("8YL3G3RRX7", "C86NV9JX3D")
    assert found.wrong == (
        "the header of the token has no alg: sign with ES256, and write that there"
    )


#: A key as its file has it, and what stands between its first and its last line.
PEM = private_key(KEY).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PKCS8 = PEM.split("-----")[2].strip()
NO_DOTS = "three with dots between: header, claim set and signature"


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        # Not a token at all.
        (b"", "does not begin with bearer: write `bearer`, a blank and the token"),
        (token().encode(), "does not begin with bearer"),
        (header(token(), b"bearer"), "does not begin with bearer"),
        (header(token(), b"bearer:"), "does not begin with bearer"),
        (b"Basic dXNlcjpwYXNz", "begins with Basic: write `bearer`"),
        (b"bearer", "has no token behind `bearer`"),
        (b"bearer  ", "has no token behind `bearer`"),
        (header(PEM), "has the text of a .p8 file"),
        (header(PKCS8), "has the text of a .p8 file"),
        (PEM.encode(), "has the text of a .p8 file"),
        # Its form.
        (b"bearer x", "the token has 1 part, and should have three with dots between"),
        (b"bearer a.b", f"the token has 2 parts, and should have {NO_DOTS}"),
        (b"bearer a.b.c.d.e", "the token has 5 parts"),
        (b"bearer ..", "the header of the token is no JSON object: write one, then base64url"),
        (by_hand(b"\xff", CLAIMS, ANY), "the header of the token is no JSON object"),
        (by_hand([HEAD], CLAIMS, ANY), "the header of the token is no JSON object"),
        (by_hand(HEAD, b"[" * 4000, ANY), "the claim set of the token is no JSON object"),
        (by_hand(HEAD, "DEF123GHIJ", ANY), "the claim set of the token is no JSON object"),
        (by_hand(HEAD, CLAIMS, ANY) + b"==", "the signature of the token is base64 and not"),
        (by_hand(HEAD, CLAIMS, ANY)[:-2] + b"+/", "the signature of the token is base64 and not"),
        (by_hand(HEAD, CLAIMS, ANY) + b" x", "the signature of the token has blanks"),
        (by_hand(HEAD, CLAIMS, ANY) + b"\xe4", "the signature of the token is no base64url"),
        (by_hand(HEAD, CLAIMS, ANY) + b"AAA", "the signature of the token is no base64url"),
        # What it says.
        (by_hand({"kid": KEY}, CLAIMS, ANY), "the header of the token has no alg: sign with ES256"),
        (by_hand(HEAD | {"alg": "HS256"}, CLAIMS, ANY), "has the alg 'HS256': sign with ES256"),
        (by_hand(HEAD | {"alg": "none"}, CLAIMS, b""), "has the alg 'none': sign with ES256"),
        (by_hand(HEAD | {"alg": "es256"}, CLAIMS, ANY), "has the alg 'es256': sign with ES256"),
        (by_hand(HEAD | {"alg": ["ES256"]}, CLAIMS, ANY), "has the alg ['ES256']"),
        (by_hand({"alg": "ES256"}, CLAIMS, ANY), "the header of the token has no kid: write the"),
        (by_hand(HEAD | {"kid": 5}, CLAIMS, ANY), "the header of the token has 5 as kid"),
        (by_hand(HEAD, {"iat": NOW}, ANY), "has no iss: write the id of"),
        (by_hand(HEAD, CLAIMS | {"iss": None}, ANY), "the claim set of the token has no iss"),
        (by_hand(HEAD, {"iss": TEAM}, ANY), "has no iat: write when"),
        (by_hand(HEAD, CLAIMS | {"iat": True}, ANY), "the iat of the token is True: write a"),
        (by_hand(HEAD, CLAIMS | {"iat": "now"}, ANY), "the iat of the token is 'now': write a"),
        (by_hand(HEAD, CLAIMS | {"iat": [NOW]}, ANY), f"the iat of the token is [{NOW}]"),
        (by_hand(HEAD, CLAIMS | {"iat": NOW * 1000}, ANY), "write seconds, not milliseconds"),
        (by_hand(HEAD, CLAIMS | {"iat": f"{NOW}000"}, ANY), "write seconds, not milliseconds"),
        (by_hand(HEAD, CLAIMS | {"iat": 10**400}, ANY), "of the token"),
        (by_hand(HEAD, CLAIMS, b""), "the signature of the token has no bytes: write R and S"),
        (by_hand(HEAD, CLAIMS, ANY[1:]), "the signature of the token has 63 bytes: write R and S"),
        (by_hand(HEAD, CLAIMS, b"\x30" + ANY), "the signature of the token has 65 bytes"),
    ],
    # Signatures differ from run to run, and two workers have to know a test by one name.
    ids=count(),
)
def test_what_is_wrong_is_said_with_what_to_do(authorization: bytes, said: str) -> None:
    wrong = read_token(authorization).wrong
    assert wrong is not None
    assert said in wrong
    assert len(wrong.splitlines()) == 1


def test_ids_are_known_though_something_else_is_wrong() -> None:
    found = read_token(by_hand(HEAD | {"alg": "HS256"}, CLAIMS, ANY))
    assert (found.key_id, found.team_id) == (KEY, TEAM)


@pytest.mark.parametrize("iat", [-5, 0, -(10**30)])
def test_a_time_before_all_times_is_one(iat: int) -> None:
    found = read_token(by_hand(HEAD, CLAIMS | {"iat": iat}, ANY))
    assert found.issued_at <= 0


def test_what_is_said_has_no_secret_in_it() -> None:
    secret = token().encode()
    for odd in (secret, b"Basic " + secret, b"bearer " + secret[:-20], b"bearer " + secret + b"="):
        wrong = read_token(odd).wrong or ""
        assert not any(piece.decode() in wrong for piece in secret.split(b"."))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
HEADS = st.fixed_dictionaries({}, optional={"alg": st.just("ES256") | JSON, "kid": JSON})
BODIES = st.fixed_dictionaries({}, optional={"iss": JSON, "iat": JSON | st.integers()})


@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda odd: b"bearer " + odd)
    | st.builds(by_hand, HEADS | st.binary(), BODIES | st.binary(), st.binary(max_size=80))
)
def test_whatever_stands_in_the_header_is_read_or_said_to_be_wrong(authorization: bytes) -> None:
    found = read_token(authorization)
    if found.wrong is None:
        assert isinstance(found.key_id, str)
        assert isinstance(found.issued_at, float)
        assert not is_signed_by(found, private_key(KEY).public_key())
    else:
        assert found.wrong.isprintable()
