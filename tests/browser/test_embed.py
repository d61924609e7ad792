"""The studio in a frame: only where it was allowed, and only what a frame has room for."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import find_axe_violations
from tests.browser.server import serve
from tests.browser.test_studio import READY


def test_an_embedded_studio_plays(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 480})
    page.goto("/embed/#preset=mazur&at=8")
    page.locator(READY).wait_for()
    expect(page.locator("#sentence .chip")).to_have_text("Backward · 2 of 7")
    expect(page.locator("#header")).to_be_hidden()
    expect(page.locator("#builder")).to_be_hidden()
    expect(page.locator("#inspector")).to_be_hidden()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Open in Retrograd")).to_have_attribute("href", "/")
    assert page.evaluate("document.documentElement.scrollWidth") == 640
    assert find_axe_violations(page) == []


def test_an_embedded_snapshot(page: Page, server: str) -> None:
    spec = {"inputs": 2, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1}]}
    body = {"network": spec, "inputs": [[1, 2]], "targets": [[0.5]], "view": {"at": 5}}
    made = httpx.post(f"{server}/api/v1/snapshots", json=body).json()
    page.goto(f"/embed{made['url']}")
    page.locator(READY).wait_for()
    expect(page.locator("#sentence .chip")).to_have_text(re.compile("Forward · 5"))
    expect(page.get_by_role("link", name="Open in Retrograd")).to_have_attribute(
        "href", made["url"]
    )


class SchoolPage(BaseHTTPRequestHandler):
    """A page of another site: a frame around the address in its query."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<iframe id=f src='{self.path.partition('?')[2]}'></iframe>".encode())

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def school() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), SchoolPage) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


def test_frames_of_another_site(browser: Browser, school: str) -> None:
    with serve(embed_origins=school) as address:
        page = browser.new_page()
        for path, count in (("/embed/", 1), ("/", 0)):
            page.goto(f"{school}/?{address}{path}")
            frame = page.frame_locator("#f")
            if count:
                expect(frame.locator(READY)).to_have_count(1)
            else:
                page.wait_for_timeout(1_000)
                expect(frame.locator("#studio")).to_have_count(0)
        page.close()
