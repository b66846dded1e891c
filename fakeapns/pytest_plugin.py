"""The pytest plugin: a fresh server for each test, and its ledger when the test fails.

Nothing heavy is imported until a fixture is used: every pytest run of a project that has
fakeapns installed loads this module. No fixture is asynchronous, so the plugin works beside
pytest-trio and pytest-asyncio and needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .certificates import Authority
    from .fake import FakeAPNs
    from .scenario import Scenario
    from .surface import Surface
    from .thread import ThreadedAPNs

_SERVERS: pytest.StashKey[list[Surface]] = pytest.StashKey()

#: Lines of a ledger that a report shows; the end is where the failure is.
_SHOWN = 100


def pytest_configure(config: pytest.Config) -> None:
    """Make `--strict-markers` and `--markers` know the marker."""
    config.addinivalue_line(
        "markers",
        "apns(**arguments): arguments of FakeAPNs for the server of this test, "
        'as in @pytest.mark.apns(tokens="registered")',
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("fakeapns")
    group.addoption(
        "--apns-scenario",
        metavar="FILE-or-NAME",
        help="the scenario of tests whose marker names none",
    )
    group.addoption(
        "--apns-seed", type=int, metavar="N", help="a seed instead of that of the scenarios"
    )


@pytest.fixture
def apns_scenario(request: pytest.FixtureRequest) -> Scenario | str | None:
    """The scenario of tests whose marker names none. Override it to choose another."""
    chosen: str | None = request.config.getoption("--apns-scenario")
    return chosen


@pytest.fixture(scope="session")
def apns_authority() -> Authority:
    """The certificate authority of all servers. Override it to use one of your own."""
    from .certificates import default_authority

    return default_authority()


@pytest.fixture
def make_apns(
    request: pytest.FixtureRequest,
    apns_authority: Authority,
    apns_scenario: Scenario | str | None,
) -> Iterator[Callable[..., ThreadedAPNs]]:
    """A factory of running servers, for tests that need several; stopped behind the test."""
    from .fake import FakeAPNs

    running: list[ThreadedAPNs] = []

    def make(**arguments: Any) -> ThreadedAPNs:
        given = _complete(request, arguments, apns_authority, apns_scenario)
        apns = FakeAPNs(**given).in_thread()
        apns.start()
        running.append(apns)
        _remember(request, apns)
        return apns

    yield make
    failures = []
    for apns in reversed(running):
        try:
            apns.stop()
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture
def apns(request: pytest.FixtureRequest, make_apns: Callable[..., ThreadedAPNs]) -> ThreadedAPNs:
    """A fresh fake APNs for this test, listening in a thread of its own."""
    return make_apns(**_marked(request))


@pytest.fixture
def apns_trio(
    request: pytest.FixtureRequest,
    apns_authority: Authority,
    apns_scenario: Scenario | str | None,
) -> FakeAPNs:
    """A fake APNs that is not started: `async with apns_trio as apns:` in a trio test."""
    from .fake import FakeAPNs

    apns = FakeAPNs(**_complete(request, _marked(request), apns_authority, apns_scenario))
    _remember(request, apns)
    return apns


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("apns")
    if marker is None:
        return {}
    if marker.args:
        pytest.fail("pytest.mark.apns takes keyword arguments only, those of FakeAPNs", False)
    return dict(marker.kwargs)


def _complete(
    request: pytest.FixtureRequest,
    arguments: dict[str, Any],
    authority: Authority,
    scenario: Scenario | str | None,
) -> dict[str, Any]:
    """The arguments that a test gives, and what holds for it otherwise."""
    given = {"scenario": scenario, "seed": request.config.getoption("--apns-seed"), **arguments}
    # A certificate folder has an authority of its own.
    return given if given.get("certs") else {"authority": authority, **given}


def _remember(request: pytest.FixtureRequest, apns: Surface) -> None:
    request.node.stash.setdefault(_SERVERS, []).append(apns)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the ledgers to the report of a test that failed."""
    report = yield
    if report.when == "call" and report.failed:
        servers = item.stash.get(_SERVERS, [])
        for number, apns in enumerate(servers, start=1):
            title = "fakeapns ledger" if len(servers) == 1 else f"fakeapns ledger {number}"
            report.sections.append((title, _tail(str(apns.ledger))))
    return report


def _tail(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= _SHOWN:
        return text
    return "\n".join([f"… {len(lines) - _SHOWN} earlier entries", *lines[-_SHOWN:]])
