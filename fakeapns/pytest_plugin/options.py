"""The options of the plugin, the ini keys that stand for them, and what was chosen.

Every run loads this module, so it imports nothing but pytest.
"""

from __future__ import annotations

import pytest

_TRACES = ("off", "on", "retain-on-failure")


def add_options(parser: pytest.Parser) -> None:
    """Make pytest know the options and the ini keys."""
    group = parser.getgroup("fakeapns", "a stand-in for Apple's push service (fakeapns)")
    for name, details, what in (
        ("scenario", {"metavar": "FILE-or-NAME"}, "the scenario of tests whose marker names none"),
        ("seed", {"type": int, "metavar": "N"}, "a seed instead of that of the scenarios"),
        (
            "trace",
            {"choices": _TRACES},
            "write a timeline of what the servers of a test recorded, one HTML file a test: for "
            "none (off, the default), for all (on), or for those that fail (retain-on-failure)",
        ),
        ("trace-dir", {"metavar": "DIR"}, "where timelines go (default: apns-traces)"),
    ):
        group.addoption(_option(name), help=what, **details)
        parser.addini(_ini(name), f"the same as {_option(name)}, which wins over it", default="")


def check_ini(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` for what an ini key cannot be; pytest checks options itself."""
    trace, seed = config.getini(_ini("trace")), config.getini(_ini("seed"))
    if trace and trace not in _TRACES:
        raise pytest.UsageError(f"apns_trace is {trace!r}: write one of {', '.join(_TRACES)}")
    if seed and not seed.removeprefix("-").isdecimal():
        raise pytest.UsageError(f"apns_seed is {seed!r}: write a whole number")


def chosen(config: pytest.Config, name: str) -> str:
    """What was chosen for `--apns-NAME`, else for the ini key; empty if nothing was."""
    given = config.getoption(_option(name))
    return str(config.getini(_ini(name)) if given is None else given)


def from_ini(config: pytest.Config, name: str) -> bool:
    """Whether it was the ini key that chose: a path in it is seen from where the file is."""
    return config.getoption(_option(name)) is None and bool(config.getini(_ini(name)))


def tracing(config: pytest.Config) -> bool:
    """Whether any test may get a timeline."""
    return chosen(config, "trace") not in ("", "off")


def _option(name: str) -> str:
    return f"--apns-{name}"


def _ini(name: str) -> str:
    return f"apns_{name}".replace("-", "_")
