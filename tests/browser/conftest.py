"""A real server process, a real browser, and a page that must stay silent and on this host."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import ROOT, serve


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.fail("The browser tests need Chromium: install it, or name it in BROWSER_PATH.")
    return {"executable_path": path, "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that runs as a user's would."""
    with serve() as address:
        yield address


class Watch:
    """What a page did that it should not have done."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.expected_statuses: set[int] = set()

    def attach(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("request", self._see_request)
        page.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {status}" in message.text for status in self.expected_statuses)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _see_request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.server}/", "data:", "blob:")):
            self.complaints.append(f"request off the host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.complaints.append(f"status {response.status}: {response.url}")


@pytest.fixture
def watch(server: str) -> Watch:
    """The page's conduct; add to ``expected_statuses`` what a test provokes."""
    return Watch(server)


@pytest.fixture
def page(context: BrowserContext, server: str, watch: Watch) -> Iterator[Page]:
    """A page with the server as its base; fails the test when anything was amiss."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    # Playwright's own way to wait evaluates text inside the page, which the page's policy forbids.
    page.wait_for_function = partial(wait_until, page)  # type: ignore[method-assign, assignment]
    watch.attach(page)
    yield page
    page.close()
    assert watch.complaints == []


def wait_until(page: Page, expression: str, *, seconds: float = 10) -> None:
    """Wait until ``expression`` is true in the page."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


@pytest.fixture(scope="session")
def browser_context_args(server: str) -> dict[str, Any]:
    return {"base_url": server, "viewport": {"width": 1440, "height": 900}}


def find_axe_violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, WCAG 2.2 A and AA and best practice."""
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{violation['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for violation in found
        for node in violation["nodes"]
    ]
