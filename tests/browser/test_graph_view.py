"""The computation graph as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import chip, open_studio, press, stage_text, traces


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#stage .handle[data-id='{name}']")


def view_box(page: Page) -> list[float]:
    value = page.locator("#stage svg.zooms").get_attribute("viewBox") or ""
    return [float(part) for part in value.split(" ")]


def open_graph(page: Page, fragment: str) -> None:
    open_studio(page, fragment)
    page.locator("#stage svg.zooms").wait_for()


def center(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_view_is_asked_for_once_and_keeps_the_phase(page: Page, watch: Watch) -> None:
    open_studio(page, "#preset=neuron&at=6")
    expect(chip(page)).to_contain_text("Backward")
    before = traces(watch)
    page.get_by_role("tab", name="Computation graph").click()
    expect(node(page, "layer1.z")).to_be_attached()
    expect(chip(page)).to_contain_text("Backward")
    assert traces(watch) == before + 1
    press(page, "1")
    expect(node(page, "layer1[0]")).to_be_attached()
    press(page, "2")
    expect(node(page, "layer1.z")).to_be_attached()
    assert traces(watch) == before + 1


def test_it_plays_through_to_the_worked_example(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=0")
    expect(node(page, "layer1.a")).to_have_attribute("aria-label", re.compile("not reached yet"))
    assert "∂" not in stage_text(page)
    press(page, "End")
    for name, grad in (("layer1.weight", "4"), ("layer1.z", "2"), ("x", "1"), ("y", "−2")):
        expect(node(page, name)).to_have_attribute("aria-label", re.compile(f"gradient {grad}$"))
    expect(node(page, "layer1.weight")).to_have_attribute("aria-label", re.compile(": 0.1,"))


def test_the_local_derivative_stands_on_the_edge_while_it_is_used(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=0")
    titles = page.evaluate("document.querySelectorAll('#transport .cell').length")
    seen = set()
    for beat in range(titles):
        page.goto(f"/#preset=neuron&view=graph&at={beat + 0.3}")
        page.wait_for_function(
            f"document.querySelector('[role=slider]').ariaValueNow == {beat + 0.3}"
        )
        seen |= set(re.findall(r"× −?[^×∂Σ]*", stage_text(page)))
    assert any(text.startswith("× −1") for text in seen), seen
    press(page, "End")
    assert "× −1" not in stage_text(page)


def test_arrow_keys_walk_and_enter_derives(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=40")
    node(page, "x").focus()
    press(page, "ArrowRight", 2)
    expect(node(page, "layer1.z")).to_be_focused()
    press(page, "ArrowRight")
    expect(page.locator("#stage .edge:focus")).to_have_attribute(
        "aria-label", re.compile("sends back 2")
    )
    press(page, "ArrowRight")
    press(page, "Enter")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("Operation")
    expect(inspector.locator(".facts .strong dd")).to_have_text("+2")
    press(page, "Escape")
    expect(inspector).to_contain_text("Select a node")


def test_it_zooms_by_wheel_button_and_key_and_shows_all_again(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=1")
    before = view_box(page)
    x, y = center(node(page, "layer1.z"))
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        f"document.querySelector('#stage svg').viewBox.baseVal.width < {before[2]}"
    )
    after = center(node(page, "layer1.z"))
    assert abs(after[0] - x) < 2
    assert abs(after[1] - y) < 2
    width = view_box(page)[2]
    page.get_by_role("button", name="Farther").click()
    assert view_box(page)[2] > width
    node(page, "x").focus()
    press(page, "+")
    assert abs(view_box(page)[2] - width) < 1
    expect(page.get_by_label("Speed")).to_have_value("1")
    press(page, "0")
    assert view_box(page) == before


def test_a_drag_moves_the_picture_and_selects_nothing(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=1")
    before = view_box(page)
    x, y = center(node(page, "layer1.a"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=5)
    page.mouse.up()
    after = view_box(page)
    assert after[0] < before[0] - 30
    assert after[1] < before[1] - 20
    expect(page.locator("#inspector")).to_contain_text("Select a node")
    node(page, "layer1.a").click()
    expect(page.locator("#inspector")).to_contain_text("Operation")


def test_two_fingers_pinch(browser: Browser, server: str, watch: Watch) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    watch.attach(page)
    open_graph(page, "#preset=neuron&view=graph&at=1")
    before = view_box(page)
    session = context.new_cdp_session(page)

    def touch(kind: str, *ys: float) -> None:
        points = [{"x": 200, "y": y, "id": i} for i, y in enumerate(ys)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 300)
    touch("touchStart", 300, 360)
    for spread in (10, 20, 30, 40):
        touch("touchMove", 300 - spread, 360 + spread)
    touch("touchEnd")
    assert view_box(page)[2] < before[2] * 0.7
    context.close()
    assert watch.complaints == []


def test_what_gets_the_focus_comes_into_view(page: Page) -> None:
    open_graph(page, "#preset=deep&view=graph&at=3")
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    node(page, "x").focus()
    for _ in range(14):
        press(page, "ArrowRight")
        x, y = center(page.locator("#stage .handle:focus"))
        assert stage["x"] < x < stage["x"] + stage["width"]
        assert stage["y"] < y < stage["y"] + stage["height"]


def test_a_number_is_changed_where_it_stands(page: Page, watch: Watch) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=40")
    node(page, "layer1.weight").focus()
    press(page, "Enter", 2)
    editor = page.get_by_role("textbox", name="new value of layer1.weight")
    before = traces(watch)
    editor.fill("-1")
    editor.press("Enter")
    expect(node(page, "layer1.a")).to_have_attribute("aria-label", re.compile(": 0, gradient"))
    expect(node(page, "layer1.weight")).to_be_focused()
    assert traces(watch) == before + 1
    page.get_by_role("button", name="Undo").click()
    expect(node(page, "layer1.a")).to_have_attribute("aria-label", re.compile(": 1, gradient"))


def test_a_unit_opens_into_its_own_graph(page: Page) -> None:
    open_studio(page, "#preset=xor&at=40")
    page.locator("#stage .handle[data-id='layer1[1]']").focus()
    press(page, "Enter")
    page.get_by_role("button", name="Open as a graph").click()
    expect(page.get_by_text("Layer 1, unit 2", exact=True)).to_be_visible()
    expect(node(page, "product[0]")).to_be_attached()
    page.wait_for_function("location.hash.includes('unit=layer1')")
    link = page.evaluate("location.hash")
    page.get_by_role("button", name="Back to the whole graph").click()
    expect(node(page, "loss")).to_be_attached()
    expect(node(page, "product[0]")).not_to_be_attached()
    page.goto("about:blank")
    open_graph(page, link)
    expect(node(page, "product[0]")).to_be_attached()


def test_the_unit_closes_when_the_network_loses_it(page: Page) -> None:
    open_graph(page, "#preset=xor&view=graph&unit=layer1%5B3%5D&at=3")
    expect(node(page, "product[0]")).to_be_attached()
    page.get_by_role("button", name="One less: Layer 1: units").click()
    expect(node(page, "loss")).to_be_attached()
    expect(page.get_by_role("button", name="Back to the whole graph")).to_be_hidden()


def test_the_table_holds_the_same_numbers(page: Page) -> None:
    open_graph(page, "#preset=neuron&view=graph&at=40")
    press(page, "3")
    row = page.locator("#table-view tr").filter(has=page.get_by_role("button", name="layer1.z[0]"))
    expect(row.locator("td")).to_have_text(["1", "+2", ""])
    press(page, "Home")
    expect(row.locator("td").first).to_have_text("–")


def test_still_pictures_for_those_who_want_no_motion(
    browser: Browser, server: str, watch: Watch
) -> None:
    context = browser.new_context(base_url=server, reduced_motion="reduce")
    page = context.new_page()
    watch.attach(page)
    open_graph(page, "#preset=neuron&view=graph&at=1.3")
    expect(node(page, "layer1.z")).to_have_attribute("aria-label", re.compile(": 1,"))
    context.close()
    assert watch.complaints == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
@pytest.mark.parametrize("preset", ["neuron", "xor"])
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, preset: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    watch.attach(page)
    open_graph(page, f"#preset={preset}&view=graph&at=12")
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watch.complaints == []
