"""What routes are handed by the application."""

from typing import Annotated

from fastapi import Depends, Request

from app.api.streams import Streams
from app.services.admission import Admission
from app.services.programs import Resources
from app.store.snapshots import SnapshotStore


async def get_resources(request: Request) -> Resources:
    """The resources of the application that serves the request."""
    # Not a plain function: the framework would send it to a thread of its own.
    resources: Resources = request.app.state.resources
    return resources


Shared = Annotated[Resources, Depends(get_resources)]


async def get_streams(request: Request) -> Streams:
    """The streams of the application that serves the request."""
    streams: Streams = request.app.state.streams
    return streams


Streaming = Annotated[Streams, Depends(get_streams)]


async def get_store(request: Request) -> SnapshotStore:
    """The store of the application that serves the request."""
    store: SnapshotStore = request.app.state.store
    return store


Store = Annotated[SnapshotStore, Depends(get_store)]


async def get_admission(request: Request) -> Admission:
    """What takes on the heavy work of the application that serves the request."""
    admission: Admission = request.app.state.admission
    return admission


Admitted = Annotated[Admission, Depends(get_admission)]
