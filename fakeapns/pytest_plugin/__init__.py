"""The pytest plugin: a fresh server for each test, and its record when the test fails.

Nothing but pytest is imported until a fixture is used: every pytest run of a project that has
fakeapns installed loads this module, and the others beside it only when there is something
to do for them. No fixture is asynchronous, so the plugin works beside pytest-trio and
pytest-asyncio and needs neither.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..certificates import Authority
    from ..fake import FakeAPNs, ThreadedAPNs
    from ..scenario import Scenario

_MARKER = (
    "apns(**arguments): arguments of FakeAPNs for the servers of this test, "
    'as in @pytest.mark.apns(tokens="registered")'
)
_TRACES = ("off", "on", "retain-on-failure")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and the ini keys that stand for them. Here, since a file more that every run
    loads is half a millisecond (measured).
    """
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
        option, key = f"--apns-{name}", f"apns_{name}".replace("-", "_")
        group.addoption(option, help=what, **details)
        parser.addini(key, f"the same as {option}, which wins over it", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make `--strict-markers` and `--markers` know the marker. Raises `pytest.UsageError` for what
    an ini key cannot be; pytest checks options itself.
    """
    config.addinivalue_line("markers", _MARKER)
    trace, seed = config.getini("apns_trace"), config.getini("apns_seed")
    if trace and trace not in _TRACES:
        raise pytest.UsageError(f"apns_trace is {trace!r}: write one of {', '.join(_TRACES)}")
    if seed and not seed.removeprefix("-").isdecimal():
        raise pytest.UsageError(f"apns_seed is {seed!r}: write a whole number")


# ---- fixtures -------------------------------------------------------------------------------


@pytest.fixture
def apns_scenario(request: pytest.FixtureRequest) -> Scenario | str | None:
    """The scenario of tests whose marker names none. Override it to choose another."""
    from .arguments import default_scenario

    return default_scenario(request.config)


@pytest.fixture(scope="session")
def apns_authority() -> Authority:
    """The certificate authority of all servers. Override it to use one of your own."""
    from ..certificates import default_authority

    return default_authority()


@pytest.fixture
def make_apns(
    request: pytest.FixtureRequest,
    apns_authority: Authority,
    apns_scenario: Scenario | str | None,
) -> Iterator[Callable[..., ThreadedAPNs]]:
    """A factory of running servers, for tests that need several; stopped behind the test.

    What the marker gives holds for each of them, unless the call says otherwise.
    """
    from .arguments import marked
    from .mistakes import in_one_sentence
    from .servers import Servers

    with in_one_sentence():
        defaults = marked(request.node)
    servers = Servers(request.node, apns_authority, apns_scenario, defaults)
    yield servers.make
    servers.stop()


@pytest.fixture
def apns(make_apns: Callable[..., ThreadedAPNs]) -> ThreadedAPNs:
    """A fresh fake APNs for this test, listening in a thread of its own."""
    from .mistakes import in_one_sentence

    with in_one_sentence():
        return make_apns()


@pytest.fixture
def apns_trio(
    request: pytest.FixtureRequest,
    apns_authority: Authority,
    apns_scenario: Scenario | str | None,
) -> FakeAPNs:
    """A fake APNs that is not started: `async with apns_trio as apns:` in a trio test."""
    from .arguments import marked
    from .mistakes import in_one_sentence
    from .servers import Servers

    with in_one_sentence():
        defaults = marked(request.node)
        return Servers(request.node, apns_authority, apns_scenario, defaults).prepare()


@pytest.fixture(scope="session")
def apns_session_arguments() -> dict[str, Any]:
    """Arguments of FakeAPNs for `apns_session`. Override it to give some."""
    return {}


@pytest.fixture(scope="session")
def apns_session(
    request: pytest.FixtureRequest,
    apns_authority: Authority,
    apns_session_arguments: dict[str, Any],
) -> Iterator[ThreadedAPNs]:
    """One fake APNs at one address for the whole session, as new for every test."""
    from .session_server import SHARED, Shared

    shared = Shared(request.config, apns_authority, apns_session_arguments)
    request.config.stash[SHARED] = shared
    yield shared.apns
    del request.config.stash[SHARED]
    shared.end()


# ---- before, around and behind a test -------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Make the server of the session as new, before any fixture of the test."""
    if "apns_session" in getattr(item, "fixturenames", ()) or _used("session_server"):
        from .session_server import begin

        begin(item)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Know the servers that are started for more than one test from those left running."""
    __tracebackhide__ = True
    if fixturedef.scope == "function":
        return (yield)
    before = set(_running())
    try:
        return (yield)
    finally:
        for apns in _running() - before:
            apns.started_in = f"the fixture {fixturedef.argname}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test for what a function of its own has raised where a server called it."""
    __tracebackhide__ = True
    try:
        result = yield
    except BaseException as failure:
        _reraise(failure)
        raise
    _settle()
    _reraise()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Stop what the test has left running, and fail its teardown for it."""
    try:
        result = yield
    except BaseException as failure:
        # Only here: pytest has advice of its own for a failure whose frames are all hidden.
        __tracebackhide__ = True
        # What went wrong first is what people have to see.
        for found in _left_by(item):
            failure.add_note(found)
        _reraise(failure)
        raise
    left = "\n".join(_left_by(item))
    told = pytest.fail.Exception(left, pytrace=False) if left else None
    _reraise(told)
    if told is not None:
        raise told
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the records to the report of a test that failed, and write its timeline."""
    if call.excinfo is not None and "fakeapns.errors" in sys.modules:
        from .mistakes import shorten

        shorten(call.excinfo, whole=item.config.getoption("fulltrace", False))
    report = yield
    if _used("servers") or _used("session_server"):
        from .reports import attend

        attend(item, call, report)
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Field by field, for `==` on notifications."""
    if op != "==" or "fakeapns.ledger.entries" not in sys.modules:
        return None
    from .comparison import compare

    return compare(left, right)


# ---- the end of the session -----------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what is still running."""
    if _running():
        from .leaks import stop_the_rest

        stop_the_rest(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist has to say at its end."""
    if told := getattr(node, "workeroutput", {}).get("fakeapns"):
        from .summary import tell

        tell(node.config, told)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Servers that were left running, and where the timelines are."""
    # With xdist, only workers have used anything.
    traced = config.getoption("--apns-trace") or config.getini("apns_trace")
    if traced or _used("summary"):
        from .summary import summarize

        summarize(terminalreporter, config)


def _used(module: str) -> bool:
    """Whether a module beside this one has been loaded, so that it may have something to do."""
    return f"{__name__}.{module}" in sys.modules


def _running() -> set[ThreadedAPNs]:
    """Servers that run in threads, without importing anything to know that there are none."""
    module = sys.modules.get("fakeapns.fake.in_thread")
    return set() if module is None else module.RUNNING


def _reraise(beside: BaseException | None = None) -> None:
    __tracebackhide__ = True
    for apns in _running():
        apns.reraise(beside)


def _settle() -> None:
    """Take in what is on its way where a function of the test is still to be asked about it."""
    for apns in _running():
        if apns.has_functions:
            apns.settle()


def _left_by(item: pytest.Item) -> list[str]:
    if not _running():
        return []
    from .leaks import left_by

    return left_by(item)
