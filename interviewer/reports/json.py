"""Reports as JSON: lossless, and safe to print on a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

from interviewer.reports.session import SessionReport

_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON need not escape, and a terminal or a reader of lines would act on."""


def to_json(report: SessionReport) -> str:
    """The whole report; questions have the keys of the bank files."""
    return json_text(report.model_dump(mode="json", by_alias=True))


def json_text(data: Any) -> str:
    """Indented JSON in which control and direction characters are escaped; they read back as they were."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n"
