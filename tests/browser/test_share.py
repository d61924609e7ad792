"""Links: small states travel in them, large ones are kept, and either brings all of it back."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import chip, open_studio


def share(page: Page) -> str:
    page.get_by_role("button", name="Share", exact=True).click()
    field = page.get_by_role("textbox", name="Link")
    expect(field).to_have_value(re.compile("^http"))
    return field.input_value()


def test_a_small_state_travels_in_the_link(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_studio(page, "#preset=mazur&at=8")
    link = share(page)
    assert "#preset=mazur&at=8" in link
    expect(page.get_by_text("Nothing was sent anywhere")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert not any("/snapshots" in url for url in watch.requests)
    assert find_axe_violations(page) == []


def test_a_large_state_is_kept_and_comes_back_whole(page: Page, watch: Watch) -> None:
    open_studio(page, "#preset=mazur&view=graph&at=8")
    add = page.get_by_role("button", name="Add a layer")
    for _ in range(4):
        add.click()
        page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    expect(page.get_by_role("heading", name="Layer 6")).to_be_visible()
    text = page.locator("#inspector").inner_text()
    link = share(page)
    assert "/s/" in link
    assert "#" not in link
    before = chip(page).inner_text()

    page.goto(link)
    page.locator("html[data-ready]").wait_for()
    expect(chip(page)).to_have_text(before)
    expect(page.get_by_role("heading", name="Layer 6")).to_be_visible()
    assert page.locator("#tab-graph").get_attribute("aria-selected") == "true"
    assert page.locator("#inspector").inner_text() == text
    again = share(page)
    assert again.startswith(link)
    page.goto(again)
    page.locator("html[data-ready]").wait_for()
    expect(chip(page)).to_have_text(before)
    assert sum(url.endswith("/api/v1/snapshots") for url in watch.requests) == 1


def test_a_link_to_nothing_says_so(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(404)
    page.goto(f"/s/{'a' * 26}")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert find_axe_violations(page) == []


def test_the_header_fits_the_narrowest_window(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_studio(page)
    share(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for button in page.locator("#header button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
