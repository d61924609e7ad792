"""The training room as a person uses it."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Watch, find_axe_violations, wait_until

READY = "html[data-ready]"


def open_room(page: Page, fragment: str = "") -> None:
    page.goto(f"/training{fragment}")
    page.locator(READY).wait_for()
    page.locator("#control .play:enabled").wait_for()


def counter(page: Page, name: str) -> float:
    text = page.locator(f"#control .counters div:has(dt:text-is('{name}')) dd").inner_text()
    return float(text.replace(",", "").replace("\u2212", "-"))


def wait_for_step(page: Page, step: int) -> None:
    shown = "document.querySelector('#control .counters dd').textContent.replace(',', '')"
    wait_until(page, f"Number({shown}) >= {step}")


def play(page: Page, pace: str = "most") -> None:
    page.locator("#control").get_by_label("Speed").select_option(pace)
    page.get_by_role("button", name="Play", exact=True).click()


def pause(page: Page) -> None:
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).wait_for()


def ink(page: Page) -> int:
    """How many pixels of the stage's canvases are drawn on."""
    count: int = page.evaluate(
        """() => [...document.querySelectorAll("#field > canvas")].reduce((sum, canvas) => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return sum + data.filter((value, i) => i % 4 === 3 && value > 0).length;
        }, 0)"""
    )
    return count


def test_it_opens_at_step_zero_with_boundary_and_points(page: Page) -> None:
    open_room(page)
    assert counter(page, "Step") == 0
    expect(page.get_by_label("Start from")).to_have_value("spirals")
    expect(page.locator("#field svg text", has_text="Output")).to_be_visible()
    wait_until(page, "document.querySelector('#field canvas').width > 300")
    assert ink(page) > 50_000


def test_it_learns_pauses_and_starts_again(page: Page) -> None:
    open_room(page, "#setup=circles")
    before = counter(page, "Loss")
    play(page)
    wait_for_step(page, 500)
    pause(page)
    page.wait_for_timeout(300)
    step, loss = counter(page, "Step"), counter(page, "Loss")
    assert loss < before / 2
    page.wait_for_timeout(400)
    assert counter(page, "Step") == step
    expect(page.locator("#charts .chart").first).to_have_attribute(
        "aria-label", re.compile("training 0")
    )
    page.get_by_role("button", name="Start again").click()
    wait_until(page, "document.querySelector('#control dd').textContent === '0'")
    assert counter(page, "Loss") == before


def test_a_step_is_one_step_and_the_same_from_anywhere(page: Page) -> None:
    open_room(page, "#setup=circles")
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 1)
    page.get_by_role("button", name="One step").click()
    wait_for_step(page, 2)
    assert counter(page, "Step") == 2
    loss = counter(page, "Loss")
    wait_until(page, "location.hash.startsWith('#training=')")
    page.wait_for_timeout(500)
    link = page.evaluate("location.hash")
    page.goto("about:blank")
    open_room(page, link)
    assert counter(page, "Step") == 2
    assert counter(page, "Loss") == loss
    page.keyboard.press("n")
    wait_for_step(page, 3)


def test_the_slowest_pace_takes_one_step_a_second(page: Page) -> None:
    open_room(page, "#setup=circles")
    play(page, "1")
    page.wait_for_timeout(2500)
    assert 1 <= counter(page, "Step") <= 4


def test_another_rate_goes_on_another_network_starts_anew(page: Page) -> None:
    open_room(page, "#setup=circles")
    play(page, "100")
    wait_for_step(page, 20)
    rate = page.get_by_role("textbox", name="Optimizer: learning rate", exact=True)
    rate.fill("0.3")
    rate.press("Enter")
    step = counter(page, "Step")
    wait_for_step(page, int(step) + 20)
    page.get_by_role("button", name="Add a hidden layer").click()
    wait_until(page, "document.querySelector('#control dd').textContent === '0'")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#field .handle[data-id='layer2[0]']")).to_be_attached()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#field .handle[data-id='layer2[1]']")).not_to_be_attached()


