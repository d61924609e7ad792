"""HTML pages and static files; the only user of templates/."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request
from fastapi.templating import Jinja2Templates
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app import __version__
from app.networks.presets import PRESETS
from app.policy import hash_script, write_page_policy
from app.schemas.networks import TraceRequest
from app.schemas.problem import KINDS, PAGES, Kind
from app.services.admission import Admission
from app.services.catalog import describe_preset, list_catalog
from app.services.networks import tell_trace
from app.services.programs import Resources
from app.services.snapshots import find_snapshot, open_snapshot
from app.settings import Settings
from app.store.snapshots import SnapshotStore

POLICY = "Content-Security-Policy"
IMPORT = re.compile(r"""^import\b[^;"']*["'](\.[^"']+)["']""", re.MULTILINE)
"""An import of one of the page's own modules."""


@dataclass(frozen=True)
class Room:
    """A page with a stage: its template, its first module, and what it opens with."""

    template: str
    entry: str
    kinds: tuple[str, ...]
    view: str


ROOMS = {
    "/": Room("studio.html", "main.js", ("dense", "recurrent"), "units"),
    "/training": Room("training.html", "training.js", ("dense",), "units"),
    "/playground": Room("playground.html", "playground.js", ("expression",), "nodes"),
    "/lab": Room("lab.html", "lab.js", ("dense",), "units"),
    "/optimizers": Room("optimizers.html", "optimizers.js", ("dense",), "units"),
}
"""Where each room is."""


class StaticFolder(StaticFiles):
    """Static files. A vendored library has its version in its path and never changes there."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, and how long it may be kept."""
        response = await super().get_response(path, scope)
        forever = "public, max-age=31536000, immutable"
        response.headers["Cache-Control"] = forever if path.startswith("vendor/") else "no-cache"
        return response


def install(app: FastAPI, settings: Settings) -> None:
    """Add the pages and the static files to ``app``."""
    templates = Jinja2Templates(directory=settings.templates)
    resources: Resources = app.state.resources
    libraries = find_libraries(settings.static)
    pages = Pages(templates, settings, resources)
    store: SnapshotStore = app.state.store
    admission: Admission = app.state.admission
    router = APIRouter(include_in_schema=False)
    for path in ROOMS:
        router.add_api_route(path, pages.make_handler(path))
        router.add_api_route(f"/embed{path}", pages.make_handler(path, embedded=True))

    @router.get("/s/{snapshot_id}")
    @router.get("/embed/s/{snapshot_id}")
    async def show_snapshot(request: Request, snapshot_id: str) -> HTMLResponse:
        body = await run_in_threadpool(find_snapshot, snapshot_id, store)
        if body is None:
            return pages.show_problem(request, KINDS[404], 404)
        stored = orjson.loads(body)
        path = find_room(stored)
        opened: dict[str, Any] = await admission.compute(
            open_room,
            room=ROOMS[path],
            snapshot_id=snapshot_id,
            stored=stored,
            resources=resources,
        )
        embedded = request.url.path.startswith("/embed/")
        return pages.show_room(request, path, opened, embedded=embedded)

    @router.get("/docs")
    def show_docs(request: Request) -> HTMLResponse:
        addresses = {"libraries": libraries, "openapi_url": app.openapi_url}
        policy = write_page_policy(trusted_types=False)
        return templates.TemplateResponse(request, "docs.html", addresses, headers={POLICY: policy})

    @router.get("/problems/{slug}")
    def show_problem(request: Request, slug: str) -> HTMLResponse:
        kind = PAGES.get(slug)
        if kind is None:
            raise HTTPException(404)
        return pages.show_problem(request, kind)

    app.include_router(router)
    app.mount("/static", StaticFolder(directory=settings.static), name="static")


