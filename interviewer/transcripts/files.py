"""Which files are transcripts, and their turns: one reader for each format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from interviewer.errors import DataError
from interviewer.reading import LONGEST_LINE, read_text, require_file
from interviewer.transcripts import markdown, speaker_text, turns
from interviewer.transcripts.transcript import Transcript


def _vtt(text: str, path: Path) -> Transcript:
    from interviewer.transcripts.subtitles import parse_vtt

    return parse_vtt(text, path)


def _srt(text: str, path: Path) -> Transcript:
    from interviewer.transcripts.subtitles import parse_srt

    return parse_srt(text, path)


READERS: dict[str, Callable[[str, Path], Transcript]] = {
    ".vtt": _vtt,
    ".srt": _srt,
    ".txt": speaker_text.parse,
    ".md": markdown.parse,
    ".markdown": markdown.parse,
    ".jsonl": turns.parse,
    ".ndjson": turns.parse,
}
"""By the ending of the file's name."""
_LINES = (".jsonl", ".ndjson")


def is_transcript(path: Path) -> bool:
    """Whether a file is a transcript, by its name or, for JSON lines, its first line. A folder holds some."""
    if path.is_dir():
        return True
    suffix = path.suffix.lower()
    if suffix not in _LINES:
        return suffix in READERS
    try:
        with path.open("rb") as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                if line.strip(b"\xef\xbb\xbf \t\r\n"):
                    return turns.has_turns(line.decode("utf-8-sig", "replace"))
    except OSError:
        return False
    return False


def read_transcript(path: Path) -> Transcript:
    """The turns of one file.

    Raises:
        DataError: it cannot be read, or breaks the rules of its format.
    """
    require_file(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path}: no format of transcripts ends so", hint=f"known: {', '.join(READERS)}")
    return reader(read_text(path), path)


def transcripts_in(path: Path) -> tuple[list[Path], list[Path]]:
    """The transcripts of a folder by name, and its other files but hidden ones; a file stands for itself.

    Raises:
        DataError: there is no such file, or the folder holds no transcript.
    """
    if not path.is_dir():
        require_file(path)
        return [path], []
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    found = [file for file in files if is_transcript(file)]
    if not found:
        others = f" (it has {', '.join(repr(file.name) for file in files[:3])})" if files else ""
        raise DataError(f"{path}: holds no transcript{others}", hint=f"they end in {', '.join(READERS)}")
    return found, [file for file in files if file not in found]