def test_a_step_is_walked_through_and_the_next(page: Page) -> None:
    open_room(page, "#setup=circles")
    page.locator("#saying").get_by_role("button", name="Walk through this step").click()
    expect(page.locator("#sentence .chip")).to_have_text("Forward · 1 of 5")
    expect(page.locator("#control")).to_be_hidden()
    page.keyboard.press("End")
    page.locator("#stage .handle[data-id='layer1.weight[0][0]']").focus()
    page.keyboard.press("Enter")
    batch = page.locator("#inspector .batch")
    expect(batch).to_contain_text("The batch of step 1")
    expect(batch.locator("li")).to_have_count(20)
    own = batch.locator("li .number").evaluate_all("all => all.map((one) => Number(one.title))")
    mean = float(batch.locator(".mean strong").get_attribute("title") or "nan")
    assert sum(own) / 20 == pytest.approx(mean, rel=1e-9)
    after = page.locator("#inspector .facts .strong dd").last.get_attribute("title")
    assert after is not None
    page.get_by_role("button", name="Next step").click()
    expect(batch).to_contain_text("The batch of step 2")
    page.get_by_role("button", name="Back to training").click()
    expect(page.locator("#control")).to_be_visible()
    assert counter(page, "Step") == 1


def test_the_walk_ends_where_the_training_goes(page: Page) -> None:
    open_room(page, "#setup=circles")
    page.keyboard.press("w")
    page.locator("#sentence .chip").wait_for()
    page.keyboard.press("End")
    walked = page.locator("#stage .handle[data-id='layer2.weight[0][0]']")
    promised = (walked.get_attribute("aria-label") or "").split(": ")[1].split(",")[0]
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 1)
    weight = page.locator("#field .handle[data-id='layer2.weight[0][0]']")
    expect(weight).to_have_attribute("aria-label", re.compile(f": {promised}$"))


def test_the_walk_has_the_masks_of_the_step(page: Page) -> None:
    open_room(page, "#setup=circles")
    dropout = page.get_by_role("textbox", name="Layer 1: dropout", exact=True)
    dropout.fill("0.25")
    dropout.press("Enter")
    page.locator("#control .play:enabled").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("Escape")
    page.locator("#saying").get_by_role("button", name="Walk through this step").click()
    expect(page.locator("#inspector .dropout")).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("#stage .handle[aria-label*='for dropout']").first).to_be_attached()
    walked = page.locator("#stage .handle[data-id='layer2.weight[0][0]']")
    promised = (walked.get_attribute("aria-label") or "").split(": ")[1].split(",")[0]
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 1)
    weight = page.locator("#field .handle[data-id='layer2.weight[0][0]']")
    expect(weight).to_have_attribute("aria-label", re.compile(f": {promised}$"))
    page.locator("#saying").get_by_role("button", name="Walk through this step").click()
    expect(page.locator("#inspector .dropout")).to_be_visible()
    page.get_by_role("button", name="Back to training").click()
    dropout.fill("0")
    dropout.press("Enter")
    page.wait_for_timeout(500)
    page.locator("#saying").get_by_role("button", name="Walk through this step").click()
    expect(page.locator("#sentence .chip")).to_be_visible()
    expect(page.locator("#inspector .dropout")).to_be_hidden()


def test_divergence_says_why_and_how_to_go_on(page: Page) -> None:
    open_room(page, "#setup=plane")
    rate = page.get_by_role("textbox", name="Optimizer: learning rate", exact=True)
    rate.fill("40")
    rate.press("Enter")
    play(page)
    card = page.locator(".divergence")
    expect(card).to_contain_text("It diverged at step")
    expect(card).to_contain_text("curvature")
    card.get_by_role("button", name="Halve the learning rate").click()
    expect(rate).to_have_value("20")
    expect(card).to_contain_text("It diverged at step")
    card.get_by_role("button", name="Step back to just before").click()
    expect(card).to_be_hidden()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()


def test_a_table_is_understood_or_its_faults_are_named(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    open_room(page)
    page.get_by_role("button", name="Paste table").click()
    text = page.get_by_label("Table as comma-separated values")
    text.fill("a,b,kind\n1,2,x\n2,oops,y\n3,4,x\n")
    expect(page.locator("#csv-said")).to_have_text("Row 3, column b: expected a number")
    use = page.get_by_role("button", name="Use this table")
    expect(use).to_be_disabled()
    rows = [f"{i % 7},{i % 5},{'x' if i % 7 > i % 5 else 'y'}" for i in range(40)]
    text.fill("\n".join(["a;b;kind", *rows]).replace(",", ";") + "\n3;;x\n")
    expect(page.locator("#csv-said")).to_contain_text("40 samples of 2 numbers")
    expect(page.locator("#csv-said")).to_contain_text("row 42, b")
    expect(page.get_by_role("region", name="Preview").locator("th")).to_have_text(
        ["a", "b", "kind"]
    )
    use.click()
    expect(page.get_by_label("Dataset")).to_have_value("")
    play(page)
    wait_for_step(page, 200)
    pause(page)
    expect(page.locator("#charts .confusion .badge")).to_have_text(["x", "y", "x", "y"])


def test_points_are_drawn_by_pointer_and_by_key(page: Page) -> None:
    open_room(page)
    page.get_by_role("button", name="Draw points").click()
    page.get_by_role("button", name="Clear").click()
    surface = page.locator(".brush")
    box = surface.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=20)
    page.mouse.up()
    own = page.locator("#builder .own")
    expect(own).to_contain_text(re.compile("[56] rows of your own"))
    count = int(re.findall(r"\d+", own.inner_text())[0])
    surface.focus()
    page.keyboard.press("2")
    page.keyboard.press("ArrowDown", delay=10)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    expect(own).to_contain_text(f"{count + 1} rows")
    page.keyboard.press("Delete")
    expect(own).to_contain_text(f"{count} rows")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Done").click()
    expect(surface).to_be_hidden()
    play(page)
    wait_for_step(page, 50)
    pause(page)
    page.get_by_role("button", name="Undo").click()
    expect(own).to_contain_text(f"{count} rows")


