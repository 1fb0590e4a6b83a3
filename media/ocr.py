"""Reading the text in a picture of a page with tesseract, in a child process with limits."""

import os
import shutil
import subprocess
from pathlib import Path

from media.errors import ToolFailed, ToolMissing
from media.run import limits

LANGUAGE = "nor"
LONGEST_S = 180  # a page takes two to ten seconds
_LARGEST_TEXT = 200_000


def can_read() -> bool:
    """Whether tesseract and its Norwegian are installed here."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return LANGUAGE in listed.stdout.split()


def read_picture(picture: Path) -> str:
    """The lines that stand on a picture; "" where none do.

    Raises:
        ToolMissing: tesseract is not installed.
        ToolFailed: it gave up, or took too long.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise ToolMissing("tesseract")
    command = [*limits(LONGEST_S, 0), program, picture.name, "stdout", "-l", LANGUAGE, "--psm", "3"]
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=picture.parent,
            env=env,
            timeout=LONGEST_S * 2,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise ToolFailed("tesseract", None, "") from slow
    if done.returncode:
        raise ToolFailed("tesseract", done.returncode, done.stderr[-4_000:].decode("utf-8", "replace"))
    text = done.stdout.decode("utf-8", "replace").replace("\f", "\n")
    return "".join(letter for letter in text[:_LARGEST_TEXT] if letter in "\n\t" or ord(letter) >= 32).strip()
