"""Keys by path for who reads nothing else, without a file that a sudden end would leave behind."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import trustme

#: Where a system has a path for each open descriptor.
PATHS = "/dev/fd"


@contextlib.contextmanager
def as_path(pem: bytes) -> Iterator[str]:
    """A path from which this can be read once: of a pipe, or of a file where those have none."""
    if not os.path.isdir(PATHS):
        with trustme.Blob(pem).tempfile() as path:
            yield path
        return
    reading, writing = os.pipe()
    try:
        # A pipe takes as much at once: a certificate, or a key.
        os.write(writing, pem)
        os.close(writing)
        yield f"{PATHS}/{reading}"
    finally:
        os.close(reading)