def test_other_data_refits_the_network(page: Page) -> None:
    open_room(page)
    page.get_by_label("Dataset").select_option("iris")
    page.locator("#control .play:enabled").wait_for()
    # The library that brings the table takes a moment to come in.
    loss = page.get_by_label("Loss", exact=True)
    expect(loss).to_have_value("cross_entropy", timeout=30_000)
    expect(page.locator("#field .handle[data-id='layer4[2]']")).to_be_attached()
    page.get_by_label("Dataset").select_option("sine")
    expect(page.locator("#field .handle[data-id='x[1]']")).not_to_be_attached()
    expect(page.get_by_role("button", name="Input x₂")).to_have_count(0)
    page.get_by_label("Dataset").select_option("moons")
    page.get_by_role("button", name="Input x₁²").click()
    expect(page.locator("#field .handle[data-id='x[2]']")).to_be_attached()
    play(page)
    wait_for_step(page, 50)
    pause(page)
    page.keyboard.press("w")
    expect(page.locator("#sentence .chip")).to_contain_text("Forward")
    expect(page.locator("#stage .handle[data-id='x[2]']")).to_be_attached()


def test_large_networks_are_trained_in_parts_and_keep_their_weights(page: Page) -> None:
    open_room(page, "#setup=digits")
    units = page.get_by_role("textbox", name="Layer 1: units", exact=True)
    units.fill("80")
    units.press("Enter")
    play(page)
    wait_for_step(page, 100)
    pause(page)
    page.get_by_role("button", name="One step").click()
    page.wait_for_timeout(1500)
    assert counter(page, "Step") > 100
    assert counter(page, "Loss") < 1


def test_many_edges_have_their_colors_in_both_themes(page: Page) -> None:
    open_room(page, "#setup=digits")
    page.keyboard.press("w")
    page.locator("#sentence .chip").wait_for()
    page.keyboard.press("End")
    colorful = """(() => {
        const { width, height } = document.querySelector("#stage canvas");
        const copy = new OffscreenCanvas(width, height);
        const context = copy.getContext("2d", { willReadFrequently: true });
        context.drawImage(document.querySelector("#stage canvas"), 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        let blue = 0;
        for (let i = 0; i < data.length; i += 4) blue += data[i + 2] > data[i] + 40;
        return blue > 500;
    })()"""
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        wait_until(page, colorful)


def test_a_refusal_stands_beside_its_control(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    open_room(page)
    page.locator("#builder").get_by_text("More options").click()
    page.get_by_label("Optimizer", exact=True).select_option("sgd")
    page.get_by_label("Optimizer: nesterov").check()
    expect(page.locator("#builder")).to_contain_text("nesterov needs a momentum")


def test_a_lost_connection_is_taken_up_again(page: Page, watch: Watch) -> None:
    open_room(page, "#setup=circles")
    page.wait_for_timeout(300)
    failures = 2

    def fail(route: Route) -> None:
        nonlocal failures
        failures -= 1
        if failures < 0:
            route.continue_()
        else:
            route.abort("connectionfailed")

    page.route("**/networks/train", fail)
    play(page)
    wait_for_step(page, 50)
    pause(page)
    lost = [text for text in watch.complaints if "ERR_CONNECTION_FAILED" in text]
    assert lost
    watch.complaints = [text for text in watch.complaints if text not in lost]


def test_the_page_says_how_it_goes_to_those_who_listen(page: Page) -> None:
    open_room(page, "#setup=circles")
    play(page, "10")
    expect(page.locator("#narration")).to_have_text(re.compile(r"Training\. Step \d+, loss"))
    pause(page)
    expect(page.locator("#narration")).to_have_text(re.compile(r"Paused\. Step \d+, loss"))


def test_a_unit_shows_its_map_large_and_keys_walk(page: Page) -> None:
    open_room(page)
    page.locator("#field .handle[data-id='x[0]']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#field .handle[data-id='layer1[0]']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#field svg text", has_text="Layer 1, unit 1")).to_be_visible()


