"""Mock interviews in the terminal, graded so that the grade can be checked."""

import os

__version__ = "0.1.0"

# No telemetry. Some libraries report home as soon as they are imported, so they are told before that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
