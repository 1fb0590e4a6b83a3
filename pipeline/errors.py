"""Everything that can go wrong on the way from sound to text, on one page.

    PipelineError
    ├── ModelMissing      no speech model of that name is installed, and there is nothing at that path
    ├── ModelDamaged      a file of an installed model is missing or is not what was installed
    ├── ModelUnusable     the files are whole, but this engine cannot use them
    ├── EngineMissing     the chosen engine's library is not installed
    ├── EngineFailed      the process that hears one window by itself died, or took too long
    ├── NoSuchModel       the hub has no such model, or no weights in a form that we can use
    ├── HubUnreachable    the hub did not answer
    ├── VoicesFailed      the process that tells voices apart died, or took too long
    ├── VoiceTooShort     too little of a person's speech is known to learn the voice from
    └── GaveUp            the same piece of work took its worker down too many times

Errors carry data; the wording for people lives in templates and in the command line.
"""

from dataclasses import dataclass
from pathlib import Path


class PipelineError(Exception):
    """Base of everything raised by this package."""


@dataclass
class ModelMissing(PipelineError):
    """Raised when no speech model of that name is installed, and there is nothing at that path."""

    name: str

    def __str__(self) -> str:
        return f"no speech model {self.name!r} is installed"


@dataclass
class ModelDamaged(PipelineError):
    """Raised when a file of an installed model is gone or changed; `problem` is `missing` or `changed`."""

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path} is {self.problem}"


@dataclass
class ModelUnusable(PipelineError):
    """Raised when the files are whole, but this engine cannot use them; `problem` is a short key.

    `not_a_model`, `no_tokenizer`, `needs_ctranslate2`, `quantised`, `unknown_format`.
    """

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path} cannot be used: {self.problem}"


@dataclass
class EngineMissing(PipelineError):
    """Raised when the chosen engine's library is not installed (a light installation has no torch)."""

    library: str

    def __str__(self) -> str:
        return f"{self.library} is not installed"


@dataclass
class EngineFailed(PipelineError):
    """Raised when the process that hears one window by itself died; `exit_code` is negative when it was killed."""

    exit_code: int | None

    def __str__(self) -> str:
        return f"hearing one window ended with {self.exit_code}"


@dataclass
class NoSuchModel(PipelineError):
    """Raised when the hub has no such model, or no weights in a form that we can use."""

    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


@dataclass
class HubUnreachable(PipelineError):
    """Raised when the hub did not answer."""

    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


@dataclass
class VoicesFailed(PipelineError):
    """Raised when the process that tells voices apart died; `exit_code` is None when it took too long."""

    exit_code: int | None

    def __str__(self) -> str:
        return f"telling voices apart ended with {self.exit_code}"


@dataclass
class VoiceTooShort(PipelineError):
    """Raised when too little of a person's speech is known to learn the voice from."""

    person_id: int

    def __str__(self) -> str:
        return f"person {self.person_id} says too little"


@dataclass
class GaveUp(PipelineError):
    """Raised when the same piece of work took its worker down too many times."""

    recording_id: int
    attempts: int

    def __str__(self) -> str:
        return f"recording {self.recording_id} took the worker down {self.attempts} times"
