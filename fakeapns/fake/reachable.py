"""How others get to one server: where it is, whom they trust, and what they present."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ..certificates import (
    CertificateFolder,
    ClientCertificate,
    Kind,
    ProviderKey,
    Scope,
    Validity,
    client_context,
    new_facts,
)
from ..errors import UsageError
from ..provider import (
    Address,
    ApiAddress,
    Client,
    ClientFiles,
    Endpoint,
    KeyFile,
    ProxyAddress,
)
from .emulator import Emulator
from .services import NO_SOCKETS

if TYPE_CHECKING:
    # Imported when the first helper is called.
    from ..provider.libraries import EitherWay

#: What to connect to where every address is listened on.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Reachable:
    """Addresses, certificates and keys of one server, and clients that are pointed at it."""

    _emulator: Emulator

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that have a client certificate from the start."""
        return self._emulator.topics

    @property
    def gateway(self) -> Address:
        """Where the gateway listens: the same while it is stopped, and when it is back."""
        return self._address("gateway")

    @property
    def feedback(self) -> Address:
        """Where the feedback service listens, in the same way."""
        return self._address("feedback")

    @property
    def api(self) -> ApiAddress:
        """Where the provider API listens, in the same way."""
        return ApiAddress.of(self._address("api"))

    @property
    def plain_api(self) -> ApiAddress:
        """Where the provider API listens without TLS. Raises `UsageError` where it does not."""
        if self._emulator.services.plain_api is None:
            raise UsageError("there is no port without TLS: make the server with plain_api_port=0")
        return ApiAddress.of(self._address("plain_api"), tls=False)

    @property
    def proxy(self) -> ProxyAddress:
        """Where the CONNECT proxy listens. Raises `UsageError` where there is none."""
        if self._emulator.services.proxy is None:
            raise UsageError("there is no proxy: make the server with proxy_port=0")
        return ProxyAddress.of(self._address("proxy"))

    def _address(self, name: str) -> Address:
        port = self._emulator.port(name)
        if port is None and self._emulator.server is None:
            raise UsageError(
                "the server is not running: enter it with `with` or `async with` first"
            )
        if port is None:
            raise UsageError(NO_SOCKETS)
        host = self._emulator.hosts[0]
        return Address(_REACHABLE.get(host, host), port)

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that it listens on or will come back to; none before the first start."""
        return self._emulator.ports

    @property
    def folder(self) -> CertificateFolder:
        """The certificates as files. In tests a file exists once it has been asked for."""
        return self._emulator.folder

    @property
    def ca_file(self) -> str:
        """The path of our CA's certificate, PEM."""
        return self.folder.ca_file

    @property
    def ca_pem(self) -> bytes:
        """Our CA's certificate, PEM."""
        return self.folder.authority.ca_pem

    def client_certificate(
        self,
        topic: str | None = None,
        *,
        scope: Scope = "both",
        kind: Kind = "app",
        validity: Validity = "valid",
    ) -> ClientCertificate:
        """A client certificate for `topic`, by default the first of this server.

        `scope` is the environment it is good for, `kind` and `validity` make unusual ones;
        one of a foreign CA comes from another `Authority()`. Raises `UsageError` for a topic that
        is none, or a kind that Apple never issued.
        """
        chosen = topic or self.topics[0]
        return self.folder.client(chosen, scope=scope, kind=kind, validity=validity)

    def provider_key(
        self,
        *,
        topics: Sequence[str] | None = None,
        environment: Scope = "both",
        team: str | None = None,
        known: bool = True,
        revoked: bool = False,
    ) -> ProviderKey:
        """A key for tokens: `apns.provider_key().token()` is one for the header `authorization`.

        Without arguments it is the one that each server has from the start, for every topic of its
        team and for both environments; with any it is a new one. `topics` are those that it is for
        alone, `environment` is production, sandbox or both, and `team` the id of another team. Of
        one that is not `known` Apple has never heard. Raises `UsageError` for what cannot be.
        """
        if (topics, environment, team, known, revoked) == (None, "both", None, True, False):
            return self._emulator.keys.usual
        return self._emulator.keys.mint(new_facts(topics, environment, team, known, revoked))

    def ssl_context(self, topic: str | None = None, *, certificate: bool = True) -> ssl.SSLContext:
        """A client context that trusts us and presents the certificate for `topic`, by default
        the first of this server; or none, as who signs in by a token does.
        """
        credentials = self.client_certificate(topic).credentials if certificate else None
        return client_context(self.folder.authority, credentials)

    # ---- other people's clients -------------------------------------------------------------

    def environment(
        self, topic: str | None = None, *, runtime: str | None = None
    ) -> dict[str, str]:
        """Environment variables that tell a client in another process where to connect.

        They are those of `fakeapns env`: APNS_GATEWAY_HOST, APNS_PEM and so on, and what makes
        the TLS library of a `runtime` trust us ("python", "node", "go", "ruby", "java", "php"
        or "curl"; by default of any but curl). The certificate is the one for `topic`.
        """
        from ..provider import check_runtime, variables

        check_runtime(runtime)
        return variables(self.endpoint(topic), topic, runtime, os.environ)

    def in_environment(
        self, topic: str | None = None, *, runtime: str | None = None
    ) -> AbstractContextManager[None]:
        """`with apns.in_environment():` has the variables of `environment` in `os.environ`.

        For code that reads them in this process or hands them to its children.
        """
        from ..provider.libraries import environment_set

        return environment_set(lambda: self.environment(topic, runtime=runtime))

    def pushjack(self, topic: str | None = None, **arguments: Any) -> AbstractContextManager[Any]:
        """`with apns.pushjack() as client:` points pushjack 1.6.0 at this server.

        `client` is a new `APNSClient`, closed at the end; `arguments` are those of its
        constructor, such as `default_error_timeout=1`: it listens 10 s for an error behind the
        last notification otherwise. Every other client of the process reaches this server too,
        if it connects for the first time in this block, with a certificate that we trust.
        """
        from ..provider.libraries import pushjack

        return pushjack(lambda: self._client(topic), arguments)

    def aioapns(self, topic: str | None = None, **arguments: Any) -> EitherWay:
        """`with apns.aioapns() as client:` points aioapns, 3.0 to 4.0, at this server.

        `async with` does the same. `client` is an `aioapns.APNs` for this topic, made with
        `arguments`: it has our certificate, unless there is a `key` with its `key_id` and
        `team_id`. It can be used in any event loop, also in one that starts later, and in several
        one after the other. Every other client of the process reaches this server too, whenever it
        was made, if it connects in this block; whichever certificates it trusts, it trusts ours.
        All that was opened is closed behind it.
        """
        from ..provider.libraries import aioapns

        return aioapns(lambda: self._client(topic), arguments)

    def django_push_notifications(
        self, topic: str | None = None, **settings: Any
    ) -> AbstractContextManager[dict[str, Any]]:
        """`with apns.django_push_notifications():` points django-push-notifications here.

        `settings` are further keys of PUSH_NOTIFICATIONS_SETTINGS. Version 3.2 sends to the API
        by aioapns: it keeps the project's topics, and signs in with a key where the project does.
        1.4.1 sends to the gateway; give it `APNS_ERROR_TIMEOUT=1`, without which it never looks
        whether there was an error. It insists on TLS 1.0, and here it takes what the server offers.
        """
        from ..provider.libraries import django_push_notifications

        return django_push_notifications(self._client, topic, settings)

    def endpoint(self, topic: str | None = None) -> Endpoint:
        """Where this server is, for whoever is to tell others: its files are all written.

        There is a client for each of its topics, and for `topic`. Raises `UsageError` if the
        server is not running.
        """
        topics = [*self.topics, topic] if topic else self.topics
        services = self._emulator.services
        return Endpoint.of(
            self.folder,
            self._emulator.keys,
            topics,
            gateway=self.gateway,
            feedback=self.feedback,
            api=self.api,
            plain_api=None if services.plain_api is None else self.plain_api,
            proxy=None if services.proxy is None else self.proxy,
        )

    def _client(self, topic: str | None) -> Client:
        gateway, feedback, api = self.gateway, self.feedback, self.api
        files = ClientFiles.of(self.client_certificate(topic))
        key = KeyFile.of(self._emulator.keys.usual)
        chosen = topic or self.topics[0]
        return Client(gateway, feedback, self.ca_file, chosen, files, api, key)
