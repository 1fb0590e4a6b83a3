from pathlib import Path

import pytest

from archive.errors import BadSetting
from archive.settings import PROJECT, read_settings


def test_without_an_environment_everything_lies_in_the_projects_var() -> None:
    settings = read_settings({})
    assert settings.data == PROJECT / "var"
    assert settings.database_url == f"sqlite:///{PROJECT / 'var' / 'archive.db'}"
    assert settings.store_url == str(PROJECT / "var" / "originals")
    assert (settings.engine, settings.search, settings.model, settings.base_url) == (
        "faster-whisper",
        "whoosh",
        None,
        None,
    )
    for folder in (settings.incoming, settings.derived, settings.index, settings.models):
        assert folder.parent == settings.data


def test_the_environment_decides(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "STEMME_DATA": str(tmp_path),
            "STEMME_DATABASE_URL": "postgresql+psycopg://a@/b",
            "STEMME_STORE_URL": "s3://bucket/opptak",
            "STEMME_ENGINE": "openai-whisper",
            "STEMME_MODEL": "nb-whisper-small",
            "STEMME_BASE_URL": "https://arkiv.example.org/",
            "STEMME_TRUSTED_PROXIES": "1",
        }
    )
    assert (settings.data, settings.database_url) == (tmp_path, "postgresql+psycopg://a@/b")
    assert settings.jobs_url == f"sqlite:///{tmp_path / 'jobs.db'}"
    assert (settings.store_url, settings.engine, settings.model) == (
        "s3://bucket/opptak",
        "openai-whisper",
        "nb-whisper-small",
    )
    assert (settings.base_url, settings.trusted_proxies) == ("https://arkiv.example.org", 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEMME_ENGINE", "whisperx"),
        ("STEMME_SEARCH", "elastic"),
        ("STEMME_BASE_URL", "arkiv.example.org"),
        ("STEMME_TRUSTED_PROXIES", "en"),
        ("STEMME_TRUSTED_PROXIES", "-1"),
        ("STEMME_TRUSTED_PROXIES", "²"),
        ("STEMME_DATABASE_URL", "archive.db"),
        ("STEMME_JOBS_URL", "mysql://a@b/c"),
    ],
)
def test_a_value_that_cannot_be_used_fails_loudly(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings({name: value})
    assert name in str(raised.value) and raised.value.value in value


def test_an_empty_variable_is_no_variable() -> None:
    assert read_settings({"STEMME_ENGINE": "", "STEMME_MODEL": "", "STEMME_DATA": ""}) == read_settings({})
