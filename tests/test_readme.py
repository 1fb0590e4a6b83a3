"""The README keeps what it promises."""

import re
from pathlib import Path

from archive.model import Base

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PACKAGES = ("stemme", "web", "pipeline", "archive", "media")


def settings_in_code() -> set[str]:
    """Every STEMME_ variable that stands in a string of the code."""
    files = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]
    return {name for path in files for name in re.findall(r'["\'](STEMME_[A-Z_]+)', path.read_text(encoding="utf-8"))}


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    """In code, in the README: the same names."""
    table = set(re.findall(r"^\| `(STEMME_[A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert table == settings_in_code()


def test_every_table_stands_in_the_data_model() -> None:
    """By the name of its class."""
    tree = README.partition("## Data model")[2].partition("##")[0]
    missing = [each.class_.__name__ for each in Base.registry.mappers if each.class_.__name__ not in tree]
    assert missing == []


def test_the_two_commands_come_before_anything_else_to_type() -> None:
    """A newcomer types the first thing that looks like a command."""
    blocks = re.findall(r"```\n(.*?)```", README, flags=re.DOTALL)
    assert [block.strip() for block in blocks[:2]] == ["./script/run", "./script/test"]
    assert all((PROJECT / block.strip()).stat().st_mode & 0o100 for block in blocks[:2])


def test_every_package_and_every_file_that_is_linked_to_exists() -> None:
    """The layout tree and the links."""
    for folder in re.findall(r"^([a-z]+)/ {2,}[A-Z]", README, flags=re.MULTILINE):
        assert (PROJECT / folder).is_dir(), folder
    for target in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (PROJECT / target).exists(), target
