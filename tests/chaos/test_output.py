"""What a command wrote: the line that tells, what lines have in common, and the end of it."""

from __future__ import annotations

import pytest

from fakeapns.chaos.output import excerpt, kind_of, masked, telling_line

GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "send.py", line 41, in <module>
  |     asyncio.run(main())
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "send.py", line 29, in map_exceptions
    |     raise mapped(message) from exc
    | httpx.ReadTimeout
    +------------------------------------
"""


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("Traceback:\n  File x\nKeyError: 'aps'\n", "KeyError: 'aps'"),
        ("oops: connection 17 at 0x7f00ab broke", "oops: connection 17 at 0x7f00ab broke"),
        (
            "Error: read ECONNRESET\n    at TLSWrap.onError (node:x:5)\n\nNode.js v20.1.0\n",
            "Error: read ECONNRESET",
        ),
        ("panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: nil map"),
        (
            "Traceback (most recent call last):\n"
            '  File "x/default.py", line 118, in map_exceptions\n'
            "    raise mapped(message) from exc\n"
            "httpx.ReadTimeout\n",
            "httpx.ReadTimeout",
        ),
        (
            "Traceback (most recent call last):\n"
            "  File x\n"
            "HTTPStatusError: Client error '410 Gone'\n"
            "For more information check: https://x/410/error\n",
            "HTTPStatusError: Client error '410 Gone'",
        ),
        (GROUP, "httpx.ReadTimeout"),
    ],
)
def test_of_an_output_the_line_counts_that_says_what_went_wrong(output: str, said: str) -> None:
    assert telling_line(output) == said


def test_a_line_that_is_too_long_is_cut() -> None:
    assert len(telling_line("error " + "x" * 500)) == 160


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("oops: connection 17 at 0x7f00ab broke", "oops: connection # at # broke"),
        (
            "FileNotFoundError: [Errno 2] No such file: '/tmp/fakeapns-x1/work.jsonl'",
            "FileNotFoundError: [Errno #] No such file: '…/work.jsonl'",
        ),
        (
            "410 for 'https://127.0.0.1:33275/3/device/3d3dabcdef' and 3d3dabcdef00",
            "# for 'URL' and #",
        ),
        ("the facade of feedback", "the facade of feedback"),
    ],
)
def test_of_a_line_is_left_what_others_have_too(line: str, rest: str) -> None:
    assert masked(line) == rest


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("httpx.ReadError: [Errno 104]", "httpx.ReadError"),
        ("httpx.ReadTimeout", "httpx.ReadTimeout"),
        ("KeyError: 'aps'", "KeyError: 'aps'"),
        ("Error: read ECONNRESET", "Error: read ECONNRESET"),
        ("api.push.apple.com: Name or service not known", "api.push.apple.com: Name or service n"),
    ],
)
def test_an_exception_of_a_library_is_one_kind_whatever_it_says(line: str, kind: str) -> None:
    assert kind_of(line).startswith(kind)


# ---- the end of it ------------------------------------------------------------------------------


def test_few_lines_are_shown_as_they_are() -> None:
    assert list(excerpt("line 1\nline 2\n", 2)) == ["the command's output:", "line 1", "line 2"]
    assert list(excerpt("\n", 2)) == []


def test_lines_in_a_row_that_are_alike_are_shown_once() -> None:
    output = "begin\n" + "".join(f"ERROR: push {number} failed\n" for number in range(300)) + "end"
    assert list(excerpt(output, 8)) == [
        "the command's output (302 lines, of those alike in a row the first):",
        "begin",
        "ERROR: push 0 failed (and 299 like it)",
        "end",
    ]


def test_the_first_that_went_wrong_is_shown_however_long_ago() -> None:
    output = "begin\nError: the first\n" + "\n".join("abcdefgh") + "\nError: the last"
    assert list(excerpt(output, 2)) == [
        "the command's output (the last 2 of 11 lines):",
        "Error: the first",
        "…",
        "h",
        "Error: the last",
    ]
