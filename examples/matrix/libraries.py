"""The libraries, a small program for each, and what those need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec

from fakeapns.scenario import Sender

FOLDER = Path(__file__).parent.parent
#: The program of ours that stands beside them.
SEND = (sys.executable, "-m", "fakeapns", "send")


class Library(msgspec.Struct, frozen=True):
    """A library: how the table calls it, to which service it sends, the command that does so, and
    what that needs: a `module` of Python, or a `package` of npm.
    """

    title: str
    service: Sender
    command: tuple[str, ...]
    module: str | None = None
    package: str | None = None

    @property
    def folder(self) -> Path:
        """Where its program is."""
        return Path(self.command[1]).parent

    def prepare(self) -> None:
        """Fetch its package if it is missing. Raises `RuntimeError` where that is not possible."""
        program = self.command[0]
        if shutil.which(program) is None:
            raise RuntimeError(f"there is no {program}: install it")
        if self.module is not None and find_spec(self.module) is None:
            raise RuntimeError(
                f"there is no {self.module}: install '.[test]' into an environment of Python 3.11"
            )
        if self.package is None or (self.folder / "node_modules" / self.package).is_dir():
            return
        flags = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
        if subprocess.run(["npm", "install", "--prefix", str(self.folder), *flags]).returncode:
            raise RuntimeError(f"npm could not install {self.package} into {self.folder}")


def _python(name: str) -> tuple[str, ...]:
    return (sys.executable, str(FOLDER / name / "send.py"))


def _node(name: str) -> tuple[str, ...]:
    return ("node", str(FOLDER / name / "send.js"))


#: By the names of their folders, in the order of the tables.
LIBRARIES = {
    "reference-api": Library(
        "`fakeapns send`", "api", (*SEND, "--service", "api", "--tries", "20")
    ),
    "aioapns": Library("aioapns 4.0", "api", _python("aioapns"), module="aioapns"),
    "parse-node-apn": Library(
        "@parse/node-apn 8.1.0", "api", _node("parse-node-apn"), package="@parse/node-apn"
    ),
    "apns2": Library("apns2 12.2.0", "api", _node("apns2"), package="apns2"),
    "reference-gateway": Library(
        "`fakeapns send`", "gateway", (*SEND, "--confirm", "--tries", "20", "--feedback")
    ),
    "pushjack": Library("pushjack 1.6.0", "gateway", _python("pushjack"), module="pushjack"),
    "node-apn": Library("apn 1.7.8", "gateway", _node("node-apn"), package="apn"),
    "apnagent": Library("apnagent 1.1.3", "gateway", _node("apnagent"), package="apnagent"),
}


def libraries_of(service: Sender) -> dict[str, Library]:
    """Those that send to it."""
    return {name: each for name, each in LIBRARIES.items() if each.service == service}
