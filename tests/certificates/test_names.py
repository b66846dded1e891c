"""Which topics name files of their own, and which names are those of unusual certificates."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.certificates import (
    CertificateFolder,
    Validity,
    check_topic,
    default_authority,
    open_folder,
)
from fakeapns.certificates.apple import PREFIXES
from fakeapns.certificates.names import is_unusual

from ..frames import TOPIC

OURS = ("ca", "ca-bundle", "foreign", "server", "truststore")
LONGEST = "x" * 200


@pytest.mark.parametrize("topic", OURS)
def test_a_topic_that_names_a_file_of_ours_is_refused_with_a_better_one(topic: str) -> None:
    told = f"^'{topic}' names a file of our own: choose a topic such as com.{topic}$"
    with pytest.raises(UsageError, match=told):
        check_topic(topic)
    check_topic(f"com.{topic}")
    check_topic(f"{topic}.com")


def test_every_name_in_a_folder_that_is_not_a_topic_s_is_refused_as_one(tmp_path: Path) -> None:
    open_folder(tmp_path, ())
    stems = {path.stem for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert stems == set(OURS) - {"foreign"}


@pytest.mark.parametrize("topic", OURS)
def test_whoever_takes_topics_refuses_those(topic: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names a file of our own"):
        FakeAPNs(topics=[TOPIC, topic])
    with pytest.raises(UsageError, match="names a file of our own"):
        open_folder(tmp_path / "new", (topic,))
    assert not (tmp_path / "new").exists()
    with pytest.raises(UsageError, match="names a file of our own"):
        CertificateFolder(default_authority(), tmp_path).client(topic)


def test_a_topic_may_be_so_long_and_no_longer(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no topic: write a bundle id"):
        check_topic(LONGEST + "x")
    # The longest one still names files.
    folder = CertificateFolder(default_authority(), tmp_path)
    unusual = folder.client(LONGEST, scope="sandbox", kind="voip", validity="not-yet-valid")
    unusual.write_all()
    assert len(list(tmp_path.iterdir())) == 4


def combinations() -> list[dict[str, Any]]:
    """All certificates that can be asked for, by their arguments."""
    kinds_and_scopes = [(kind, scope) for kind, scope in PREFIXES]
    return [
        {"kind": kind, "scope": scope, "validity": validity}
        for (kind, scope), validity in product(kinds_and_scopes, get_args(Validity))
    ]


@pytest.mark.parametrize("wanted", combinations(), ids=lambda each: " ".join(each.values()))
def test_a_name_shows_whether_a_certificate_is_the_usual_one(
    wanted: dict[str, Any], tmp_path: Path
) -> None:
    client = CertificateFolder(default_authority(), tmp_path).client(TOPIC, **wanted)
    stem = Path(client.certificate_file).stem
    assert is_unusual(stem) == (stem != TOPIC)
    marks = [each for each in wanted.values() if each not in ("app", "both", "valid")]
    assert stem == "--".join([TOPIC, *marks])


@pytest.mark.parametrize(
    "topic",
    [f"{TOPIC}.voip", f"{TOPIC}.expired", f"{TOPIC}-voip", "expired", "sandbox", f"{TOPIC}--x"],
)
def test_a_topic_is_usual_whatever_it_ends_in(topic: str) -> None:
    check_topic(topic)
    assert not is_unusual(topic)
