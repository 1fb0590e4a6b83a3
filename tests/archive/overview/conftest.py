"""The organisation that every archive begins with, and invented people in office there."""

from tests.archive.organisation.conftest import hold, make_unit, unit_named  # noqa: F401 - fixtures
