"""An application without front-end libraries, and a client for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Limits, Settings

SMALL = Limits(
    body_bytes=600,
    data_bytes=2_000,
    json_depth=8,
    layers=3,
    units_per_layer=5,
    units=8,
    inputs=4,
    outputs=3,
    parameters=30,
    parameters_in_units_view=12,
    batch=6,
    work=100,
    run_numbers=480,
)


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    (folder / "js").mkdir()
    (folder / "js" / "main.js").write_text("")
    (folder / "vendor" / "swagger-ui-dist@1.0.0").mkdir(parents=True)
    (folder / "vendor" / "modules.json").write_text('{"katex": "katex@1.0.0/katex.mjs"}')
    return folder


@pytest.fixture(scope="session")
def app(static: Path) -> FastAPI:
    return create_app(Settings(static=static, sweep_workers=1))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture(scope="session")
def small_client(static: Path) -> Iterator[TestClient]:
    """A client of an application with small limits."""
    with TestClient(create_app(Settings(static=static, limits=SMALL))) as client:
        yield client
