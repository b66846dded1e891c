"""`--apns-trace`: one file that explains a test, and where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakeapns.pytest_plugin.timelines import file_name

TESTS = """
    from sending import send

    def test_right(apns):
        send(apns)

    def test_wrong(apns):
        send(apns, b"\\x1b" * 32, b'{"aps":{"alert":"</script><script>alert(1)</script>"}}')
        assert False, "on purpose"

    def test_without(): pass
"""


def files(project: pytest.Pytester, folder: str = "apns-traces") -> list[Path]:
    return sorted((project.path / folder).glob("*.html"))


@pytest.mark.parametrize("options", [[], ["--apns-trace=off"]])
def test_nothing_is_written_unless_asked_for(project: pytest.Pytester, options: list[str]) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_inprocess(*options)
    assert files(project) == []
    result.stdout.no_fnmatch_line("*timeline*")


def test_each_test_that_used_a_server_gets_a_file(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_inprocess("--apns-trace=on")
    right, wrong = files(project)
    assert "test_right" in right.name
    assert "test_wrong" in wrong.name
    result.stdout.fnmatch_lines(
        [
            "*- fakeapns timeline -*",
            f"apns-traces/{wrong.name}",
            "*= fakeapns =*",
            f"timeline: apns-traces/{wrong.name}",
            f"timeline: apns-traces/{right.name}",
        ]
    )


def test_only_the_failures_are_kept(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    project.runpytest_inprocess("--apns-trace=retain-on-failure")
    [kept] = files(project)
    text = kept.read_text("utf-8")
    assert "AssertionError: on purpose" in text
    assert "<dt>accepted</dt><dd>1</dd>" in text
    assert "<dt>scenario</dt><dd>none</dd>" in text
    assert "1b1b1b1b" in text
    # Of the end, too: it is written when the servers are gone.
    assert '"reason":"ended"' in text
    assert "<script>alert(1)" not in text
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", text)


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("def test_x(broken, apns): pass", "setup"),
        ("def test_x(apns, broken): pass", "setup"),
        ("def test_x(apns, fragile): pass", "teardown"),
    ],
)
def test_a_failure_around_the_test_is_one(
    project: pytest.Pytester, source: str, where: str
) -> None:
    project.makeconftest(
        """
        import pytest

        @pytest.fixture
        def broken():
            raise RuntimeError("out of ideas")

        @pytest.fixture
        def fragile():
            yield
            raise RuntimeError("out of ideas")
        """
    )
    project.makepyfile(source)
    result = project.runpytest_inprocess("--apns-trace=retain-on-failure")
    result.stdout.fnmatch_lines([f"*ERROR at {where} of test_x*"])
    used = "broken, apns" not in source
    assert len(files(project)) == used
    assert ("- fakeapns ledger -" in str(result.stdout)) == used


def test_several_servers_are_sections_of_one_file(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.apns(scenario="spurious-invalid-token", seed=7)
        def test_three(apns, make_apns, apns_session):
            send(make_apns(), certificate_of=apns)
            assert len(apns_session.ledger) == 1
        """
    )
    project.runpytest_inprocess("--apns-trace=on").assert_outcomes(passed=1)
    [file] = files(project)
    text = file.read_text("utf-8")
    assert text.count("<details ") == 3
    titles = re.findall(r"server (\d), gateway 127\.0\.0\.1:\d+", text)
    assert sorted(set(titles)) == ["1", "2", "3"]
    assert "<dd>spurious-invalid-token</dd>" in text
    assert "<dt>seed</dt><dd>7</dd>" in text


def test_a_page_says_what_its_scenario_is_about_where_there_is_one(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import Reject

        def test_injected(apns): apns.inject(Reject("invalid-token"))

        @pytest.mark.apns(scenario="drop-by-reset")
        def test_scenario(apns): pass
        """
    )
    project.runpytest_inprocess("--apns-trace=on").assert_outcomes(passed=2)
    injected, scenario = (file.read_text("utf-8") for file in files(project))
    assert "Nothing goes wrong." not in injected
    assert re.search('<p class="about">[^<]+</p>', scenario)


def test_the_session_server_has_its_part_in_each(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_one(apns_session): send(apns_session, b"\\x1a" * 32)
        def test_two(apns_session): send(apns_session, b"\\x1b" * 32)
        """
    )
    project.runpytest_inprocess("--apns-trace=on").assert_outcomes(passed=2)
    one, two = (file.read_text("utf-8") for file in files(project))
    assert "1a1a1a1a" in one
    assert "1b1b1b1b" not in one
    assert "1b1b1b1b" in two
    assert "1a1a1a1a" not in two


