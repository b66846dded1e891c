"""Arguments of `FakeAPNs` that are of no use, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..certificates import Authority
from ..errors import UsageError
from ..scenario import Scenario
from ..text import shown


def check_kinds(
    *, scenario: object, authority: object, certs: object, ledger: object, lists: Sequence[object]
) -> None:
    """Raise `UsageError` for what is of no kind that it may be of; None is what was not given.

    `lists` are the topics and the hosts.
    """
    for what, given, kinds, write in (
        ("scenario", scenario, (Scenario, str, Path), "a Scenario, a file, or a name of a story"),
        ("authority", authority, Authority, "an Authority()"),
        ("folder for certs", certs, (str, Path), "a path"),
        ("file for the ledger", ledger, (str, Path), "a path"),
    ):
        if given is not None and not isinstance(given, kinds):
            raise UsageError(f"{shown(given)} is no {what}: give {write}")
    given_lists = [each for each in lists if each is not None]
    if any(isinstance(each, str) or not isinstance(each, Sequence) for each in given_lists):
        raise UsageError("topics and hosts are lists: write topics=['com.example.app']")


def check_hosts(hosts: Sequence[object]) -> None:
    """Raise `UsageError` for what is no address to listen on."""
    for host in hosts:
        if not isinstance(host, str) or not host:
            raise UsageError(f"{shown(host)} is no host: write an address such as '127.0.0.1'")
