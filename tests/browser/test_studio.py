"""The studio as a person uses it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, find_axe_violations

READY = "html[data-ready]"


def open_studio(page: Page, fragment: str = "") -> None:
    page.goto(f"/{fragment}")
    page.locator(READY).wait_for()


def chip(page: Page) -> Locator:
    return page.locator("#sentence .chip")


def stage_text(page: Page) -> str:
    return page.locator("#stage svg").first.text_content() or ""


def press(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def traces(watch: Watch) -> int:
    return sum(url.endswith("/networks/trace") for url in watch.requests)


def test_it_opens_on_the_worked_example_paused_on_its_first_beat(page: Page, watch: Watch) -> None:
    open_studio(page)
    expect(chip(page)).to_have_text("Forward · 1 of 3")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert "w +0.5" in stage_text(page)
    assert "∂L" not in stage_text(page)
    assert traces(watch) == 0


def test_play_goes_through_all_four_phases_and_stops(page: Page, watch: Watch) -> None:
    open_studio(page)
    page.evaluate(
        """() => {
            window.seen = [];
            const chip = document.querySelector("#sentence .chip");
            new MutationObserver(() => window.seen.push(chip.textContent)).observe(chip, {
                childList: true,
            });
        }"""
    )
    page.get_by_label("Speed").select_option("2")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(chip(page)).to_have_text("Update · 2 of 2")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    phases = [text.split(" ")[0] for text in page.evaluate("window.seen")]
    assert list(dict.fromkeys(phases)) == ["Forward", "Loss", "Backward", "Update"]
    text = stage_text(page)
    for number in ("+4", "∂L/∂a +2", "slope 1", "w +0.1"):
        assert number in text, number
    assert traces(watch) == 0


def test_steps_and_phases_by_key_and_by_button(page: Page) -> None:
    open_studio(page)
    press(page, "ArrowRight")
    expect(chip(page)).to_have_text("Forward · 2 of 3")
    press(page, "Shift+ArrowRight")
    expect(chip(page)).to_have_text("Loss · 1 of 1")
    press(page, "Shift+ArrowRight")
    expect(chip(page)).to_have_text("Backward · 1 of 4")
    press(page, "ArrowLeft", 2)
    expect(chip(page)).to_have_text("Forward · 3 of 3")
    press(page, "End")
    expect(chip(page)).to_have_text("Update · 2 of 2")
    press(page, "Home")
    expect(chip(page)).to_have_text("Forward · 1 of 3")
    page.get_by_role("button", name="On one beat").click()
    page.get_by_role("button", name="Next phase").click()
    expect(chip(page)).to_have_text("Loss · 1 of 1")
    page.get_by_role("button", name="Back one beat").click()
    page.get_by_role("button", name="Previous phase").click()
    expect(chip(page)).to_have_text("Forward · 1 of 3")


def test_scrubbing_draws_any_moment_without_the_server(page: Page, watch: Watch) -> None:
    open_studio(page)
    box = page.get_by_role("slider", name="Timeline").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 40, steps=12)
    page.mouse.up()
    expect(chip(page)).to_have_text("Update · 2 of 2")
    assert traces(watch) == 0


PICTURE = """[...document.querySelectorAll('#stage svg *')].map((element) =>
    [element.tagName, element.textContent,
     ...[...element.attributes].map(({name, value}) => `${name}=${value}`).sort()].join(' '))"""


def test_the_same_moment_is_drawn_the_same_from_either_side(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=8")
    expect(chip(page)).to_have_text("Backward · 2 of 7")
    before = page.evaluate(PICTURE)
    assert len(before) > 50
    press(page, "ArrowRight", 3)
    assert page.evaluate(PICTURE) != before
    press(page, "ArrowLeft", 3)
    assert page.evaluate(PICTURE) == before


def test_a_changed_input_recomputes_everything(page: Page, watch: Watch) -> None:
    open_studio(page)
    field(page, "Input x").fill("3")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    field(page, "Input x").blur()
    press(page, "End")
    # z = 1.5, dL/da = 3, dL/dw = 3 * 1 * 3
    expect(page.locator("#stage svg").first).to_contain_text("+9")
    assert traces(watch) == 1


def test_wrong_input_is_explained_beside_and_kept(page: Page, watch: Watch) -> None:
    open_studio(page)
    rate = field(page, "Optimizer: learning rate")
    rate.fill("fast")
    expect(page.get_by_text("Type a number.")).to_be_visible()
    expect(rate).to_have_value("fast")
    rate.fill("-1")
    expect(page.get_by_text("At least 0.")).to_be_visible()
    field(page, "Layer 1: units").fill("2000")
    expect(page.get_by_text("At most 1024.")).to_be_visible()
    assert traces(watch) == 0
    rate.fill("0.2")
    expect(page.get_by_text("At least 0.")).to_be_hidden()


def test_what_the_server_refuses_stands_beside_its_control(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    open_studio(page)
    page.get_by_text("More options").click()
    page.get_by_label("Optimizer: nesterov").check()
    expect(page.locator("#builder")).to_contain_text("nesterov needs a momentum")
    assert "w +0.5" in stage_text(page)
    field(page, "Optimizer: momentum").fill("0.9")
    expect(page.locator("#builder [role=alert]")).to_be_hidden()


@pytest.mark.parametrize("number", range(6))
def test_every_preset_plays_to_its_end(page: Page, number: int) -> None:
    open_studio(page)
    select = page.get_by_label("Start from")
    name = select.locator("option").nth(number + 1).get_attribute("value")
    select.select_option(name)
    expect(page.locator("#builder [role=alert]")).to_be_hidden()
    page.locator("#header").click(position={"x": 900, "y": 20})
    press(page, "End")
    expect(chip(page)).to_contain_text("Update")
    assert "NaN" not in stage_text(page)


def test_layers_can_be_added_and_taken_away(page: Page) -> None:
    open_studio(page)
    page.get_by_role("button", name="Add a layer").click()
    expect(field(page, "Layer 2: units")).to_be_visible()
    expect(chip(page)).to_contain_text("of 5")
    page.get_by_role("button", name="Remove layer 1").click()
    expect(field(page, "Layer 2: units")).to_be_hidden()


@pytest.mark.parametrize("label", ["Layer 1: activation", "Loss", "Optimizer"])
def test_every_choice_of_the_catalog_computes(page: Page, label: str) -> None:
    open_studio(page, "#preset=xor")
    select = page.get_by_label(label, exact=True)
    chosen = select.input_value()
    values = select.locator("option").evaluate_all("all => all.map((option) => option.value)")
    assert len(values) > 5
    # The one chosen at the start comes last, so that every choice is a change.
    for value in [*(v for v in values if v != chosen), chosen]:
        with page.expect_response("**/networks/trace") as answer:
            select.select_option(value)
        assert answer.value.status == 200, value
        expect(page.locator("#builder [role=alert]")).to_be_hidden()


def test_the_next_step_goes_on_from_the_new_weights(page: Page) -> None:
    open_studio(page, "#preset=mazur")
    for _ in range(2):
        with page.expect_response("**/networks/trace"):
            page.get_by_role("button", name="Next step").click()
        page.get_by_role("button", name="Pause").click()
    press(page, "End")
    page.get_by_role("tab", name="Table").click()
    # The loss after one step is 0.291027774, and this is the second step further.
    expect(page.locator("#table-view")).to_contain_text("0.28")


def test_undo_and_redo(page: Page) -> None:
    open_studio(page)
    field(page, "Target y").fill("1")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "Target y")).to_have_value("0")
    page.get_by_role("button", name="Redo").click()
    expect(field(page, "Target y")).to_have_value("1")


def test_a_selected_weight_is_derived_in_the_inspector(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=8")
    weight = page.locator("#stage [aria-label*='weight' i]").first
    weight.focus()
    press(page, "Enter")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("from x to layer 1, unit 1")
    assert inspector.locator(".katex-html .pill").all_inner_texts() == ["2", "1", "2"]
    expect(inspector.locator(".facts .strong dd").first).to_have_text("+4")
    press(page, "Escape")
    expect(inspector).to_contain_text("Select a unit")


def test_terms_light_the_picture(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=2")
    term = page.locator("#inspector .formula [data-id='layer1.weight[0][0]']").first
    term.hover()
    expect(term).to_have_class(re.compile("lit"))


def test_every_part_is_reached_by_keyboard_and_says_its_numbers(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=8")
    parts = page.locator("#stage svg [aria-label][data-id], #stage svg .handle[aria-label]")
    labels = parts.evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert any("weight" in label.lower() and "0.5" in label and "4" in label for label in labels)
    assert any("bias" in label.lower() for label in labels)
    assert any("loss" in label.lower() for label in labels)
    page.locator("#stage svg [tabindex='0']").first.focus()
    seen = set()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowUp"):
        press(page, key)
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert len(seen) > 2
    expect(chip(page)).to_have_text("Backward · 4 of 4")


def test_the_table_holds_the_same_numbers(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=10&view=table")
    table = page.locator("#table-view")
    expect(table).to_contain_text("x → layer 1, unit 1")
    expect(table.locator("tr", has_text="x → layer 1, unit 1").locator("td").nth(1)).to_have_text(
        "+4"
    )
    press(page, "Home")
    expect(table.locator("td.unreached").first).to_be_visible()
    press(page, "1")
    expect(page.locator("#stage")).to_be_visible()


def test_a_link_brings_everything_back(page: Page, browser: Browser, server: str) -> None:
    open_studio(page, "#preset=xor&sample=1&at=6")
    with page.expect_response("**/networks/trace"):
        field(page, "Input x₁").fill("0.25")
    page.wait_for_url(re.compile("state="))
    moment = chip(page).text_content()
    url = page.url
    context = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    other = context.new_page()
    other.goto(url)
    other.locator(READY).wait_for()
    expect(field(other, "Input x₁")).to_have_value("0.25")
    expect(chip(other)).to_have_text(moment or "")
    expect(other.get_by_label("Sample", exact=True)).to_have_value("1")
    context.close()


def test_the_theme_is_switched_and_remembered(page: Page) -> None:
    open_studio(page)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Switch to dark").click()
    assert page.evaluate(background) != light
    page.reload()
    page.locator(READY).wait_for()
    assert page.evaluate(background) != light
    page.get_by_role("button", name="Switch to light").click()
    assert page.evaluate(background) == light


def test_help_lists_the_keys(page: Page) -> None:
    open_studio(page)
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("play and pause")
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_beat_is_narrated(page: Page) -> None:
    open_studio(page)
    press(page, "ArrowRight")
    narration = page.locator("#narration[aria-live=polite]")
    expect(narration).to_contain_text("Layer 1 adds up")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("width", "fragment"),
    [
        (1440, "#preset=neuron&at=8"),
        (1440, "#preset=xor&at=12&view=table"),
        (390, "#preset=mazur&at=11"),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, server: str, scheme: Any, width: int, fragment: str
) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 860}, color_scheme=scheme
    )
    page = context.new_page()
    open_studio(page, fragment)
    page.wait_for_timeout(300)
    assert find_axe_violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 2560])
def test_nothing_scrolls_sideways(browser: Browser, server: str, width: int) -> None:
    context = browser.new_context(base_url=server, viewport={"width": width, "height": 720})
    page = context.new_page()
    open_studio(page, "#preset=mazur&at=9")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.body.scrollWidth") <= width
    box = page.get_by_role("button", name="Next step").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    context.close()


def test_panels_are_sheets_on_a_phone(browser: Browser, server: str) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    open_studio(page)
    expect(page.get_by_label("Start from")).to_be_hidden()
    page.get_by_role("button", name="Open the builder").click()
    expect(page.get_by_label("Start from")).to_be_visible()
    page.get_by_role("button", name="Close the builder").click()
    expect(page.get_by_label("Start from")).to_be_hidden()
    context.close()


def test_reduced_motion_shows_the_end_of_each_beat(browser: Browser, server: str) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    open_studio(page, "#preset=neuron&at=6.4")
    expect(chip(page)).to_have_text("Backward · 3 of 4")
    inside = page.evaluate(PICTURE)
    press(page, "ArrowRight")
    expect(chip(page)).to_have_text("Backward · 3 of 4")
    assert page.evaluate(PICTURE) == inside
    context.close()


def test_a_weight_is_changed_where_it_stands(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=8")
    page.locator("#stage [aria-label*='weight' i]").first.focus()
    press(page, "Enter", 2)
    editor = page.locator("#stage input")
    expect(editor).to_be_focused()
    editor.fill("much")
    press(page, "Enter")
    expect(editor).to_have_value("much")
    expect(page.locator("#stage-editor-hint")).to_be_visible()
    editor.fill("1")
    with page.expect_response("**/networks/trace"):
        press(page, "Enter")
    # a = 2, dL/da = 4, dL/dw = 4 * 1 * 2
    expect(page.locator("#stage svg").first).to_contain_text("+8")


def test_a_step_with_memory_is_derived_line_by_line(page: Page) -> None:
    open_studio(page)
    page.get_by_label("Optimizer", exact=True).select_option("adam")
    page.locator("#stage [data-id='layer1.weight[0][0]']").first.focus()
    press(page, "Enter")
    press(page, "End")
    # A gradient of 4: m = 0.4, v = 0.016; corrected for step 1 they are 4 and 16.
    values = ["0.4", "0.016", "0.1", "0.001", "4", "16"]
    pills = page.locator("#updated .pill")
    expect(pills).to_have_count(7)
    for pill, value in zip(pills.all(), values, strict=False):
        expect(pill).to_have_text(value)
    expect(page.locator("#updated h2")).to_have_text("How the gradient became step 1")
    assert find_axe_violations(page) == []
