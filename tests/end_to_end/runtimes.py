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
#: Libraries of other versions than ours, to be put in front.
BESIDE = Path(__file__).parent / "beside"
#: What nothing proves without them.
_PYTHON = "a real Python client gets everything through"
_NODE = "a real Node client gets everything through"
_CURL = "curl gets everything through"
_GO = "Go's HTTP/2 gets everything through"
#: Where Debian has the sources of Go's libraries.
_GOPATH = Path("/usr/share/gocode")


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


def need_beside(library: str) -> Path:
    """The folder to put in front of `sys.path` for this library, in the version that is there."""
    folder = BESIDE / "site-packages"
    command = f"pip install --no-deps --target {folder} -r {BESIDE / 'requirements.txt'}"
    need((folder / library).is_dir(), f"{library} ({command})", _PYTHON)
    return folder


def node_with(package: str | None = None, folder: Path = NODE) -> str:
    """The path of Node, if it and this package of npm are here: the latter in this folder."""
    node, version = _node()
    need(node is not None, "Node", _NODE)
    assert node is not None
    need(version >= 20, "Node 20", _NODE)
    there = package is None or (folder / "node_modules" / package).is_dir()
    need(there, f"the package {package} (npm install --prefix {folder})", _NODE)
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


def go_itself() -> str:
    """The path of Go."""
    go = shutil.which("go")
    need(go is not None, "Go", _GO)
    assert go is not None
    return go


def go_program(folder: Path) -> str:
    """The path of what sends with golang.org/x/net/http2, compiled into this folder."""
    go = go_itself()
    there = (_GOPATH / "src" / "golang.org" / "x" / "net" / "http2").is_dir()
    need(there, "golang.org/x/net (Debian's golang-golang-x-net-dev)", _GO)
    program, source = str(folder / "push"), str(Path(__file__).parent / "go" / "push.go")
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": str(_GOPATH), "GOFLAGS": ""}
    subprocess.run([go, "build", "-o", program, source], env=env, check=True)
    return program


@contextlib.contextmanager
def driving(
    command: list[str], order: bytes, further: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A driver that has read its order, with further variables; it ends with the context."""
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
