"""The application: a table of contents."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app import __version__, pages
from app.api import (
    catalog,
    datasets,
    experiments,
    health,
    networks,
    openapi,
    problems,
    races,
    training,
)
from app.api.streams import Streams
from app.services.programs import make_resources
from app.settings import Settings

DESCRIPTION = """Builds neural networks, runs them forward and backward, and tells every value, \
every gradient, and the message along every edge.

Nothing is stored: a network is a document that goes in and comes out. Numbers are never rounded; \
the three that JSON has no literal for are answered as `"NaN"`, `"Infinity"` and `"-Infinity"`."""


SWITCH_SECONDS = 0.0005


class Application(FastAPI):
    """FastAPI with an OpenAPI document whose examples the services have run."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            self.openapi_schema = openapi.complete(document, self.state.resources)
        return self.openapi_schema


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole service; settings come from the environment unless given."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = settings.threads
        # Threads that train are made to hand over within this time, not the usual 5 ms.
        sys.setswitchinterval(SWITCH_SECONDS)
        yield
        app.state.streams.close()

    app = Application(
        title="Retrograd",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT"},
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.resources = make_resources(settings)
    app.state.streams = Streams(settings)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    problems.install(app)
    api = APIRouter(prefix="/api/v1")
    resources = (
        health.router,
        catalog.router,
        networks.specs,
        networks.runs,
        training.router,
        datasets.router,
        experiments.router,
        races.router,
    )
    for router in resources:
        api.include_router(router)
    app.include_router(api)
    pages.install(app, settings)
    return app
