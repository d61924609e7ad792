"""The gradient flow lab as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, find_axe_violations


def open_lab(page: Page, fragment: str = "") -> None:
    page.goto(f"/lab{fragment}")
    page.wait_for_selector("html[data-ready=true]")
    page.locator("#stage .handle").first.wait_for(state="attached")


def settle(page: Page) -> None:
    """Wait for the thorough answer, and go to the end of the pass."""
    expect(page.locator(".busy")).to_be_empty(timeout=60_000)
    page.locator("#stage svg:not(.quick)").wait_for()
    page.keyboard.press("End")


def sentence(page: Page) -> Locator:
    return page.locator("#sentence .text")


def layer(page: Page, number: int) -> Locator:
    return page.locator(f"#stage .handle[data-id='{number - 1}']")


def test_it_opens_on_a_gradient_that_vanishes(page: Page) -> None:
    open_lab(page)
    settle(page)
    expect(sentence(page)).to_have_text(
        re.compile(r"^Each layer multiplies the gradient by 0\.\d+, slopes of .* is left\.$")
    )
    expect(layer(page, 50)).to_have_attribute("aria-label", re.compile("^Layer 50: gradient 0"))
    expect(layer(page, 1)).to_have_attribute("aria-label", re.compile("gradient .*e−1"))
    expect(page.locator("#sentence .chip")).to_have_text("Vanishes")
    narration = page.locator("#narration")
    expect(narration).to_have_text(re.compile("^Vanishes: Each layer"))
    inspector = page.locator("#inspector")
    expect(inspector.locator(".verdict")).to_have_text(re.compile(r"^Vanishes×\s?\d.*e−1"))
    expect(inspector.locator(".findings dt")).to_have_text(
        ["Backward", "Cause", "Forward", "Stretch"]
    )
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("a layer or time step back or on")
    page.keyboard.press("Escape")


def test_the_pass_goes_from_the_last_layer_to_the_first(page: Page) -> None:
    open_lab(page)
    settle(page)
    page.keyboard.press("Home")
    expect(layer(page, 50)).to_have_attribute("aria-label", "Layer 50: not reached yet")
    page.keyboard.press("ArrowRight")
    expect(layer(page, 50)).to_have_attribute("aria-label", re.compile("gradient"))
    expect(layer(page, 49)).to_have_attribute("aria-label", "Layer 49: not reached yet")
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    expect(layer(page, 1)).to_have_attribute("aria-label", re.compile("gradient"))


def test_every_classic_is_one_click(page: Page) -> None:
    open_lab(page)
    group = page.get_by_role("group", name="Classics")
    said = set()
    for button in group.get_by_role("button").all():
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page).to_have_url(re.compile(f"classic={button.get_attribute('data-name')}$"))
        settle(page)
        said.add(sentence(page).text_content())
    assert len(said) > 6
    page.go_back()
    expect(group.get_by_role("button").nth(-2)).to_have_attribute("aria-pressed", "true")


def test_a_slider_goes_by_keyboard_and_is_undone_at_once(page: Page) -> None:
    open_lab(page, "#classic=tanh_holds")
    settle(page)
    slider = page.get_by_label("Slide depth")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowLeft")
    expect(layer(page, 28)).not_to_be_attached()
    expect(page.get_by_label("Depth", exact=True)).to_have_value("27")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Depth", exact=True)).not_to_have_value("27")


def test_sigma_takes_over_from_an_initializer_that_has_none(page: Page) -> None:
    open_lab(page, "#classic=tanh_holds")
    settle(page)
    sigma = page.get_by_label("Sigma w", exact=True)
    expect(sigma).to_have_value("1")
    sigma.fill("3")
    expect(page.locator("#inspector")).to_contain_text("chaotic")
    settle(page)
    expect(sentence(page)).to_contain_text("times as large")


def test_a_cure_is_one_click(page: Page) -> None:
    open_lab(page, "#classic=relu_fades")
    settle(page)
    expect(sentence(page)).to_contain_text("by 0.7")
    page.get_by_label("Layer normalization").check()
    expect(page.locator("#stage .legend")).to_contain_text("before")
    settle(page)
    expect(sentence(page)).to_contain_text("nearly as it is")
    expect(page.locator("#sentence .chip")).to_have_text("Holds")
    expect(page.locator("#inspector .verdict")).to_contain_text("Holds")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#stage .legend")).not_to_contain_text("before")
    expect(page.locator("#sentence .chip")).to_have_text("Vanishes")


def test_layers_are_walked_by_arrow_keys(page: Page) -> None:
    open_lab(page, "#classic=relu_holds")
    settle(page)
    layer(page, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(layer(page, 2)).to_be_focused()
    page.keyboard.press("Enter")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("Layer 2 of 30")
    expect(inspector.locator(".beside")).to_contain_text("factor")
    expect(inspector.locator(".katex").first).to_be_visible()
    inspector.get_by_role("button", name="The layer after").click()
    expect(inspector).to_contain_text("Layer 3 of 30")
    page.keyboard.press("Escape")
    expect(inspector).to_contain_text("All layers")
    shown = page.get_by_label("Shown")
    for option, said in (
        ("factor", r"factor from layer to layer [01](\.\d+)?$"),
        ("stretch", r"singular values [01](\.\d+)?$"),
        ("dead", r"dead units 0\.\d+$"),
        ("a_mean", r"mean of a \d"),
    ):
        shown.select_option(option)
        expect(layer(page, 2)).to_have_attribute("aria-label", re.compile(f"^Layer 2: {said}"))


def test_clipping_says_what_it_does(page: Page) -> None:
    open_lab(page, "#classic=tanh_explodes")
    settle(page)
    page.get_by_label("Clip the gradients").select_option("norm")
    expect(page.get_by_label("Shown")).to_have_value("update")
    expect(sentence(page)).to_contain_text("every layer is scaled by")
    page.get_by_label("Clipping threshold", exact=True).fill("1e9")
    expect(sentence(page)).to_contain_text("nothing is clipped")


def test_a_link_brings_the_configuration_back(page: Page) -> None:
    open_lab(page, "#classic=relu_holds")
    settle(page)
    page.get_by_label("Depth", exact=True).fill("12")
    page.get_by_label("Shown").select_option("weights")
    expect(page).to_have_url(re.compile("view=weights"))
    settle(page)
    page.get_by_role("button", name="Back one layer").click()
    expect(layer(page, 1)).to_have_attribute("aria-label", "Layer 1: not reached yet")
    page.get_by_role("button", name="Share").click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile("/lab#form=.*&view=weights&playhead=11$"))
    link = "#" + field.input_value().partition("#")[2]
    page.goto("about:blank")
    open_lab(page, link)
    expect(page.get_by_label("Depth", exact=True)).to_have_value("12")
    expect(page.get_by_label("Shown")).to_have_value("weights")
    expect(layer(page, 1)).to_have_attribute("aria-label", "Layer 1: not reached yet")
    expect(layer(page, 2)).to_have_attribute("aria-label", re.compile("Layer 2: gradient"))


def test_a_refusal_stands_beside_its_field(page: Page, watch: Watch) -> None:
    open_lab(page, "#classic=relu_holds")
    settle(page)
    watch.expected_statuses.add(422)
    page.get_by_label("Batch", exact=True).fill("4096")
    page.get_by_label("Width", exact=True).fill("1024")
    expect(page.locator("#builder .field-error:visible").first).to_contain_text(
        "numbers in one run"
    )
    expect(layer(page, 30)).to_be_attached()


def test_the_table_has_the_same_numbers(page: Page) -> None:
    page.goto("/lab#classic=relu_holds&view=table")
    expect(page.locator("#table-view tbody tr")).to_have_count(30)
    expect(page.locator("#table-view")).to_contain_text("theory")


def test_cells_are_compared_through_time(page: Page) -> None:
    open_lab(page)
    page.get_by_role("tab", name="Time").click()
    expect(sentence(page)).to_contain_text("50 steps back", timeout=30_000)
    expect(layer(page, 1)).to_have_attribute("aria-label", re.compile("LSTM .*, GRU "))
    expect(page.locator("#stage path")).not_to_have_count(0)
    page.get_by_label("Slide cut off after").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(sentence(page)).to_contain_text("past 5 time steps", timeout=30_000)
    expect(layer(page, 40)).to_have_attribute("aria-label", re.compile("RNN 0, LSTM 0, GRU 0"))
    expect(page).to_have_url(re.compile("mode=time"))
    page.get_by_label("Initializer of the state", exact=True).select_option("normal")
    page.get_by_label("Activation of the state", exact=True).select_option("relu")
    page.get_by_label("Spectral radius", exact=True).fill("1.5")
    page.get_by_label("Cut off after", exact=True).fill("0")
    inspector = page.locator("#inspector")
    expect(inspector.locator(".findings")).to_contain_text("Simple RNN", timeout=30_000)
    expect(inspector.locator(".findings dt")).to_have_count(3)
    page.get_by_label("Shown").select_option("stretch")
    layer(page, 50).focus()
    page.keyboard.press("Enter")
    expect(inspector).to_contain_text("largest stretch", timeout=30_000)
    page.get_by_label("Shown").select_option("table")
    expect(page.locator("#table-view tbody tr")).to_have_count(50)


SMALL = (
    '#mode=sweep&sweep={"x":{"name":"sigma_w","from":0.5,"to":1.5,"count":5},'
    '"y":{"name":"depth","from":3,"to":9,"count":3},"seeds":2}'
)
"""A sweep of a few trials."""


def test_a_sweep_shows_the_edge_of_chaos(page: Page) -> None:
    page.goto(f"/lab{SMALL}")
    control = page.locator(".sweep-control")
    expect(control).to_contain_text("5 × 3 points, 2 seeds each: 30 trials")
    control.get_by_role("button", name="Measure").click()
    expect(control).to_contain_text("30 of 30 trials", timeout=90_000)
    expect(sentence(page)).to_contain_text("edge of chaos at σw = 1")
    corner = page.locator("#stage .handle[data-id='0']")
    expect(corner).to_have_attribute("aria-label", re.compile("σw 0.5, depth 3: log ratio −"))
    corner.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#stage .handle[data-id='4']")).to_be_focused()
    page.keyboard.press("Enter")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("ordered")
    with page.expect_download() as download:
        control.get_by_role("button", name="Download as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("trial,point,seed,scale,depth,failed,")
    assert len(lines) == 31
    page.get_by_label("Width", exact=True).fill("24")
    expect(sentence(page)).to_contain_text("other settings")
    expect(page.locator("#stage .stale")).to_be_attached()
    control.get_by_role("button", name="Back to the drawn settings").click()
    expect(page.get_by_label("Width", exact=True)).to_have_value("32")
    expect(sentence(page)).to_contain_text("edge of chaos")
    page.get_by_label("Shown").select_option("table")
    expect(page.locator("#table-view tbody tr")).to_have_count(15)
    control.get_by_role("button", name="Measure").click()
    expect(control).to_contain_text("30 known before")
    inspector.get_by_role("button", name="Open layer by layer").click()
    expect(page.get_by_label("Depth", exact=True)).to_have_value("6")
    expect(page.get_by_label("Sigma w", exact=True)).to_have_value("0.75")


def test_a_sweep_is_stopped_and_goes_on(page: Page) -> None:
    page.goto("/lab#mode=sweep")
    control = page.locator(".sweep-control")
    control.get_by_role("button", name="Measure").click()
    expect(control).to_contain_text(re.compile("[1-9]\\d* of 504 trials"), timeout=90_000)
    control.get_by_role("button", name="Stop").click()
    control.get_by_role("button", name="Go on").click()
    expect(control).to_contain_text("known before", timeout=30_000)
    control.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    watch.attach(page)
    open_lab(page, "#classic=tanh_explodes&layer=3")
    for mode in ("Layers", "Time", "Sweep"):
        page.get_by_role("tab", name=mode).click()
        if mode != "Sweep":
            settle(page)
        for theme in ("dark", "light"):
            page.get_by_role("button", name=f"Switch to {theme}").click()
            assert find_axe_violations(page) == [], mode
        assert page.evaluate("document.documentElement.scrollWidth") <= width, mode
    if width < 1100:
        page.get_by_role("tab", name="Layers").click()
        page.get_by_label("Classic", exact=True).select_option("relu_holds")
        expect(page).to_have_url(re.compile("classic=relu_holds"))
    context.close()
    assert watch.complaints == []
