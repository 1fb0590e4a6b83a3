"""The fastest tests first and the browser last, so that the first failure comes soon.

Run on several cores, tests that share something heavy (a model that is heard once for all of them, a served archive)
stay on one, so that it is made once. Any other test goes to the core that is free.
"""

import pytest

# A test runs with the slowest group that one of its marks names.
GROUPS = ("postgres", "worker", "weights", "slow", "browser")

TOGETHER = {
    "tests/journeys/test_main_job.py": "journey",
    "tests/pipeline/test_engines.py": "engines",
    "tests/pipeline/test_guard_on_recordings.py": "guard",
    "tests/pipeline/test_speakers.py": "voices",
    "tests/pipeline/test_voice_requests.py": "voices",
}

# Begun before the rest of their group: were one of them the last, a core would have nothing to do meanwhile.
LONG = (
    *TOGETHER,
    "tests/pipeline/test_repeatable.py",
    "tests/stemme/test_adding.py",
    "tests/journeys/",
    "tests/web/test_workplan.py::test_axe",
    "tests/web/test_year_wheel.py::test_axe",
    "tests/web/test_look.py::test_axe",
    "tests/web/test_overview.py::test_the_pages_fit",
    "tests/web/test_trusted_browser.py",
    "tests/web/test_handin_browser.py",
    "tests/web/test_records_browser.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort into groups, the long tests of each first; beyond that the order stays."""
    items.sort(key=lambda item: (_group(item), _place(item)))


def _place(item: pytest.Item) -> int:
    return next((place for place, each in enumerate(LONG) if item.nodeid.startswith(each)), len(LONG))


def _group(item: pytest.Item) -> int:
    return max((GROUPS.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in GROUPS), default=0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hand out the tests in their order. (pytest-xdist's own way, `xdist_group`, does nothing under pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling  # here: run on one core, pytest-xdist may be missing

    class InOrder(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return InOrder(config, log)
