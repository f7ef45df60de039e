"""What a measurement comes to: as text for a terminal, as one HTML page, as JSON."""

from interviewer.reports.bench.html import to_html
from interviewer.reports.bench.text import to_text
from interviewer.reports.json import json_text

__all__ = ["json_text", "to_html", "to_text"]
