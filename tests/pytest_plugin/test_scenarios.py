"""Scenarios in pytest: from a marker, an option or a fixture, and which of them wins."""

from __future__ import annotations

import pytest

STORY = """\
about = "Half of all tokens are bad."

[[step]]
on = { chance = 0.5 }
fault = "reject"
"""

SEND = """
    import socket
    from fakeapns.protocol import encode_framed

    def send(apns, *identifiers):
        raw = socket.create_connection((apns.gateway.host, apns.gateway.port))
        with apns.ssl_context().wrap_socket(raw, server_hostname="localhost") as gateway:
            for each in identifiers:
                gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}', identifier=each))
            return gateway.recv(6)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests can import `send` from `sending`."""
    pytester.makepyfile(sending=SEND)
    pytester.syspathinsert()
    return pytester


def names(project: pytest.Pytester, expected: str | None, *options: str, mark: str = "") -> None:
    """Run a test for which a scenario of this name is played."""
    project.makepyfile(
        f"""
        import pytest

        {mark}
        def test_story(apns, apns_trio):
            assert apns.scenario.name == apns_trio.scenario.name == {expected!r}
        """
    )
    project.runpytest_inprocess(*options).assert_outcomes(passed=1)


def test_without_anything_nothing_goes_wrong(project: pytest.Pytester) -> None:
    names(project, None)


def test_the_marker_names_a_story_of_the_catalogue(project: pytest.Pytester) -> None:
    names(project, "drop-by-reset", mark='@pytest.mark.apns(scenario="drop-by-reset")')


def test_the_option_names_one_for_all(project: pytest.Pytester) -> None:
    names(project, "drop-by-reset", "--apns-scenario=drop-by-reset")


def test_the_marker_wins_over_the_option(project: pytest.Pytester) -> None:
    mark = '@pytest.mark.apns(scenario="acknowledged")'
    names(project, "acknowledged", "--apns-scenario=drop-by-reset", mark=mark)


def test_a_marker_without_a_scenario_leaves_that_of_the_option(project: pytest.Pytester) -> None:
    mark = '@pytest.mark.apns(tokens="registered")'
    names(project, "drop-by-reset", "--apns-scenario=drop-by-reset", mark=mark)


def test_a_marker_can_ask_for_none_at_all(project: pytest.Pytester) -> None:
    mark = "@pytest.mark.apns(scenario=None)"
    names(project, None, "--apns-scenario=drop-by-reset", mark=mark)


def test_an_overridden_fixture_wins_over_the_option_and_the_marker_over_it(
    project: pytest.Pytester,
) -> None:
    project.makeconftest(
        """
        import pytest
        from fakeapns import Scenario

        @pytest.fixture
        def apns_scenario():
            return Scenario(about="Ours.", name="ours")
        """
    )
    names(project, "ours", "--apns-scenario=drop-by-reset")
    mark = '@pytest.mark.apns(scenario="acknowledged")'
    names(project, "acknowledged", "--apns-scenario=drop-by-reset", mark=mark)


def test_a_file_is_found_from_where_pytest_was_started(project: pytest.Pytester) -> None:
    project.makefile(".toml", story=STORY)
    names(project, "story", "--apns-scenario=story.toml", "--apns-seed=7")


def test_a_story_is_played(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.apns(scenario="bad-token-in-a-burst")
        def test_story(apns):
            assert send(apns, *range(1, 141)) == b"\\x08\\x08\\0\\0\\0" + bytes([100])
            assert len(apns.accepted) == 99
            assert len(apns.discarded) == 40
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_scenario_made_in_python_is_played(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import DeviceEntry, On, Reject, Scenario, Step
        from sending import send

        TIRED = Scenario(
            about="The second one is too much.",
            gateway={"payload_limit": 256},
            device=(DeviceEntry(topic="com.example.tired", token="1b"),),
            step=(Step(Reject("processing-error"), On(where=lambda each: each.identifier == 8)),),
        )

        @pytest.mark.apns(scenario=TIRED)
        def test_story(apns):
            assert apns.topics == ("com.example.app", "com.example.tired")
            assert apns.settings.payload_limit == 256
            assert send(apns, 7, 8) == b"\\x08\\x01\\0\\0\\0\\x08"
            assert apns.scenario is TIRED
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("options", "mark", "seed"),
    [
        ([], '@pytest.mark.apns(scenario="spurious-invalid-token")', 66),
        (["--apns-seed=7"], '@pytest.mark.apns(scenario="spurious-invalid-token")', 7),
        (["--apns-seed=7"], '@pytest.mark.apns(scenario="spurious-invalid-token", seed=8)', 8),
        (["--apns-seed=7", "--apns-scenario=story.toml"], "", 7),
    ],
    ids=["file", "option", "marker", "only the option"],
)
def test_the_seed_is_the_markers_else_the_options_else_the_files(
    project: pytest.Pytester, options: list[str], mark: str, seed: int
) -> None:
    project.makefile(".toml", story=STORY)
    project.makepyfile(
        f"""
        import pytest

        {mark}
        def test_seed(apns):
            assert apns.seed == apns.ledger[0].seed == {seed}
        """
    )
    project.runpytest_inprocess(*options).assert_outcomes(passed=1)


def test_a_story_that_does_not_exist_is_one_sentence(project: pytest.Pytester) -> None:
    project.makepyfile("def test_story(apns): pass")
    result = project.runpytest_inprocess("--apns-scenario=drop-by-rest")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["unknown scenario 'drop-by-rest'*did you mean drop-by-reset?*"])
    result.stdout.no_fnmatch_line("*Error*")


def test_every_mistake_of_a_file_is_in_the_report(project: pytest.Pytester) -> None:
    project.makefile(".toml", story=STORY.replace("reject", "rejct") + "colour = 'red'\n")
    project.makepyfile("def test_story(apns): pass")
    result = project.runpytest_inprocess("--apns-scenario=story.toml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["story.toml:4:8: chance needs a seed*", "story.toml:5:1: *did you mean reject?"]
    )
