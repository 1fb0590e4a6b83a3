import dataclasses
import inspect

from archive import errors


def test_the_page_draws_every_error() -> None:
    kinds = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == "archive.errors"}
    drawn = {line.split("── ")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "── " in line}
    assert drawn == kinds - {"ArchiveError"}


def test_every_error_says_when_it_is_raised_and_can_be_read() -> None:
    values = {"offset_bytes": 4, "interview_id": 7}
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if kind.__module__ != "archive.errors" or name == "ArchiveError":
            continue
        assert issubclass(kind, errors.ArchiveError)
        assert (kind.__doc__ or "").startswith("Raised when"), name
        if dataclasses.is_dataclass(kind):
            assert str(kind(**{field.name: values.get(field.name, "x") for field in dataclasses.fields(kind)})), name
