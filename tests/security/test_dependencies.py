"""What is installed is what was looked at, and no library that unpacks, unpickles or parses XML is used."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = {
    canonicalize_name(name): version
    for name, _, version in (
        line.partition("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
}
MALICIOUS = {"litellm": ("1.82.7", "1.82.8")}
"""Releases that stole what they found."""
DANGEROUS = re.compile(
    r"^(zipfile|tarfile|shutil\.unpack_archive|pickle|cPickle|dill|marshal|shelve|yaml"
    r"|xml\.(?!sax\.saxutils)\w+|lxml|xmlrpc|defusedxml)"
)
CALLS = frozenset({"eval", "exec", "compile", "__import__"})


def requirements() -> Iterator[Requirement]:
    """Everything that the package asks for, extras included."""
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *(line for lines in extras.values() for line in lines)]:
        if not text.startswith("interviewer"):
            yield Requirement(text)


@pytest.mark.parametrize("name", MALICIOUS)
def test_releases_that_were_malicious_cannot_be_installed(name: str) -> None:
    asked = next(requirement for requirement in requirements() if requirement.name == name)
    for version in MALICIOUS[name]:
        assert not asked.specifier.contains(version)
        assert PINNED[canonicalize_name(name)] != version
    assert asked.specifier.contains(PINNED[canonicalize_name(name)])


def test_every_dependency_is_pinned_to_one_version_that_the_package_accepts() -> None:
    for requirement in requirements():
        version = PINNED[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement
        assert requirement.url is None
    for version in PINNED.values():
        # A wildcard, an address or a marker is no version.
        assert str(Version(version)) == version


def test_nothing_unpacks_archives_or_pickles_parses_xml_or_runs_text() -> None:
    for path in sorted((ROOT / "interviewer").rglob("*.py")):
        # Ray itself sends pickles between the machines of one's own cluster; no file is read so.
        allowed = {"pickle"} if path.name.startswith("ray_") else set()
        assert set(dangers(path)) <= allowed, path


def dangers(path: Path) -> Iterator[str]:
    """What a source file imports or calls that does more with data than to read it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield node.func.id
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            yield node.arg
        yield from (name for name in names if DANGEROUS.match(name))
