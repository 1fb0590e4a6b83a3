"""The fastest tests first and the browser last, so that the first failure comes soon.

Run on several cores, tests that share something heavy (a model, a served archive) stay together, file by file.
"""

import pytest

# A test runs with the slowest group that one of its marks names.
GROUPS = ("postgres", "weights", "slow", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort into groups; inside a group the order stays."""
    items.sort(key=_group)
    for item in items:
        if _group(item):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _group(item: pytest.Item) -> int:
    return max((GROUPS.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in GROUPS), default=0)
