"""What both forms of `FakeAPNs` offer without waiting for anything."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

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
from ..errors import UsageError, unknown_name
from ..provider import Address, ApiAddress, Client, ClientFiles, Endpoint, KeyFile
from ..push import Devices
from ..scenario import On, Settings, Step
from ..scenario.faults import Fault
from .assertions import Records
from .channels import HeldChannels
from .emulator import NO_SOCKETS, Emulator

#: What to connect to where every address is listened on.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Surface(Records):
    """Addresses, certificates, devices, channels, faults and records of one server."""

    @property
    def failure(self) -> Exception | None:
        """What a connection has made the server fail with: never of a provider's making."""
        return self._emulator.failure

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._emulator.settings

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that have a client certificate from the start."""
        return self._emulator.topics

    @property
    def devices(self) -> Devices:
        """The devices that exist."""
        return self._emulator.devices

    @property
    def channels(self) -> HeldChannels:
        """The channels that exist, for broadcasts over the provider API."""
        return HeldChannels(self, self._emulator.channels, self.topics[0])

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

    def django_push_notifications(
        self, topic: str | None = None, **settings: Any
    ) -> AbstractContextManager[dict[str, Any]]:
        """`with apns.django_push_notifications():` points django-push-notifications 1.4.1 here.

        `settings` are further keys of PUSH_NOTIFICATIONS_SETTINGS, such as
        `APNS_ERROR_TIMEOUT=1`: without it the library never looks whether there was an error.
        The library insists on TLS 1.0, and here it takes what the server offers.
        """
        from ..provider.libraries import django_push_notifications

        return django_push_notifications(lambda: self._client(topic), settings)

    def endpoint(self, topic: str | None = None) -> Endpoint:
        """Where this server is, for whoever is to tell others: its files are all written.

        There is a client for each of its topics, and for `topic`. Raises `UsageError` if the
        server is not running.
        """
        topics = [*self.topics, topic] if topic else self.topics
        plain_api = None if self._emulator.services.plain_api is None else self.plain_api
        return Endpoint.of(
            self.folder,
            self._emulator.keys,
            topics,
            gateway=self.gateway,
            feedback=self.feedback,
            api=self.api,
            plain_api=plain_api,
        )

    def _client(self, topic: str | None) -> Client:
        gateway, feedback, api = self.gateway, self.feedback, self.api
        files = ClientFiles.of(self.client_certificate(topic))
        key = KeyFile.of(self._emulator.keys.usual)
        chosen = topic or self.topics[0]
        return Client(gateway, feedback, self.ca_file, chosen, files, api, key)

    # ---- what goes wrong --------------------------------------------------------------------

    def inject(
        self,
        fault: Fault,
        *,
        times: int | None = None,
        per: Literal["server", "connection"] = "server",
        **on: Any,
    ) -> Step:
        """Let a fault act on the notifications that `on` describes, by default on all.

        `on` are the fields of `On`: `notification=3`, `every=100`, `token="1b*"`,
        `where=lambda notification: …` and so on. Faults injected first come first, behind those of
        the scenario. `times` bounds how often it acts, for the server or for each connection as
        `per` has it. What a `where` raises fails the test: see `reraise`. Raises `UsageError` for
        an unknown trigger, for a chance without a seed and for what cannot be together with the
        settings, `ScenarioError` for a trigger that the fault cannot know.
        """
        unknown = set(on) - set(On.__struct_fields__)
        if unknown:
            raise UsageError(unknown_name("trigger", min(unknown), On.__struct_fields__))
        step = Step(fault, On(**on), times, per)
        if step.on.chance is not None and self.seed is None:
            raise UsageError("chance needs a seed: give FakeAPNs one")
        impossible = step.fault.impossible(self.settings.tls_maximum)
        if impossible is not None:
            raise UsageError(impossible)
        self._emulator.triggers.add(step)
        self._emulator.injected.append(step)
        self._emulator.steps_changed()
        return step

    def clear_faults(self) -> None:
        """Forget all faults that were injected. Those of the scenario stay."""
        self._emulator.triggers.remove(self._emulator.injected)
        self._emulator.injected.clear()
        self._emulator.steps_changed()


def emulator_of(apns: Surface) -> Emulator:
    """What is behind a server, for another form of it."""
    return apns._emulator
