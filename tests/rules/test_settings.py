"""A wrong setting gets a sentence that names it; right ones are taken as they are."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import Settings, SettingsError, operator_language
from repo_app.runtime import secret_key


def test_the_defaults_put_everything_into_the_instance_and_uploads_beside_it() -> None:
    settings = Settings.load(env={})
    assert settings.database_url.endswith("/instance/repository.db")
    assert settings.search_url.endswith("/instance/search")
    assert settings.blobs_url == f"file:{Path('uploads').absolute()}"


def test_a_named_instance_holds_its_files_too(tmp_path: Path) -> None:
    for settings in (
        Settings.load(tmp_path, env={}),
        Settings.load(env={"REPO_INSTANCE": str(tmp_path)}),
    ):
        assert settings.blobs_url == f"file:{tmp_path / 'uploads'}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("REPO_PORT", "http", "whole number"),
        ("REPO_PORT", "70000", "1 to 65535"),
        ("REPO_DATABASE_URL", "oracle://x", "written like"),
        ("REPO_SEARCH_URL", "solr://x", "written like"),
        ("REPO_PUBLIC_URL", "example.org", "https://example.org"),
        ("REPO_MAX_UPLOAD_MIB", "0", "1 to 1024"),
        ("REPO_TRUSTED_PROXIES", "-1", "below zero"),
        ("REPO_PROT", "8000", "no setting"),
        ("REPO_DATABASE_URL", "sqlite:///", "sqlite:///FILE"),
        ("REPO_BLOBS_URL", "file:", "file:FOLDER"),
        ("REPO_SEARCH_URL", "whoosh:", "whoosh:FOLDER"),
        ("REPO_PUBLIC_URL", "http://[", "https://example.org"),
    ],
)
def test_every_wrong_setting_is_named_in_a_sentence(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load(env={name: value})
    assert len(raised.value.faults) == 1
    assert name in str(raised.value.faults[0])
    assert words in str(raised.value.faults[0])


def test_an_empty_variable_says_nothing() -> None:
    assert Settings.load(env={"REPO_INSTANCE": "", "REPO_PORT": " "}) == Settings.load(env={})


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load(env={"REPO_PORT": "0", "REPO_BLOBS_URL": "ftp:x"})
    assert len(raised.value.faults) == 2


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 48
    assert stat.S_IMODE(settings.secret_key_file.stat().st_mode) == 0o600
    assert [p.name for p in settings.instance.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    ("env", "language"),
    [({"LANG": "es_SV.UTF-8"}, "es"), ({"LANG": "C.UTF-8"}, "en"), ({}, "en")],
)
def test_the_command_line_speaks_the_operators_language(env: dict[str, str], language: str) -> None:
    assert operator_language(env) == language
