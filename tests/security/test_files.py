"""Files with answers are for their owner, names lead nowhere else, and no file is larger than it looks."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.batch.journal import Journal
from interviewer.errors import DataError
from interviewer.history import History
from interviewer.importers import FORMATS, import_file
from interviewer.models import Question
from interviewer.tui.screens.export import write_new
from interviewer.wiring import data_folder
from interviewer.writing import write_questions
from tests.batch.answers import Asked, HandIn, answers, in_lines
from tests.cli.conftest import Run
from tests.practised import practised
from tests.security.conftest import Write


@pytest.fixture(autouse=True)
def _everybody_may_read() -> Iterator[None]:
    """The usual mask, under which a file is for everybody unless the program says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """The files below it that somebody else may read or write."""
    return [
        f"{path.relative_to(folder)} {stat.filemode(path.stat().st_mode)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_mode & 0o077
    ]


def test_whatever_holds_answers_is_for_its_owner_only(
    run: Run, hand_in: HandIn, write: Write, server: Asked, tmp_path: Path
) -> None:
    given = [hand_in(answers(3))]
    given.append(
        write("graded.jsonl", in_lines([{**line, "human_score": n} for n, line in enumerate(answers(4))]))
    )
    history = History(data_folder())
    practised(history, {})
    history.close()
    judge = ("--judge", "openai/m")
    for command in (
        ("grade", "a.jsonl", "-o", "o.jsonl", *judge),
        ("report", "o.jsonl", "-o", "o.html"),
        ("report", "o.jsonl", "-o", "o.csv"),
        ("export", "-o", "session.md"),
        ("export", "-o", "session.html"),
        ("export", "-o", "session.json"),
        ("bench", "graded.jsonl", "-o", "kept", "--resamples", 0, "--json", "b.json", *judge),
        ("config", "init"),
    ):
        shown = run(*command)
        assert shown.code == 0, (command, shown.err)
    write_new(Path("interview-1.md"), b"an answer")
    for path in given:
        path.unlink()
    assert open_to_others(tmp_path) == []
    assert stat.S_IMODE(Path("kept").stat().st_mode) == 0o700
    for folder in ("interviewer", ".cache/interviewer"):
        assert stat.S_IMODE((tmp_path / "home" / folder).stat().st_mode) == 0o700


def test_a_file_that_its_owner_has_opened_to_others_stays_so(run: Run, hand_in: HandIn) -> None:
    hand_in(answers(1))
    for name in ("o.jsonl", "o.html"):
        Path(name).touch()
        Path(name).chmod(0o640)
    assert run("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "embedded").code == 0
    assert run("report", "o.jsonl", "-o", "o.html").code == 0
    assert {stat.S_IMODE(Path(name).stat().st_mode) for name in ("o.jsonl", "o.html")} == {0o640}


def test_a_journal_that_is_put_in_order_is_still_for_its_owner_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "o.jsonl")
    head = '{{"number":{},"key":"{}","outcome":"ungraded","score":null,"id":"","question":""}}'
    for number in (2, 1):
        journal.append(number, head.format(number, "0" * 32))
    journal.finish()
    journal.close()
    assert open_to_others(tmp_path) == []


ELSEWHERE = ("../outside", "/tmp/outside", "..", ".hidden", "a/b", "a\\b", "c:x", "a\x00b", "con/..", "A")
DEVICES = ("con", "nul", "aux.net", "com1", "lpt9.a", "prn")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_imported_topic_or_id_cannot_lead_out_of_its_folder(
    name: str, run: Run, write: Write, tmp_path: Path
) -> None:
    said = {"prompt": "Why is the sky blue?", "reference": "Air scatters blue light."}
    before = sorted(tmp_path.rglob("*"))
    for key in ("topic", "id"):
        path = write("q.jsonl", in_lines([{**said, key: name}]))
        shown = run("import", path, "-o", "bank")
        assert shown.code == 2, shown
        path.unlink()
    assert run("import", write("q.md", "## Why?\n\nSo.\n"), "--topic", name, "-o", "bank").code == 2
    Path("q.md").unlink()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", DEVICES)
def test_a_topic_that_is_a_device_on_windows_is_not_written(name: str, tmp_path: Path) -> None:
    question = Question(id="a", topic=name, prompt="Why?", reference="So.")
    with pytest.raises(DataError, match="cannot be the name of a file on Windows"):
        write_questions(tmp_path / "bank", [question])
    assert not (tmp_path / "bank").exists()


def test_names_in_answers_and_records_are_never_names_of_files(
    run: Run, hand_in: HandIn, write: Write, tmp_path: Path
) -> None:
    evil = "../../../outside"
    hand_in([{**answers(1)[0], "id": evil, "candidate": f"/{evil}"}])
    graded = in_lines([{**line, "human_score": 1, "id": evil} for line in answers(3)])
    write("..%2f..%2foutside.jsonl", graded)
    assert run("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "embedded").code == 0
    for name in ("o.html", "o.csv", "o.md", "o.xml"):
        assert run("report", "o.jsonl", "-o", name).code == 0
    bench = ("bench", "..%2f..%2foutside.jsonl", "-o", "kept", "--resamples", 0, "--judge", "embedded")
    assert run(*bench).code == 0
    assert not [path for path in tmp_path.rglob("*outside*") if path.parent.name not in ("work", "kept")]
    assert not list(tmp_path.parent.glob("*outside*"))


def bomb() -> bytes:
    """A hundred megabytes in a hundred kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("collection.anki2", b"\x00" * 100_000_000)
        archive.writestr("../../outside", b"x")
    return packed.getvalue()


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12))
    + "]><a>&f;&a11;</a>\n"
)
"""Billions of laughs, and the list of users."""


@pytest.mark.parametrize("name", ["a.apkg", "a.docx", "a.vtt", "a.srt", "a.txt", "a.md", "a.jsonl", "a.csv"])
def test_an_archive_is_refused_under_every_name_and_never_unpacked(
    name: str, run: Run, write: Write, tmp_path: Path
) -> None:
    write(name, bomb())
    for command in (("import", name, "-o", "bank"), ("grade", name, "-o", "o.jsonl", "--judge", "embedded")):
        shown = run(*command)
        assert (shown.code, shown.out) == (2, "")
        assert "bug" not in shown.err
    assert [path.name for path in Path().iterdir()] == [name]
    assert not list(tmp_path.rglob("*outside*"))


@pytest.mark.parametrize("name", ["a.xml", "a.vtt", "a.srt", "a.txt", "a.md"])
def test_entities_are_only_text(name: str, run: Run, write: Write) -> None:
    cue = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>{ENTITIES}\n"
    write(name, cue if name == "a.vtt" else ENTITIES)
    for command in (("import", name), ("grade", name, "--judge", "embedded", "--show-alignment")):
        shown = run(*command)
        assert "root:" not in shown.out + shown.err
        assert "bug" not in shown.err
        assert len(shown.out + shown.err) < 10 * len(ENTITIES)


@pytest.mark.parametrize("command", ["import", "grade", "check", "report", "config"])
def test_a_device_without_an_end_is_refused_in_little_memory(command: str) -> None:
    arguments = {"config": ["config", "show", "--config", "/dev/zero"]}.get(command, [command, "/dev/zero"])
    limited = f"ulimit -v 4000000; exec timeout 50 {sys.executable} -m interviewer {' '.join(arguments)}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "/dev/zero" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize("format_", FORMATS)
def test_a_huge_file_is_refused_before_it_is_understood(format_: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        # On the disk it takes no room.
        file.truncate(10**12)
    with pytest.raises(DataError, match="larger than 32 MiB"):
        import_file(path, format_)
