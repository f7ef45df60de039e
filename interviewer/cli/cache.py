"""`interviewer cache`: how much is kept of earlier grades, and how to be rid of it."""

from __future__ import annotations

import typer

from interviewer.cli.flags import JsonFlag

cache = typer.Typer(help="Show how much is kept of earlier grades, or forget it.", no_args_is_help=True)


@cache.command("stats")
def stats(as_json: JsonFlag = False) -> None:
    """Show where grades of earlier runs are kept, how many, and how much disk they take."""
    import json
    from contextlib import closing

    from interviewer.batch.cache import GradeCache, cache_path

    path = cache_path()
    with closing(GradeCache(path)) as known:
        size = known.size()
    if as_json:
        print(json.dumps({"path": str(path), **size.model_dump()}, indent=2, ensure_ascii=False))
        return
    outdated = f", {size.outdated} of other versions" if size.outdated else ""
    print(f"{path}: {size.grades} grades{outdated}, {size.megabytes:.1f} MB")


@cache.command("clear")
def clear() -> None:
    """Forget every grade of earlier runs. Files of grades are not touched."""
    from contextlib import closing

    from interviewer.batch.cache import GradeCache, cache_path

    with closing(GradeCache(cache_path())) as known:
        size = known.size()
        known.clear()
    print(f"{size.grades + size.outdated} grades are forgotten")
