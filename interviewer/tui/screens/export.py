"""Writing a session to a file: asks for the format, then says where it went."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from pathlib import Path

from interviewer.errors import InterviewerError
from interviewer.keeping import for_owner
from interviewer.tui.app import PracticeApp
from interviewer.tui.screens.dialogs import Choose


async def export_session(app: PracticeApp, session_id: int) -> None:
    """Writes a session, with all feedback, into the current folder; in a browser, among its downloads.

    Called from a worker.
    """
    # Jinja is loaded where a report is wanted only.
    from interviewer.reports import FORMATS, SUFFIXES, session_report

    files = {name: f"interview-{session_id}{SUFFIXES[name]}" for name in FORMATS}
    options = [(name, f"{name} ({file})") for name, file in files.items()]
    where = "download it" if app.is_web else "to this folder"
    name = await app.push_screen_wait(
        Choose(f"Write session {session_id}, with all feedback, {where} as", options)
    )
    if name is None:
        return
    desk, file = app.desk, files[name]

    def report() -> bytes:
        return FORMATS[name](session_report(desk.history, session_id, desk.bank.questions)).encode()

    try:
        if app.is_web:
            content = BytesIO(await desk.writer.do(report))
            app.deliver_binary(content, save_filename=file, mime_type="application/octet-stream")
            app.notify(f"{file} is among the downloads of your browser.", markup=False)
        else:
            written = await desk.writer.do(lambda: write_new(Path(file), report()))
            app.notify(f"Wrote {written}", markup=False)
    except OSError as error:
        app.notify(f"Not written: {error.strerror or error}", severity="error", markup=False)
    except InterviewerError as error:
        app.notify(f"Not written: {error}", severity="error", markup=False)


def write_new(path: Path, content: bytes) -> Path:
    """Writes a file that is not there yet, with a number in its name where it has to be; gives its full path.

    Only its owner can read it.

    Raises:
        OSError: it cannot be written.
    """
    for number in count(1):
        free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            with open(free, "xb", opener=for_owner) as stream:
                stream.write(content)
        except FileExistsError:
            continue
        return free.resolve()
    raise AssertionError("there is always a next number")
