"""Tables that say all of something do."""

from __future__ import annotations

import re

import click
import pytest

import fakeapns
from fakeapns import ThreadedAPNs, pytest_plugin
from fakeapns.cli import main
from fakeapns.cli.chaos import chaos
from fakeapns.cli.serve import serve
from fakeapns.fake.channels import HeldChannels
from fakeapns.ledger import ApiClosed, ApiNotification, Envelope, entries
from fakeapns.ledger.entries import Entry, Notification
from fakeapns.protocol import REASONS
from fakeapns.provider.endpoint import ClientFiles, Endpoint, KeyFile
from fakeapns.scenario.faults import FAULTS
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On

from .reading import PAGES, in_first_column, section

#: Reasons that only requests about channels, and broadcasts, can have.
OF_CHANNELS = {
    *("MissingChannelId", "BadChannelId", "ChannelNotRegistered", "BroadcastFeatureNotEnabled"),
    *("CannotCreateChannelConfig", "BadRequestParams", "BadRequestPayload", "MissingPushType"),
    *("TopicMismatch",),
}


def words(names: set[str]) -> set[str]:
    """The first word of each: an option without its value."""
    return {re.split(r"[ =(]", name)[0] for name in names}


def test_the_fidelity_list_says_of_each_row_how_it_is_known() -> None:
    page = PAGES["docs/fidelity.md"]
    kinds = {"documented", "observed", "our choice", "not modelled"}
    rows = re.findall(r"^\| (.+) \| (.+) \| (.*) ?\|$", page.partition("\n## ")[2], re.M)
    known = [row for row in rows if row[1] != "---" and row[0] != "behaviour"]
    assert len(known) > 80
    assert {kind for _, kind, _ in known} == kinds
    assert [row for row in known if row[1] in ("documented", "observed") and not row[2]] == []


def test_what_each_fault_of_the_api_looks_like_is_told() -> None:
    told = in_first_column(section("docs/api.md", "When something goes wrong"))
    assert told & {str(each.__struct_config__.tag) for each in FAULTS} == {
        str(each.__struct_config__.tag) for each in FAULTS if "api" in each.services
    }


def test_the_settings_are_all_described() -> None:
    table = PAGES["docs/settings.md"]
    assert in_first_column(table) - {"setting"} == set(Settings.__struct_fields__)


@pytest.mark.parametrize(("page", "command"), [("docs/server.md", serve), ("docs/chaos.md", chaos)])
def test_the_options_are_all_described(page: str, command: click.Command) -> None:
    described = words(in_first_column(section(page, "Options")))
    options = {each for option in command.params for each in option.opts if each[:2] == "--"}
    assert described - {command.name} == options


def test_all_of_apns_channels_is_described() -> None:
    described = " ".join(in_first_column(section("docs/channels.md", "In a test")))
    public = {name for name in vars(HeldChannels) if not name.startswith("_")}
    assert {name for name in public if not re.search(rf"\b{name}\b", described)} == set()


@pytest.mark.parametrize("reason", [each for each in REASONS if each in OF_CHANNELS])
def test_every_reason_of_channels_and_broadcasts_is_described(reason: str) -> None:
    assert f"`{reason}`" in section("docs/channels.md", "What is answered")


def test_the_commands_are_all_described() -> None:
    assert isinstance(main, click.Group)
    described = in_first_column(section("docs/server.md", "All commands"))
    assert {name.split()[1] for name in described} == set(main.commands)


def test_the_ready_file_is_described() -> None:
    text = section("docs/server.md", "The ready file")
    kinds = (Endpoint, ClientFiles, KeyFile)
    for name in ("pid", *(field for kind in kinds for field in kind.__struct_fields__)):
        assert f"`{name}`" in text


def test_the_faults_are_all_described() -> None:
    table = section("docs/scenarios.md", "A fault from Python")
    described = words(in_first_column(table))
    assert described == {fault.__name__ for fault in FAULTS}
    assert described <= set(fakeapns.__all__)
    # What they take is in a page that is made from the types.
    assert "](../scenarios/FAULTS.md)" in table


def test_the_page_says_where_each_fault_acts() -> None:
    table = section("docs/scenarios.md", "A fault from Python")
    rows = re.findall(r"^\| (`[A-Z].*?) \| ([a-z, ]+) \| ", table, re.M)
    said = {
        name: set(where.split(", "))
        for names, where in rows
        for name in re.findall(r"`(\w+)\(", names)
    }
    assert said == {fault.__name__: set(fault.services) for fault in FAULTS}


def test_the_triggers_are_all_described() -> None:
    described = words(in_first_column(section("docs/scenarios.md", "On which notifications")))
    # A range of notifications stands in the same cell.
    assert described - {'"3..5"'} == set(On.__struct_fields__)


def test_the_ledgers_keys_are_all_described() -> None:
    kinds: list[type[Entry]] = [Notification, *Entry.__subclasses__()]
    kinds += [below for kind in kinds for below in kind.__subclasses__()]
    assert {entries.FeedbackSent, ApiNotification, ApiClosed} <= set(kinds)
    renamed = {
        **{"token_bytes": "token", "payload_bytes": "payload"},
        **{"answering": "answered", "token_text": "token", "envelope": "headers"},
    }
    for kind in kinds:
        row = next(
            line
            for line in PAGES["docs/ledger.md"].splitlines()
            if line.startswith(f"| `{kind.__struct_config__.tag}` |")
        )
        for field in set(kind.__struct_fields__) - set(Entry.__struct_fields__):
            assert f"`{renamed.get(field, field)}`" in row
        if kind is ApiNotification:
            assert all(f"`{field}`" in row for field in Envelope.__struct_fields__)


def test_the_fixtures_are_all_described() -> None:
    page = PAGES["docs/pytest.md"]
    fixtures = [name for name in vars(pytest_plugin) if re.fullmatch(r"(make_)?apns(_\w+)?", name)]
    assert {"apns", "make_apns", "apns_session_arguments"} <= set(fixtures)
    assert [name for name in fixtures if f"`{name}`" not in page] == []


def test_the_options_of_pytest_are_all_described(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    options = set(
        re.findall(r"--apns-[a-z-]+", pytester.runpytest_subprocess("--help").stdout.str())
    )
    assert {"--apns-scenario", "--apns-trace"} <= options
    for option in options:
        assert f"`{option}" in PAGES["docs/pytest.md"]
        assert f"`{option[2:].replace('-', '_')}`" in PAGES["docs/pytest.md"]


@pytest.mark.parametrize("page", ["docs/clients.md", "docs/chaos.md"])
def test_what_a_client_finds_in_its_environment_is_described(page: str, apns: ThreadedAPNs) -> None:
    assert [name for name in apns.environment() if f"`{name}`" not in PAGES[page]] == []
