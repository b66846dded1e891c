"""Keys by path for who reads nothing else, without a file that a sudden end would leave behind."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import trustme

#: Where a system has a path for each open descriptor, or, as FreeBSD, for the first three.
PATHS = "/dev/fd"


@contextlib.contextmanager
def as_path(pem: bytes) -> Iterator[str]:
    """A path from which this can be read once: of a pipe, or of a file where those have none."""
    with _piped(pem) as path:
        if path is not None:
            yield path
            return
    with trustme.Blob(pem).tempfile() as path:
        yield path


@contextlib.contextmanager
def _piped(pem: bytes) -> Iterator[str | None]:
    reading, writing = os.pipe()
    try:
        path = f"{PATHS}/{reading}"
        try:
            there = os.path.exists(path)
            if there:
                # A pipe takes as much at once: a certificate, or a key.
                os.write(writing, pem)
        finally:
            os.close(writing)
        yield path if there else None
    finally:
        os.close(reading)