def test_the_folder_is_chosen_by_option_or_ini(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\napns_trace = on\napns_trace_dir = from/ini\n")
    project.makepyfile("def test_x(apns): pass")
    project.runpytest_inprocess()
    assert len(files(project, "from/ini")) == 1
    project.runpytest_inprocess("--apns-trace-dir=from-option")
    assert len(files(project, "from-option")) == 1
    project.runpytest_inprocess("--apns-trace=off", "--apns-trace-dir=none")
    assert files(project, "none") == []


def test_a_file_that_cannot_be_written_is_a_line_and_no_failure(
    project: pytest.Pytester,
) -> None:
    project.makefile("", taken="A file where a folder should be.")
    project.makepyfile("def test_x(apns): pass")
    result = project.runpytest_inprocess("--apns-trace=on", "--apns-trace-dir=taken")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["the timeline */taken/* cannot be written (*): choose another --apns-trace-dir"]
    )
    assert result.ret == 0


def test_a_test_has_the_same_file_in_whichever_worker_it_runs(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest_subprocess("--apns-trace=on", "-n", "2")
    result.assert_outcomes(passed=2, failed=1)
    assert len(files(project)) == 2
    before = {file.name for file in files(project)}
    project.runpytest_inprocess("--apns-trace=on").assert_outcomes(passed=2, failed=1)
    assert {file.name for file in files(project)} == before
    for file in files(project):
        result.stdout.fnmatch_lines([f"timeline: apns-traces/{file.name}"])


def test_tests_may_be_called_anything(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize(
            "name",
            ["../../up", "a/b", "a-b", "<script>alert(1)</script>", "x" * 400, "\\u202e", ".", "ü"],
            ids=str,
        )
        def test_x(apns, name): pass
        """
    )
    project.runpytest_inprocess("--apns-trace=on").assert_outcomes(passed=8)
    found = files(project)
    assert len(found) == 8
    for file in found:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,160}\.html", file.name)
        title = re.findall("<title>(.*)</title>", file.read_text("utf-8"))
        assert len(title) == 1
        assert "<" not in title[0]
        assert "\u202e" not in title[0]


def test_names_of_files_are_those_of_one_test_only() -> None:
    tests = ["t.py::a[1/2]", "t.py::a[1-2]", "t.py::A[1/2]", "t.py::a[\ud800]", "", "…"]
    names = [file_name(test) for test in tests]
    # Some file systems hold capitals and small letters equal.
    assert len({name.lower() for name in names}) == len(tests)
    assert names == [file_name(test) for test in tests]


def test_the_file_of_a_failure_is_gone_once_the_test_has_passed(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import os
        import pytest

        def test_mended(apns):
            if os.environ["RUN"] == "skips":
                pytest.skip("not now")
            assert os.environ["RUN"] == "passes"

        def test_broken(apns): assert False
        """
    )

    def run(how: str, *options: str) -> list[bool]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RUN", how)
            project.runpytest_inprocess(*options)
        return ["mended" in file.name for file in files(project)]

    retaining = "--apns-trace=retain-on-failure"
    assert run("fails", retaining) == [False, True]
    # Neither a run that writes none nor one that tells nothing of the test.
    assert run("passes") == [False, True]
    assert run("skips", retaining) == [False, True]
    assert run("passes", retaining) == [False]


def test_the_folder_tells_git_to_ignore_it_if_it_is_new(project: pytest.Pytester) -> None:
    project.makepyfile("def test_x(apns): pass")
    (project.path / "mine").mkdir()
    for folder in ("new", "mine"):
        project.runpytest_inprocess("--apns-trace=on", f"--apns-trace-dir={folder}")
    assert (project.path / "new" / ".gitignore").read_text() == "*\n"
    assert not (project.path / "mine" / ".gitignore").exists()
