"""Settings put into a file: comments stay, and nothing is written that would not be read again."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from interviewer.config import Settings, load_config
from interviewer.config.saving import changed_text, save, user_file, with_changes
from interviewer.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent.parent / "config.example.toml"
FILE = Path("config.toml")


def loaded(path: Path) -> Settings:
    return load_config({}, {}, path.parent / "nowhere", path.parent)


def test_a_saved_value_is_the_one_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "config.toml"
    save(path, {"judge.backend": "openai", "judge.model": "x/y", "practice.questions": 9})
    config = loaded(path).config
    assert (config.judge.backend, config.judge.model, config.practice.questions) == ("openai", "x/y", 9)
    save(path, {"judge.model": None, "judge.backend": "embedded"})
    assert loaded(path).config.judge.model is None
    assert loaded(path).config.practice.questions == 9


def test_only_the_owner_can_read_a_new_file_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    save(path, {"practice.theme": "light"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    save(path, {"practice.theme": "dark"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_everything_else_in_the_example_stays_as_it_is() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    new = changed_text(text, {"practice.theme": "light", "judge.model": "x/y"}, FILE)
    kept = [line for line in new.splitlines() if line not in ('model = "x/y"', 'theme = "light"')]
    assert kept == [line for line in text.splitlines() if line != 'theme = "dark"']
    assert "as confidence.\n[judge.panel]" in new


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        'judge.backend = "auto" # dotted\n',
        'judge = { backend = "auto" } # inline\n',
        "[judge.panel]\nmembers = []\n\n# later\n[practice]\nquestions = 3 # three\n",
        '[practice]\nquestions = 3\n[judge]\nbackend = "auto"\n[batch]\n[judge.panel]\n',
        "[judge]\n",
        "[judge]\r\nseed = 4\r\n",
    ],
)
def test_values_go_into_every_way_to_write_a_table(text: str) -> None:
    new = changed_text(text, {"judge.backend": "litellm", "judge.model": 'a"b', "judge.base_url": None}, FILE)
    read, before = tomllib.loads(new), tomllib.loads(text)
    assert (read["judge"].pop("backend"), read["judge"].pop("model")) == ("litellm", 'a"b')
    before.setdefault("judge", {}).pop("backend", None)
    assert read == before
    assert all(comment in new for comment in ("# only", "# dotted", "# inline", "# three") if comment in text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"judge.nonsense": 1}, "nonsense"),
        ({"practice.questions": 0}, "questions"),
        ({"judge.model": "sk-abcdefghijklmnop"}, "does not belong in a file"),
        ({"judge.base_url": "http://me:secret@host/v1"}, "password"),
    ],
)
def test_what_would_be_refused_is_not_written(
    tmp_path: Path, changes: dict[str, str | int], said: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[practice]\nquestions = 3\n")
    with pytest.raises(ConfigError, match=said) as caught:
        save(path, changes)
    assert "secret@" not in caught.value.message
    assert path.read_text() == "[practice]\nquestions = 3\n"


@pytest.mark.parametrize("text", ["[judge\n", "judge = 3\n", "[unheard]\nof = 1\n"])
def test_a_broken_file_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        save(path, {"judge.backend": "embedded"})
    assert path.read_text() == text


def test_a_folder_that_cannot_be_made_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        save(tmp_path / "file" / "config.toml", {"practice.theme": "light"})


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("[practice]\nquestions = 3\n")
    link = tmp_path / "config.toml"
    link.symlink_to("real.toml")
    save(link, {"practice.theme": "light"})
    assert link.is_symlink()
    assert loaded(link).config.practice.questions == 3


def test_changes_hold_without_a_file(tmp_path: Path) -> None:
    before = load_config({}, {}, tmp_path, tmp_path)
    after = with_changes(before, {"judge.backend": "embedded", "practice.questions": 7}, "this screen")
    assert (after.config.judge.backend, after.config.practice.questions) == ("embedded", 7)
    sources = {origin.key: origin.source for origin in after.origins}
    assert (sources["judge.backend"], sources["judge.model"]) == ("this screen", "default")
    with pytest.raises(ConfigError, match="questions"):
        with_changes(before, {"practice.questions": 0}, "this screen")


def test_the_users_own_file_is_the_one_that_is_read() -> None:
    save(user_file(), {"practice.questions": 11})
    assert load_config({}, {}, Path("/")).config.practice.questions == 11
