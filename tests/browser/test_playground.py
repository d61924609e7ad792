"""The expression room as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import press


def open_playground(page: Page, fragment: str = "") -> None:
    page.goto(f"/playground{fragment}")
    page.wait_for_selector("html[data-ready=true]")
    page.locator("#stage svg.zooms").wait_for()


def formula(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("formula", re.IGNORECASE))


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#stage .handle[data-id='{name}']")


def slider(page: Page, name: str) -> Locator:
    return page.locator("#builder").get_by_role("slider", name=re.compile(rf"\b{name}\b"))


def test_it_opens_on_a_formula_with_its_gradients(page: Page) -> None:
    open_playground(page)
    expect(node(page, "x")).to_have_attribute("aria-label", "input x: −2, gradient −4")
    expect(page.locator("#inspector")).to_contain_text("∂f / ∂x = −4")


def test_the_graph_grows_with_the_text(page: Page) -> None:
    open_playground(page)
    formula(page).fill("q = x + y\nf = q * z + sin(w)")
    expect(node(page, "w")).to_have_attribute("aria-label", re.compile("input w: 1, gradient"))
    expect(slider(page, "w")).to_be_visible()
    formula(page).fill("f = x ** 2")
    expect(node(page, "w")).not_to_be_attached()
    expect(node(page, "x")).to_have_attribute("aria-label", "input x: −2, gradient −4")


def test_a_mistake_is_shown_where_it_is_and_nothing_is_lost(page: Page, watch: Watch) -> None:
    open_playground(page)
    watch.expected_statuses.add(422)
    formula(page).fill("q = x + y\nf = q * foo(z)")
    builder = page.locator("#builder")
    expect(builder).to_contain_text("Line 2, character 9")
    expect(builder.locator(".wrong")).to_have_text("foo")
    expect(formula(page)).to_have_value("q = x + y\nf = q * foo(z)")
    expect(node(page, "q")).to_be_attached()
    formula(page).fill("q = x + y\nf = q * relu(z)")
    expect(builder.locator(".wrong")).not_to_be_attached()
    expect(node(page, "z")).to_have_attribute("aria-label", re.compile("gradient 0$"))


def test_a_slider_moves_a_value_and_all_that_follows(page: Page) -> None:
    open_playground(page)
    slider(page, "x").focus()
    press(page, "ArrowRight")
    expect(node(page, "x")).not_to_have_attribute("aria-label", re.compile("x: −2,"))
    page.get_by_role("button", name="Undo").click()
    expect(node(page, "x")).to_have_attribute("aria-label", re.compile("x: −2,"))


def test_the_tangent_is_the_gradient(page: Page) -> None:
    open_playground(page, "#preset=micrograd")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("∂g / ∂a = +138.83")
    inspector.get_by_label("Name under the axis").select_option("b")
    expect(inspector).to_contain_text("∂g / ∂b = +645.58")
    inspector.get_by_text("The curve as a table").click()
    expect(inspector.locator("#plot-table tr").nth(10)).to_be_visible()


def test_what_learns_takes_a_step(page: Page) -> None:
    open_playground(page, "#preset=sigmoid_neuron")
    page.get_by_role("button", name="Next step").click()
    expect(node(page, "w0")).to_be_attached()
    press(page, "End")
    expect(page.locator("#inspector")).to_contain_text("after")


def test_a_step_with_memory_is_derived_line_by_line(page: Page) -> None:
    open_playground(page, "#preset=tanh_neuron")
    page.get_by_label("Optimizer", exact=True).select_option("adam")
    node(page, "w1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#updated")).to_be_hidden()
    page.keyboard.press("End")
    # Of the first step: the gradient, m, v, both corrections, both corrected, the weight after it.
    expect(page.locator("#updated .steps > li")).to_have_count(7)
    expect(page.locator("#updated h2")).to_have_text("How the gradient became step 1")
    grad = page.locator("#inspector .facts .strong dd").first.get_attribute("title")
    first = page.locator("#updated .pill").first.inner_text().replace("\u2212", "-")
    assert float(first) == pytest.approx(0.1 * float(grad or "nan"), rel=1e-4)


def test_a_link_brings_the_formula_back(page: Page) -> None:
    open_playground(page)
    formula(page).fill("g = tanh(x * y)")
    expect(node(page, "g")).to_be_attached()
    page.wait_for_function("location.hash.includes('state=')")
    link = page.evaluate("location.hash")
    page.goto("about:blank")
    open_playground(page, link)
    expect(formula(page)).to_have_value("g = tanh(x * y)")
    expect(node(page, "g")).to_be_attached()


def test_every_preset_opens(page: Page) -> None:
    open_playground(page)
    options = page.get_by_label("Start from").locator("option").all()
    values = [option.get_attribute("value") for option in options]
    for value in filter(None, values):
        page.get_by_label("Start from").select_option(value)
        page.wait_for_function(f"location.hash.includes('preset={value}')")
        expect(page.locator("#inspector .plot path").first).to_be_attached()
    assert len(values) > 6


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    watch.attach(page)
    open_playground(page, "#preset=gates")
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watch.complaints == []
