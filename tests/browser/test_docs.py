"""FastAPI's own documentation page, without a request off the host."""

from playwright.sync_api import Page, expect


def test_docs_show_every_operation(page: Page) -> None:
    page.goto("/docs")
    expect(page.get_by_text("/api/v1/networks/backward", exact=True).first).to_be_visible()
