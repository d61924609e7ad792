"""The room of optimizers as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import press


def open_race(page: Page, fragment: str = "") -> None:
    page.goto(f"/optimizers{fragment}")
    page.wait_for_selector("html[data-surface]")
    page.locator("#stage .ways path").first.wait_for(state="attached")


def chip(page: Page) -> Locator:
    return page.locator("#sentence .chip")


def choose_racer(page: Page, name: str) -> None:
    who = page.locator(".who", has_text=re.compile(rf"^{name}$"))
    page.locator(".ranking button").filter(has=who).click()


def lines(page: Page) -> Locator:
    return page.locator("#microscope .steps > li")


def test_it_opens_on_a_race_that_has_begun(page: Page) -> None:
    open_race(page)
    expect(chip(page)).to_have_text("Step 25 of 200")
    expect(page.locator("#sentence .text")).to_contain_text("is lowest, at")
    expect(page.locator(".ranking li")).to_have_count(4)
    assert page.locator("html").get_attribute("data-surface") == "100"
    drawn = page.evaluate(
        "() => { const c = document.querySelector('#stage canvas'); const d ="
        " c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " return new Set(d.filter((_, i) => i % 4 === 0)).size }"
    )
    assert drawn > 20


def test_it_plays_pauses_and_steps(page: Page) -> None:
    open_race(page)
    press(page, "Home")
    expect(chip(page)).to_have_text("Step 0 of 200")
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(chip(page)).to_have_text(re.compile(r"Step [1-9]\d* of 200"))
    page.get_by_role("button", name="Pause").click()
    press(page, "End")
    expect(chip(page)).to_have_text("Step 200 of 200")
    press(page, "ArrowLeft")
    expect(page.get_by_role("slider", name="Step")).to_have_attribute("aria-valuenow", "199")


def test_keys_move_the_start_and_all_ways_with_it(page: Page) -> None:
    open_race(page)
    start = page.get_by_role("button", name=re.compile("^Start, x −7, y 2"))
    way = page.locator("#stage .ways [stroke='var(--racer-1)']").first
    before = way.get_attribute("d") or ""
    start.focus()
    press(page, "ArrowRight", times=3)
    expect(page.get_by_role("textbox", name="Start across")).not_to_have_value("−7")
    expect(page.get_by_role("button", name=re.compile("^Start, x −6"))).to_be_focused()
    expect(way).not_to_have_attribute("d", before)
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Start across")).to_have_value("−7")
    expect(chip(page)).to_have_text("Step 25 of 200")


def test_a_hand_drags_the_start(page: Page) -> None:
    open_race(page)
    box = page.locator("#stage .start").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 40, steps=5)
    page.mouse.up()
    expect(page.get_by_role("textbox", name="Start across")).not_to_have_value("−7")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Start across")).to_have_value("−7")
    expect(page.get_by_role("textbox", name="Start up")).to_have_value("2")


def test_the_microscope_derives_a_step_of_adam(page: Page) -> None:
    open_race(page)
    choose_racer(page, "Adam")
    press(page, "Home")
    press(page, "ArrowRight")
    # g = x / 10 = -0.7; m = 0.1 g, v = 0.001 g^2; corrected they are g and g^2: a step of 0.3.
    expect(lines(page)).to_have_count(8)
    told = [
        ("gradient of the loss", "−0.7"),
        ("mean of the gradients", "−0.07"),
        ("mean of their squares", "0.00049"),
        ("bias correction of the mean", "0.1"),
        ("bias correction of the squares", "0.001"),
        ("that mean, corrected", "−0.7"),
        ("squares, corrected", "0.49"),
        ("after the step", "−6.7"),
    ]
    for line, (meaning, value) in zip(lines(page).all(), told, strict=True):
        expect(line.locator(".meaning")).to_contain_text(meaning)
        expect(line.locator(".pill").first).to_have_text(value)
    expect(page.locator("#microscope .facts")).to_contain_text("−7 → −6.7")
    page.get_by_role("button", name="Step after").click()
    expect(page.locator("#microscope .headline")).to_contain_text("step 2")
    expect(page.locator("#microscope .strip")).to_have_count(6)


def test_a_point_of_a_path_is_looked_at(page: Page) -> None:
    open_race(page, "#surface=bowl&at=5&racer=1")
    press(page, "Home")
    # The first step of plain descent with 0.1 goes from (-4, 3) to (-3.2, 2.4).
    x, y = page.evaluate(
        "() => { const m = new DOMMatrix(document.querySelector('#stage .start').style.transform);"
        " const r = document.querySelector('#stage .stage-surface').getBoundingClientRect();"
        " const o = document.querySelector(\"#stage .ways [stroke-width='1.75']\").getBBox();"
        " const cx = o.x + o.width / 2, cy = o.y + o.height / 2;"
        " return [r.x + m.e + 0.2 * (cx - m.e), r.y + m.f + 0.2 * (cy - m.f)] }"
    )
    page.mouse.click(x, y)
    expect(chip(page)).to_have_text("Step 1 of 200")


def test_who_diverges_is_said_with_the_step(page: Page) -> None:
    open_race(page, "#surface=beale&at=3")
    expect(page.locator("#stage .ways")).not_to_contain_text("diverged")
    press(page, "ArrowRight")
    expect(page.locator("#stage .ways")).to_contain_text("diverged, step 4")
    expect(page.locator("#sentence")).to_contain_text("diverged at step 4")
    expect(page.locator("#narration")).to_contain_text("diverged at step 4")
    expect(page.locator(".ranking li").last).to_contain_text("A smaller learning rate")


def test_optimizers_come_and_go_with_their_options(page: Page) -> None:
    open_race(page)
    builder = page.locator("#builder")
    builder.get_by_role("button", name="Remove Optimizer 1").click()
    expect(page.locator(".ranking li")).to_have_count(3)
    builder.get_by_role("button", name="Add an optimizer").click()
    expect(page.locator(".ranking li")).to_have_count(4)
    builder.get_by_role("textbox", name="Optimizer 4: learning rate").fill("0.5")
    expect(page.locator(".ranking")).to_contain_text("learning rate 0.5")
    builder.get_by_role("button", name="Add an optimizer").click()
    builder.get_by_role("button", name="Add an optimizer").click()
    expect(builder.get_by_role("button", name="Add an optimizer")).to_be_disabled()
    expect(page.locator(".ranking li")).to_have_count(6)


def test_a_formula_of_ones_own_and_what_is_wrong_with_it(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    open_race(page)
    page.get_by_label("Surface", exact=True).select_option(label="Your own formula")
    field = page.get_by_role("textbox", name="Formula")
    field.fill("u**2 + foo(v)")
    expect(page.locator("#builder .wrong")).to_have_text("foo")
    expect(page.locator("#stage .ways path").first).to_be_attached()
    field.fill("u**2 + 3*v**2")
    expect(page.locator("#builder .wrong")).not_to_be_attached()
    expect(page.locator("#stage .ground")).to_contain_text("u")
    field.fill("u**2 + v + w")
    expect(page.locator("#builder")).to_contain_text("expected a formula with two names")


def test_a_slice_of_a_network(page: Page) -> None:
    open_race(page)
    page.get_by_label("Surface", exact=True).select_option(label="A slice of a network's loss")
    page.get_by_label("Network", exact=True).select_option("xor")
    across = page.get_by_label("Weight along the width")
    across.select_option(index=3)
    name = across.input_value()
    expect(page.locator("#stage .start")).to_have_attribute(
        "aria-label", re.compile(f"^Start, {re.escape(name)}")
    )
    expect(page.locator("#microscope .axis").first).to_have_text(name)


def test_a_race_starts_from_the_training_room_and_is_shared(page: Page) -> None:
    page.goto("/training#setup=circles")
    page.locator("#control .play:enabled").wait_for()
    page.locator("#field .handle[data-id='layer1.weight[1][0]']").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Race optimizers from here").click()
    page.locator("#stage .ways path").first.wait_for(state="attached")
    expect(page.get_by_label("Network", exact=True)).to_have_value("")
    expect(page.get_by_label("Weight along the width")).to_have_value("layer1.weight[1][0]")
    expect(page.locator(".ranking .who").filter(has_text="SGD")).to_have_count(1)
    page.get_by_role("button", name="Share").click()
    link = page.get_by_label("Link", exact=True)
    expect(link).to_have_value(re.compile("#slice="))
    address = link.input_value()
    standing = page.locator(".ranking").inner_text()
    page.goto("about:blank")
    page.goto(address)
    page.locator("#stage .ways path").first.wait_for(state="attached")
    expect(page.locator(".ranking")).to_have_text(re.compile(re.escape(standing.split()[0])))
    expect(page.get_by_label("Weight along the width")).to_have_value("layer1.weight[1][0]")


def test_the_table_has_the_numbers(page: Page) -> None:
    open_race(page, "#surface=beale&at=2")
    press(page, "2")
    table = page.locator("#table-view table").first
    expect(table.locator("tbody tr")).to_have_count(201)
    expect(table.locator("tbody tr").nth(4)).to_contain_text("diverged")


def test_a_link_brings_the_race_back(page: Page) -> None:
    open_race(page)
    page.get_by_role("textbox", name="Start up").fill("4")
    choose_racer(page, "Adagrad")
    page.get_by_role("button", name="On one step").click()
    page.wait_for_function("location.hash.includes('at=26') && location.hash.includes('racer=3')")
    link = page.evaluate("location.hash")
    page.goto("about:blank")
    open_race(page, link)
    expect(page.get_by_role("textbox", name="Start up")).to_have_value("4")
    expect(chip(page)).to_have_text("Step 26 of 200")
    expect(page.locator("#microscope .headline")).to_contain_text("Adagrad")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    watch.attach(page)
    open_race(page, "#surface=beale&at=25&racer=4")
    expect(lines(page)).to_have_count(8)
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        assert find_axe_violations(page) == []
    if width < 1100:
        page.get_by_role("button", name="Open the inspector").click()
        assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watch.complaints == []
