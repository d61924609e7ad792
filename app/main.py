"""The application: a table of contents."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

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
    snapshots,
    training,
)
from app.api.streams import Streams
from app.guard.drain import drain_on_signals
from app.guard.guard import Guard
from app.guard.observers import Observe, log_request, make_metrics
from app.services.admission import Admission
from app.services.programs import make_resources
from app.settings import Settings
from app.store.snapshots import SnapshotStore

DESCRIPTION = """Builds neural networks, runs them forward and backward, and tells every value, \
every gradient, and the message along every edge.

Only snapshots are stored: a network is a document that goes in and comes out. Numbers are never \
rounded; the three that JSON has no literal for are answered as `"NaN"`, `"Infinity"` and \
`"-Infinity"`."""


SWITCH_SECONDS = 0.0005


class Application(FastAPI):
    """FastAPI behind a guard, with an OpenAPI document whose examples the services have run."""

    def build_middleware_stack(self) -> ASGIApp:
        """The layers around the routes, the guard being the outermost."""
        state = self.state
        observers: list[Observe] = [log_request]
        if state.metrics is not None:
            observers.append(state.metrics.observe)
        return Guard(super().build_middleware_stack(), state.settings, state.admission, observers)

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
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        # Threads that train are made to hand over within this time, not the usual 5 ms.
        sys.setswitchinterval(SWITCH_SECONDS)
        with drain_on_signals(drain, settings.drain_seconds):
            yield {"limits": settings.limits}
        app.state.streams.close()
        app.state.admission.close()
        app.state.store.close()
        app.state.resources.close()

    def drain() -> None:
        app.state.admission.drain()
        app.state.streams.drain()

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
    app.state.settings = settings
    app.state.admission = Admission(settings)
    app.state.resources = make_resources(settings)
    app.state.streams = Streams(settings)
    app.state.metrics = make_metrics(app.state.admission, lambda: app.state.streams.count)
    app.state.store = SnapshotStore(settings.find_store_url(), settings.limits.store_bytes)
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
        snapshots.router,
    )
    for router in resources:
        api.include_router(router)
    app.include_router(api)
    pages.install(app, settings)
    return app
