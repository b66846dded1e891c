"""Options and ini keys: which wins, and that `--help` tells of them."""

from __future__ import annotations

import pytest

TEST = """
    import pytest

    {mark}
    def test_story(apns):
        assert (apns.scenario.name, apns.seed) == {expected!r}
"""


@pytest.mark.parametrize(
    ("options", "mark", "expected"),
    [
        ([], "", ("drop-by-reset", 5)),
        (["--apns-seed=7"], "", ("drop-by-reset", 7)),
        (["--apns-scenario=acknowledged"], "", ("acknowledged", 5)),
        (["--apns-seed=7"], "@pytest.mark.apns(scenario=None, seed=9)", (None, 9)),
    ],
    ids=["ini", "seed by option", "scenario by option", "marker"],
)
def test_the_marker_wins_over_the_option_and_that_over_the_ini_key(
    project: pytest.Pytester, options: list[str], mark: str, expected: tuple[object, object]
) -> None:
    project.makeini("[pytest]\napns_scenario = drop-by-reset\napns_seed = 5\n")
    project.makepyfile(TEST.format(mark=mark, expected=expected))
    project.runpytest_inprocess(*options).assert_outcomes(passed=1)


def test_a_file_in_the_ini_key_is_found_from_everywhere(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makeini("[pytest]\napns_scenario = stories/ours.toml\n")
    project.mkdir("stories").joinpath("ours.toml").write_text('about = "Ours."\n')
    folder = project.mkdir("below")
    folder.joinpath("test_it.py").write_text(
        "def test_story(apns): assert apns.scenario.name == 'ours'\n"
    )
    monkeypatch.chdir(folder)
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_session_server_plays_it_too(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\napns_scenario = drop-by-reset\napns_seed = -5\n")
    project.makepyfile(
        """
        def test_story(apns_session):
            assert (apns_session.scenario.name, apns_session.seed) == ("drop-by-reset", -5)
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_help_tells_of_all(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess("--help")
    result.stdout.fnmatch_lines(
        [
            "a stand-in for Apple's push service (fakeapns):",
            "*--apns-scenario=FILE-or-NAME*",
            "*--apns-seed=N*",
            "*--apns-trace={off,on,retain-on-failure}*",
            "*--apns-trace-dir=DIR*",
            "*apns_scenario (string):*",
            "*apns_seed (string):*",
            "*apns_trace (string):*",
            "*apns_trace_dir (string):*",
        ]
    )


def test_fixtures_tell_what_they_are(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess("--fixtures")
    result.stdout.fnmatch_lines(["apns_session *scope*", "*as new for every test*"])
