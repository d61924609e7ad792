"""Takes the pictures that the README shows, of a real server in a real browser."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import serve

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def take() -> None:
    """The worked example in light, and a network with softmax in dark, both in mid-backward."""
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        IMAGES.mkdir(parents=True, exist_ok=True)
        shots: list[tuple[Literal["light", "dark"], str]] = [
            ("light", "#preset=neuron&at=7"),
            ("dark", "#preset=softmax&at=12.8"),
        ]
        for scheme, fragment in shots:
            page = browser.new_page(viewport={"width": 1440, "height": 860}, color_scheme=scheme)
            page.goto(f"{address}/{fragment}")
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            if scheme == "light":
                page.locator("#stage [data-id='layer1.weight[0][0]']").first.focus()
                page.keyboard.press("Enter")
                page.locator("#inspector .pill").first.wait_for()
            page.screenshot(path=IMAGES / f"studio-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    take()
