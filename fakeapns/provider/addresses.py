"""Where services listen."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from ..errors import UsageError

#: Where the API is: Apple's own alternative to 443, which everybody may listen on.
API_PORT = 2197


class Address(msgspec.Struct, frozen=True):
    """Where a service listens: a name or an IP address without brackets, and a port."""

    host: str
    port: int


class ApiAddress(msgspec.Struct, frozen=True):
    """Where the provider API listens, also as a URL without a path: https, or http without TLS."""

    host: str
    port: int
    url: str

    @property
    def scheme(self) -> str:
        """`https`, or `http` where there is no TLS."""
        return self.url.partition(":")[0]

    @property
    def authority(self) -> str:
        """Host and port as a request says them."""
        return self.url.partition("//")[2]

    @classmethod
    def of(cls, address: Address, *, tls: bool = True) -> ApiAddress:
        """The same address, with its URL."""
        return cls(address.host, address.port, _url("https" if tls else "http", address))

    @classmethod
    def at(cls, url: str, named: str = "--api-url") -> ApiAddress:
        """The address of a URL, without a path. Raises `UsageError`, which says where it stood."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host or parts.path not in ("", "/"):
            raise UsageError(
                f"{named} {url!r} is no address of an API: write https://127.0.0.1:{API_PORT}, or "
                "http:// for the plain port"
            )
        secure = parts.scheme == "https"
        return cls.of(Address(host, port or (443 if secure else 80)), tls=secure)


class ProxyAddress(msgspec.Struct, frozen=True):
    """Where the CONNECT proxy listens, also as the URL that HTTPS_PROXY takes."""

    host: str
    port: int
    url: str

    @classmethod
    def of(cls, address: Address) -> ProxyAddress:
        """The same address, with its URL."""
        return cls(address.host, address.port, _url("http", address))


def _url(scheme: str, address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{scheme}://{host}:{address.port}"
