"""What `stemme doctor` has to say of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `level` is ok, advice (it works, but) or fault."""

    about: str
    level: str
    says: str
    mend: str = ""
