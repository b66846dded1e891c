"""What other people's clients need to run, and what it means when it is not here."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"
#: What nothing proves without them.
_PYTHON = "a real Python client gets everything through"
_NODE = "a real Node client gets everything through"
_CURL = "curl gets everything through"
_GO = "a real Go client gets everything through"


def need(there: bool, what: str, unproven: str) -> None:
    """Go on if it is there. Skip, saying what stays unproven; in CI, fail."""
    if there:
        return
    message = f"{what} is missing, so nothing here proves that {unproven}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def need_python(library: str) -> None:
    """Go on if this library can be imported."""
    need(importlib.util.find_spec(library) is not None, library, _PYTHON)


def need_pushjack() -> None:
    """Go on if pushjack is here, and a Python that it runs on."""
    found = sys.version_info < (3, 12) and importlib.util.find_spec("pushjack") is not None
    need(found, "pushjack on Python 3.11", _PYTHON)


def node_with(package: str | None = None) -> str:
    """The path of Node, if it and this package of npm are here."""
    node, version = _node()
    need(node is not None, "Node", _NODE)
    assert node is not None
    need(version >= 20, "Node 20", _NODE)
    there = package is None or (NODE / "node_modules" / package).is_dir()
    need(there, f"the package {package} (npm install --prefix {NODE})", _NODE)
    return node


@functools.cache
def _node() -> tuple[str | None, int]:
    node = shutil.which("node")
    if node is None:
        return None, 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)", said)
    return node, 0 if found is None else int(found[1])


def curl_with_http2() -> str:
    """The path of curl, if it is here and speaks HTTP/2."""
    curl = shutil.which("curl")
    need(curl is not None, "curl", _CURL)
    assert curl is not None
    said = subprocess.run([curl, "--version"], capture_output=True, text=True).stdout
    need("HTTP2" in said, "a curl that speaks HTTP/2", _CURL)
    return curl


def go() -> str:
    """The path of Go, if it is here: one that knows modules."""
    found = shutil.which("go")
    need(found is not None, "Go", _GO)
    assert found is not None
    said = subprocess.run([found, "version"], capture_output=True, text=True).stdout
    version = re.search(r"go1\.(\d+)", said)
    need(version is not None and int(version[1]) >= 16, "Go 1.16", _GO)
    return found


@contextlib.contextmanager
def driving(
    command: list[str], order: bytes, further: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A driver that has read its order; it ends with the context. It has `further` variables."""
    pipes, env = subprocess.PIPE, {**os.environ, **(further or {})}
    with subprocess.Popen(command, stdin=pipes, stdout=pipes, stderr=pipes, env=env) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(order)
            process.stdin.close()
            process.stdin = None
            yield process
        finally:
            process.kill()
