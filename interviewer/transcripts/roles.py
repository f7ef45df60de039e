"""Names that say what a speaker does in an interview, instead of who it is."""

from __future__ import annotations

import re

_INTERVIEWER = re.compile(
    r"\b(?:interviewers?|host|recruiter|panel|panell?ist|moderator|examiner|hiring manager"
    r"|hr|tutor|mentor|coach|teacher|instructor)\b",
    re.I,
)
_CANDIDATE = re.compile(r"\b(?:candidate|interviewee|applicant|respondent|guest|student)\b", re.I)
_UNNAMED = re.compile(
    r"(?:unknown )?(?:speaker|participant|person|voice|user)(?: ?#?(?:\d{1,3}|[a-z]))?", re.I
)


def is_interviewer(speaker: str) -> bool:
    """Whether the name says that this one asks: "Interviewer 2", "Dr. Weber (Panel)", "Q"."""
    return speaker == "Q" or bool(_INTERVIEWER.search(speaker))


def is_candidate(speaker: str) -> bool:
    """Whether the name says that this one answers: "Candidate", "A"."""
    return speaker == "A" or bool(_CANDIDATE.search(speaker))


def is_role(speaker: str) -> bool:
    """Whether only a transcript names somebody so: "Candidate", "Speaker 1"; a letter is not enough."""
    return len(speaker) > 1 and (
        is_interviewer(speaker) or is_candidate(speaker) or bool(_UNNAMED.fullmatch(speaker))
    )


def is_nameless(speaker: str) -> bool:
    """Whether the name tells nothing about who it is: in the next file "Candidate" is somebody else."""
    bare = re.sub(r"[\W\d_]+", " ", speaker).strip()
    return speaker == "A" or bool(_CANDIDATE.fullmatch(bare) or _UNNAMED.fullmatch(speaker.strip()))
