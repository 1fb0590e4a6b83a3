"""Every command can be carried out, explains itself in Norwegian, and loads nothing before it is called."""

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import Settings
from stemme.arguments import build_parser
from tests.stemme.conftest import PROJECT, StartStemme, Stemme


def every_command(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers at the ends of the tree."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield parser
    for action in inner:
        for each in action.choices.values():
            yield from every_command(each)


CONTRACT = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = {command.prog: command for command in every_command(build_parser())}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_a_function_that_is_there(name: str) -> None:
    """The function is found by its name when the command is called."""
    module, function = COMMANDS[name].get_default("run").split(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_contract(name: str) -> None:
    """What is not written down cannot be relied on."""
    assert f"`{name}" in CONTRACT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_norwegian(name: str) -> None:
    """Also the words that Python adds."""
    text = COMMANDS[name].format_help()
    assert COMMANDS[name].description
    for english in ("usage", "options:", "positional arguments", "show this help"):
        assert english not in text


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["finnes-ikke"],
        ["add", "--title", "Uten fil"],
        ["add", "fil.mp3"],
        ["add", "fil.mp3", "--title", "T", "--access", "alle"],
        ["add", "fil.mp3", "--title", "T", "--date", "i går"],
        ["search", "ord", "--limit", "0"],
        ["show", "ikke-et-tall"],
        ["export", "1", "--format", "doc"],
        ["export", "1", "--format", "txt", "--with", "musikk"],
        ["restore", "mappe"],
        ["user"],
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(stemme: Stemme, words: list[str]) -> None:
    """On standard error, in Norwegian, and nothing on standard output."""
    typed = stemme(*words)
    assert typed.exit_code == 2
    assert typed.out == ""
    assert typed.err.startswith("bruk: ")
    for english in ("usage", "error:", "required", "invalid", "argument "):
        assert english not in typed.err


def test_an_interview_is_named_by_its_number_or_its_reference() -> None:
    """`42` and `TSV-I-0042` are the same."""
    parser = build_parser()
    assert parser.parse_args(["show", "TSV-I-0042"]).id == parser.parse_args(["show", "42"]).id == 42


def test_help_loads_neither_the_database_nor_the_pages() -> None:
    """In a fresh interpreter."""
    code = "import sys; from stemme.arguments import build_parser; build_parser(); import stemme.__main__; "
    code += "print([name for name in ('sqlalchemy', 'flask', 'numpy', 'dbos') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_wrong_usage(stemme: Stemme, port: str) -> None:
    """Nothing is opened."""
    typed = stemme("web", "--port", port)
    assert typed.exit_code == 2
    assert f"--port: '{port}' kan ikke brukes her" in typed.err


def test_who_reads_us_may_stop_or_be_gone(settings: Settings, start_stemme: StartStemme) -> None:
    """No trace of it on standard error; a full disk is a sentence."""
    reader = start_stemme("model", "list", "--json")
    assert reader.stdout
    reader.stdout.close()
    assert (reader.wait(120), reader.stderr and reader.stderr.read()) == (1, "")
    command = f"{sys.executable} -m stemme model list"
    environ = {**os.environ, "STEMME_DATA": str(settings.data)}
    for elsewhere, code, said in ((">&-", 0, ""), ("2>&- >/dev/null", 0, ""), (">/dev/full", 1, "Disken er full.\n")):
        done = subprocess.run(
            ["sh", "-c", f"{command} {elsewhere}"],
            env=environ,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (code, said), elsewhere
