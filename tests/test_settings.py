"""Settings come from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import Limits, Settings


def test_the_environment_sets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETROGRAD_PORT", "9000")
    monkeypatch.setenv("RETROGRAD_LIMITS__BATCH", "64")
    found = Settings()
    assert found.port == 9000
    assert found.limits.batch == 64
    assert found.limits.layers == Limits().layers


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "x"), ("LIMITS__BATCH", "0"), ("LIMITS__NOTHING", "1")],
)
def test_a_setting_that_makes_no_sense(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RETROGRAD_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_folders_of_a_checkout_and_of_a_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "app"
    (tmp_path / "static").mkdir()
    package.mkdir()
    monkeypatch.setattr(settings, "__file__", str(package / "settings.py"))
    assert settings._find("static") == tmp_path / "static"
    (package / "static").mkdir()
    assert settings._find("static") == package / "static"
