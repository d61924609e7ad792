"""Recurrent networks through time, as a person uses them."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import chip, field, open_studio, press, stage_text, traces

PRESETS = ("memory", "running_sum", "lstm", "gru")


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#stage .handle[data-id='{name}']")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Truncation: steps that the gradient goes back")


def open_time(page: Page, fragment: str) -> None:
    open_studio(page, fragment)
    node(page, "time1.h").wait_for(state="attached")


def test_a_recurrent_preset_opens_through_time(page: Page, watch: Watch) -> None:
    open_studio(page)
    expect(slider(page)).to_be_hidden()
    page.get_by_label("Start from").select_option("memory")
    expect(page.get_by_role("tab", name="Through time")).to_have_attribute("aria-selected", "true")
    expect(node(page, "time5.h")).to_be_attached()
    expect(slider(page)).to_be_visible()
    expect(page.get_by_role("combobox", name="Cell", exact=True)).to_have_value("rnn")
    assert traces(watch) == 1
    page.get_by_label("Start from").select_option("neuron")
    expect(page.get_by_role("tab", name="Network")).to_have_attribute("aria-selected", "true")
    expect(slider(page)).to_be_hidden()


def test_it_plays_through_forward_and_back(page: Page, watch: Watch) -> None:
    open_time(page, "#preset=memory&at=0")
    assert "∂" not in stage_text(page)
    expect(node(page, "time1.h")).to_have_attribute("aria-label", re.compile("not reached yet"))
    before = traces(watch)
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(chip(page)).to_have_text("Update · 2 of 2", timeout=20_000)
    expect(node(page, "time1.h")).to_have_attribute("aria-label", re.compile(r"gradient −0\.305$"))
    expect(node(page, "cell.weight_hh")).to_have_attribute("aria-label", re.compile("gradient"))
    assert "Σ −1.52" in stage_text(page)
    assert traces(watch) == before


@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_is_reached_at_the_end(page: Page, preset: str) -> None:
    open_time(page, f"#preset={preset}&at=0")
    press(page, "End")
    expect(chip(page)).to_contain_text("Update")
    labels = page.locator("#stage .handle").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert len(labels) > 40
    assert [text for text in labels if "not reached" in text or "nothing sent" in text] == []


def test_the_slider_cuts_and_keeps_the_moment(page: Page, watch: Watch) -> None:
    open_time(page, "#preset=memory&at=13")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile("^off"))
    said = chip(page).text_content() or ""
    before = traces(watch)
    slider(page).focus()
    slider(page).press("Home")
    expect(slider(page)).to_have_attribute("aria-valuetext", "1 of 5 steps")
    expect(node(page, "time4.h")).to_have_attribute("aria-label", re.compile("gradient 0$"))
    assert traces(watch) == before + 1
    expect(chip(page)).to_have_text(said)
    expect(field(page, "Truncation: steps back")).to_have_value("1")
    expect(node(page, "time5.z_hh:0")).to_have_attribute("aria-label", re.compile("truncated"))
    slider(page).press("End")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile("^off"))
    expect(node(page, "time4.h")).to_have_attribute("aria-label", re.compile(r"gradient −1\.13$"))


def test_a_drag_of_the_slider_is_undone_at_once(page: Page) -> None:
    open_time(page, "#preset=memory&at=13")
    box = slider(page).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, y)
    page.mouse.down()
    for part in (0.8, 0.55, 0.3, 0.1):
        page.mouse.move(box["x"] + box["width"] * part, y, steps=4)
    page.mouse.up()
    expect(slider(page)).to_have_value("1")
    expect(node(page, "time4.h")).to_have_attribute("aria-label", re.compile("gradient 0$"))
    page.get_by_role("button", name="Undo").click()
    expect(slider(page)).to_have_value("5")
    expect(node(page, "time4.h")).to_have_attribute("aria-label", re.compile(r"gradient −1\.13$"))


def test_arrow_keys_walk_through_time_and_enter_derives(page: Page) -> None:
    open_time(page, "#preset=memory&at=40")
    node(page, "time1.h").focus()
    press(page, "ArrowRight")
    expect(node(page, "time2.z_hh:0")).to_be_focused()
    press(page, "ArrowRight")
    expect(node(page, "time2.h")).to_be_focused()
    press(page, "Enter")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("State")
    expect(inspector.locator(".facts .strong dd")).to_have_text("−0.541609")
    press(page, "ArrowDown", 2)
    expect(node(page, "time2.x")).to_be_focused()
    node(page, "cell.weight_hh").focus()
    press(page, "ArrowDown")
    expect(page.locator("#stage .handle:focus")).to_have_attribute(
        "aria-label", re.compile("share of step 5 in the gradient of cell.weight_hh: −0")
    )


def test_an_input_and_a_weight_are_changed_where_they_stand(page: Page) -> None:
    open_time(page, "#preset=memory&at=40")
    node(page, "time1.x").focus()
    press(page, "Enter", 2)
    editor = page.get_by_role("textbox", name="new value of time1.x")
    editor.fill("0")
    editor.press("Enter")
    expect(node(page, "time5.h")).to_have_attribute("aria-label", re.compile(": 0, gradient"))
    expect(field(page, "Input, step 1")).to_have_value("0")
    page.get_by_role("button", name="Undo").click()
    node(page, "cell.weight_hh").focus()
    press(page, "Enter", 2)
    editor = page.get_by_role("textbox", name="new value of cell.weight_hh")
    editor.fill("0")
    editor.press("Enter")
    expect(node(page, "time2.h")).to_have_attribute("aria-label", re.compile(": 0, gradient 0"))


def test_the_builder_changes_everything_about_it(page: Page) -> None:
    open_time(page, "#preset=memory&at=3")
    page.get_by_role("button", name="One more: Time steps").click()
    expect(node(page, "time6.h")).to_be_attached()
    expect(field(page, "Input, step 6")).to_have_value("0")
    page.get_by_role("combobox", name="Cell", exact=True).select_option("lstm")
    expect(node(page, "time6.c")).to_be_attached()
    expect(node(page, "time1.f")).to_be_attached()
    page.get_by_label("Loss at").select_option("every")
    expect(node(page, "time1.output.a")).to_be_attached()
    field(page, "Target, step 2").fill("0.25")
    expect(node(page, "time2.y")).to_have_attribute("aria-label", re.compile(": 0.25,"))
    field(page, "Cell: units").fill("2")
    expect(node(page, "time1.h")).to_have_attribute("aria-label", re.compile("not reached|, "))
    page.get_by_text("First weights").click()
    page.get_by_label("Recurrent weights: start", exact=True).select_option("zeros")
    expect(page.locator("#builder .problem")).to_be_hidden()
    field(page, "Truncation: steps back").fill("9")
    expect(page.get_by_text("at most 6")).to_be_visible()


def test_many_steps_fold_into_strips_that_still_tell(page: Page) -> None:
    open_time(page, "#preset=memory&at=3")
    field(page, "Time steps").fill("60")
    expect(node(page, "time60.h")).to_be_attached()
    press(page, "Escape")
    page.locator("body").click(position={"x": 700, "y": 20})
    press(page, "End")
    expect(page.locator("#stage")).to_contain_text("of what step 60 gets")
    node(page, "time30.h").focus()
    press(page, "ArrowRight")
    expect(node(page, "time31.h")).to_be_focused()
    expect(page.locator("#stage")).to_contain_text("h 31")
    assert find_axe_violations(page) == []


def test_a_link_brings_all_of_it_back(page: Page) -> None:
    open_time(page, "#preset=running_sum&at=14")
    slider(page).focus()
    slider(page).press("Home")
    slider(page).press("ArrowRight")
    field(page, "Input, step 3").fill("0.7")
    expect(node(page, "time3.x")).to_have_attribute("aria-label", re.compile("0.7"))
    page.wait_for_function("location.hash.includes('state=')")
    page.wait_for_timeout(500)
    link, said = page.evaluate("location.hash"), chip(page).text_content()
    page.goto("about:blank")
    open_time(page, link)
    expect(chip(page)).to_have_text(said or "")
    expect(slider(page)).to_have_value("2")
    expect(node(page, "time3.x")).to_have_attribute("aria-label", re.compile("0.7"))


def test_a_long_sequence_is_shared_and_opens_as_it_was(page: Page) -> None:
    open_time(page, "#preset=lstm&at=3")
    field(page, "Time steps").fill("80")
    expect(node(page, "time80.c")).to_be_attached()
    slider(page).focus()
    slider(page).press("Home")
    expect(field(page, "Truncation: steps back")).to_have_value("1")
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    page.get_by_role("button", name="Share", exact=True).click()
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("/s/"))
    page.goto(link.input_value())
    node(page, "time80.c").wait_for(state="attached")
    expect(slider(page)).to_have_value("1")
    expect(page.get_by_role("tab", name="Through time")).to_have_attribute("aria-selected", "true")


def test_other_views_show_the_same_run(page: Page) -> None:
    open_time(page, "#preset=memory&at=40")
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("#table-view")).to_contain_text("time3.h")
    expect(page.locator("#table-view")).not_to_contain_text("–")
    page.get_by_role("tab", name="Computation graph").click()
    expect(node(page, "time3.z_hh")).to_be_attached()
    expect(slider(page)).to_be_hidden()
    press(page, "1")
    expect(node(page, "time3.z_hh:0")).to_be_attached()
    expect(slider(page)).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
@pytest.mark.parametrize("fragment", ["#preset=memory&at=13.5", "#preset=lstm&at=40"])
def test_axe_finds_nothing_in_both_themes(
    browser: Browser, server: str, watch: Watch, fragment: str, size: tuple[int, int]
) -> None:
    viewport: ViewportSize = {"width": size[0], "height": size[1]}
    context = browser.new_context(base_url=server, viewport=viewport)
    page = context.new_page()
    watch.attach(page)
    open_time(page, fragment)
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        assert find_axe_violations(page) == []
    context.close()
    assert watch.complaints == []


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1440])
@pytest.mark.parametrize("preset", ["memory", "running_sum", "lstm"])
def test_nothing_scrolls_sideways(page: Page, width: int, preset: str) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    open_time(page, f"#preset={preset}&at=40")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    boxes = page.locator("#stage .handle").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert min(left for left, _ in boxes) >= stage["x"] - 1
    assert max(right for _, right in boxes) <= stage["x"] + stage["width"] + 1


def test_with_reduced_motion_nothing_travels(browser: Browser, server: str, watch: Watch) -> None:
    context = browser.new_context(base_url=server, reduced_motion="reduce")
    page = context.new_page()
    watch.attach(page)
    open_time(page, "#preset=memory&at=13.4")
    first = stage_text(page)
    press(page, "ArrowRight")
    assert stage_text(page) == first
    context.close()
    assert watch.complaints == []
