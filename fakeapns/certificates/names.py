"""What the files in a folder of certificates are called, and which topics can name some."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, get_args

from ..errors import UsageError
from ..scenario import TOPIC
from ..text import shown
from .apple import Kind, Scope
from .authority import Validity

CA, BUNDLE, TRUSTSTORE = "ca.pem", "ca-bundle.pem", "truststore.p12"
CA_KEY = "ca.key"
#: A provider's key by its id, as Apple's site names the file, and the list of all keys.
P8, KEYS = "AuthKey_{}.p8", "keys.json"
#: What the names of the server's own files begin with.
SERVER = "server"

_OURS = ("ca", "ca-bundle", "foreign", "server", "truststore")
_ORDINARY = ("app", "both", "valid")
#: What the names of other certificates end in.
_UNUSUAL = {each for kind in (Kind, Scope, Validity) for each in get_args(kind)} - {*_ORDINARY}


class ClientNames(NamedTuple):
    """The files of one client certificate; `pem` has certificate and key, `pkcs12` the CA too."""

    certificate: str
    key: str
    pem: str
    pkcs12: str


def client_names(stem: str) -> ClientNames:
    """What the files are called whose names begin like this: a topic, or what `stem_of` makes."""
    return ClientNames(f"{stem}.crt", f"{stem}.key", f"{stem}.pem", f"{stem}.p12")


def stem_of(topic: str, kind: Kind, scope: Scope, validity: Validity) -> str:
    """What the names of a client certificate's files begin with."""
    unusual = [each for each in (kind, scope, validity) if each not in _ORDINARY]
    # Two dashes keep them apart from topics that end in the same word, such as .voip.
    return "--".join([topic, *unusual])


def is_unusual(stem: str) -> bool:
    """Whether files of this name are those of a certificate that was minted on request."""
    topic, _, mark = stem.rpartition("--")
    return bool(topic) and mark in _UNUSUAL


def topics_in(directory: Path) -> list[str]:
    """The topics that have an ordinary client certificate there, in the order of their names."""
    stems = [path.stem for path in sorted(directory.glob(client_names("*").pem))]
    return [
        stem
        for stem in stems
        if (directory / client_names(stem).certificate).exists() and not is_unusual(stem)
    ]


def check_topic(topic: str) -> None:
    """Raise `UsageError` for a topic that can name neither an app nor a file."""
    if not isinstance(topic, str):
        raise UsageError(f"{shown(topic)} is no topic: write a bundle id such as com.example.app")
    if topic in _OURS or is_unusual(topic):
        raise UsageError(
            f"{shown(topic)} names a file of our own: choose a topic such as com.{topic}"
        )
    if not re.fullmatch(TOPIC, topic):
        raise UsageError(f"{shown(topic)} is no topic: write a bundle id such as com.example.app")
