"""Grading quality of the embedded judge on graded answers: what `interviewer bench` says of it."""

from __future__ import annotations

from interviewer.__main__ import main

MOST = 600
"""Answers of one file that are graded."""


def run(files: list[str]) -> None:
    """Print agreement with people on each file, beside the floors."""
    if not files:
        print("quality: give graded JSONL with --data FILE…")
        return
    main(["bench", *files, "--judge", "embedded", "--limit", str(MOST), "--no-cache"])