def test_the_charts_have_tables(page: Page) -> None:
    open_room(page, "#setup=circles")
    play(page)
    wait_for_step(page, 200)
    pause(page)
    page.get_by_label("log scale").check()
    loss = page.locator("#charts section").first
    loss.locator("summary").click()
    expect(loss.locator("tbody tr").first.locator("th")).to_have_text(
        f"{counter(page, 'Step'):,.0f}"
    )


def test_a_recurrent_network_learns_sequences_step_by_step(page: Page) -> None:
    open_room(page)
    page.get_by_label("Dataset").select_option("parity")
    cell = page.get_by_label("Cell", exact=True)
    expect(cell).to_have_value("rnn")
    cell.select_option("gru")
    steps = page.get_by_role("textbox", name="Data: steps", exact=True)
    steps.fill("8")
    steps.press("Enter")
    step = page.locator("#field .handle[data-id='sequence0[7]']")
    expect(step).to_be_attached()
    expect(page.locator("#field .handle[data-id='sequence0[8]']")).not_to_be_attached()
    expect(page.locator("#field .sequences text", has_text="held out").first).to_be_visible()
    play(page)
    wait_for_step(page, 300)
    pause(page)
    page.wait_for_timeout(300)
    assert counter(page, "Loss") < 0.3
    expect(page.locator("#charts .legend").nth(2)).to_contain_text("cell")
    page.locator("#field .handle[data-id='cell']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#field .handle[data-id='sequence0[1]']")).to_be_focused()
    told = page.locator("#field .handle[data-id='sequence0[1]']").get_attribute("aria-label") or ""
    table = page.get_by_label("Sequences", exact=True)
    table.locator("summary").click()
    row = table.locator("tbody tr").nth(1)
    expect(table.locator("tbody tr")).to_have_count(8)
    prediction = told.split("prediction ")[1]
    assert re.fullmatch(r"(even|odd) \(\d+ %\)", prediction)
    expect(row.locator("td").last).to_have_text(prediction)
    page.get_by_role("button", name="One step").click()
    page.locator("#saying").get_by_role("button", name="Walk through this step").click()
    expect(page.get_by_role("tab", name="Through time")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    page.locator("#stage .handle[data-id='cell.weight_hh']").first.focus()
    page.keyboard.press("Enter")
    batch = page.locator("#inspector .batch")
    expect(batch.locator("li")).to_have_count(20)
    own = batch.locator("li .number").evaluate_all("all => all.map((one) => Number(one.title))")
    mean = float(batch.locator(".mean strong").get_attribute("title") or "nan")
    assert sum(own) / 20 == pytest.approx(mean, rel=1e-9)
    page.get_by_role("button", name="Back to training").click()
    page.get_by_label("Dataset").select_option("moons")
    expect(page.locator("#field .handle[data-id='layer1[0]']")).to_be_attached()
    expect(step).not_to_be_visible()


PLACES = [
    ("spirals", (1440, 900)),
    ("spirals", (320, 700)),
    ("sine", (390, 844)),
    ("iris", (1440, 900)),
    ("copy", (1440, 900)),
    ("echo", (320, 700)),
]


@pytest.mark.parametrize(("setup", "size"), PLACES)
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, setup: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    watch.attach(page)
    open_room(page, f"#setup={setup}")
    play(page)
    wait_for_step(page, 30)
    pause(page)
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        assert find_axe_violations(page) == []
    if width < 1100:
        page.get_by_role("button", name="Open the inspector").click()
        assert find_axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert watch.complaints == []


def test_the_walk_and_the_table_dialog_are_accessible(page: Page) -> None:
    open_room(page, "#setup=blobs")
    page.keyboard.press("w")
    page.locator("#sentence .chip").wait_for()
    page.keyboard.press("End")
    page.locator("#stage .handle[data-id='layer1.weight[0][0]']").focus()
    page.keyboard.press("Enter")
    assert find_axe_violations(page) == []
    page.get_by_role("button", name="Back to training").click()
    page.get_by_role("button", name="Draw points").click()
    assert find_axe_violations(page) == []
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Paste table").click()
    assert find_axe_violations(page) == []