class Pages:
    """The rooms, each with a policy that allows its own scripts and no other."""

    def __init__(
        self, templates: Jinja2Templates, settings: Settings, resources: Resources
    ) -> None:
        self._templates = templates
        self._origins = settings.embed_origins
        self._contexts = {
            path: make_room_context(room, settings.static, resources)
            for path, room in ROOMS.items()
        }

    def make_handler(
        self, path: str, *, embedded: bool = False
    ) -> Callable[[Request], HTMLResponse]:
        """The answer to a request for a room as it opens for every visitor."""

        def show(request: Request) -> HTMLResponse:
            return self.show_room(request, path, {}, embedded=embedded)

        return show

    def show_room(
        self, request: Request, path: str, changes: dict[str, Any], *, embedded: bool
    ) -> HTMLResponse:
        """A room; with ``embedded`` without its panels, for a frame on another site."""
        whole = request.url.path.removeprefix("/embed") or "/"
        context = self._contexts[path] | changes | {"embedded": embedded, "whole": whole}
        policy = write_page_policy(
            scripts=[hash_script(str(context["import_map"]))],
            ancestors=self._origins if embedded else (),
        )
        headers = {POLICY: policy}
        if embedded:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return self._templates.TemplateResponse(
            request, ROOMS[path].template, context, headers=headers
        )

    def show_problem(self, request: Request, kind: Kind, status: int = 200) -> HTMLResponse:
        """What a kind of problem means, and what to do about it."""
        return self._templates.TemplateResponse(
            request, "problem.html", {"kind": kind}, status, {POLICY: write_page_policy()}
        )


def find_room(stored: dict[str, Any]) -> str:
    """Where a snapshot is shown: the room that it was made in, else the first for its kind."""
    network = stored["network"]
    kind = network.get("spec", network).get("kind", "dense")
    fitting = [path for path, room in ROOMS.items() if kind in room.kinds]
    made_in = stored.get("view", {}).get("room")
    return made_in if made_in in fitting else fitting[0]


def open_room(
    room: Room, snapshot_id: str, stored: dict[str, Any], resources: Resources
) -> dict[str, Any]:
    """What a snapshot changes of what the room's template is filled with."""
    opened = open_snapshot(snapshot_id, stored, resources, room.view)
    catalog = list_catalog(resources)
    catalog["presets"] = [opened["preset"], *catalog["presets"]]
    return {
        "catalog_json": embed(catalog),
        "trace_json": embed(opened["trace"]),
        "fragment": opened["fragment"],
    }


def make_room_context(room: Room, static: Path, resources: Resources) -> dict[str, Any]:
    """What the room's template is filled with."""
    presets = [describe_preset(preset) for preset in PRESETS.values()]
    first = next(preset for preset in presets if preset["network"]["spec"]["kind"] in room.kinds)
    question = {name: first[name] for name in ("network", "inputs", "targets", "optimizer")}
    request = TraceRequest.model_validate_json(_write({**question, "view": room.view}))
    return {
        "version": __version__,
        "import_map": embed({"imports": find_modules(static)}),
        "libraries": find_libraries(static),
        "preloads": list_preloads(static, room.entry),
        "catalog_json": embed(list_catalog(resources)),
        "trace_json": embed(tell_trace(request, resources)),
    }


def embed(value: Any) -> Markup:
    """``value`` as JSON that can stand in a script element: nothing in it can end the element."""
    # In JSON these three occur in strings only, where an escape means the same.
    text = _write(value).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 (escaped just above)


class VendorError(RuntimeError):
    """The front-end libraries are not where they should be."""


def find_modules(static: Path) -> dict[str, str]:
    """The addresses of the vendored ES modules by the name that scripts import them under.

    The build hook leaves the list beside the libraries. Raises ``VendorError`` without it.
    """
    listing = static / "vendor" / "modules.json"
    if not listing.is_file():
        raise VendorError(f"{listing} is missing: install the project (pip install .) to get it")
    modules: dict[str, str] = orjson.loads(listing.read_bytes())
    return {name: f"/static/vendor/{path}" for name, path in modules.items()}


def find_libraries(static: Path) -> dict[str, str]:
    """The address of every vendored library's folder, which has its version in its name."""
    vendor = static / "vendor"
    folders = [*vendor.glob("[!@]*@*"), *vendor.glob("@*/*@*")]
    names = [folder.relative_to(vendor).as_posix() for folder in folders]
    return {name.rpartition("@")[0]: f"/static/vendor/{name}" for name in sorted(names)}


def list_preloads(static: Path, entry: str) -> list[str]:
    """Addresses of a page's own modules, ``entry`` first, for the browser to fetch all at once."""
    root = (static / "js").resolve()
    modules = {root / entry: None}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if not module.is_file():
            # A server of the API alone has no page.
            continue
        found = [(module.parent / name).resolve() for name in IMPORT.findall(module.read_text())]
        waiting += [path for path in found if path not in modules]
        modules |= dict.fromkeys(found)
    return [f"/static/js/{module.relative_to(root).as_posix()}" for module in modules]


def _write(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
