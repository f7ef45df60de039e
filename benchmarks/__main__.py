"""Run the benchmarks.

python -m benchmarks            times and quality, printed; nothing fails
python -m benchmarks --counts   only what does not vary from run to run; fails when a count is over its limit
python -m benchmarks quality --data FILE…   only grading quality, on graded answers
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import batch, counts, quality, screen, speed


def main() -> int:
    """Measure, print, and for counts say whether they hold."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks")
    arguments.add_argument("only", nargs="?", choices=["quality"], help="only this part")
    arguments.add_argument("--counts", action="store_true", help="only the counts")
    arguments.add_argument("--data", metavar="FILE", nargs="*", default=[], help="graded JSONL to measure on")
    options = arguments.parse_args()
    if options.only == "quality":
        quality.run(options.data)
        return 0
    failed = counts.run()
    if not options.counts:
        speed.run()
        batch.run()
        screen.run()
        quality.run(options.data)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
