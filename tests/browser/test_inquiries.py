"""Paths, the nudge test and the gradient check as a person uses them."""

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Watch, find_axe_violations
from tests.browser.test_studio import field, open_studio, press, stage_text

WEIGHT = "layer1.weight[0][0]"


def select(page: Page, name: str) -> None:
    page.locator(f"#stage .handle[data-id='{name}']").first.focus()
    press(page, "Enter")


def paths(page: Page) -> Locator:
    return page.locator(".paths button")


def slider(page: Page) -> Locator:
    return page.locator(".nudge .slider")


def change(page: Page, which: str) -> Locator:
    return page.locator(f".nudge .{which} dd")


def asked(watch: Watch, operation: str) -> int:
    return sum(url.endswith(f"/networks/{operation}") for url in watch.requests)


def open_check(page: Page) -> Locator:
    page.get_by_role("button", name="Check the gradients").click()
    dialog = page.get_by_role("dialog", name="Gradient check")
    expect(dialog.get_by_role("status")).to_contain_text("agree")
    return dialog


def test_the_worked_example_has_one_path_whose_product_is_its_gradient(
    page: Page, watch: Watch
) -> None:
    open_studio(page, "#preset=neuron&at=40")
    assert asked(watch, "explain") == 0
    select(page, WEIGHT)
    name = "Path 1 of 1, from weight w through layer 1, unit 1 to the loss: 2 times 1 times 2 is 4"
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(paths(page).locator(".pill")).to_have_text(["2", "1", "2"])
    expect(page.locator(".routes .sum")).to_contain_text("+4")
    assert asked(watch, "explain") == 1


def test_paths_wait_for_the_gradient(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=1")
    select(page, WEIGHT)
    expect(page.locator(".routes")).to_contain_text("Come once the gradient is known.")
    expect(slider(page)).to_be_hidden()
    assert paths(page).count() == 0
    page.locator("#stage .handle:focus").blur()
    press(page, "End")
    expect(paths(page)).to_have_count(1)
    expect(slider(page)).to_be_visible()


def test_a_path_that_is_pointed_at_is_lit_and_no_other(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=40")
    select(page, WEIGHT)
    assert "×" not in stage_text(page)
    paths(page).first.hover()
    expect(page.locator("#stage svg").first).to_contain_text("× 0.4")
    assert "× 0.5" not in stage_text(page)
    paths(page).nth(1).hover()
    expect(page.locator("#stage svg").first).to_contain_text("× 0.5")
    assert "× 0.4" not in stage_text(page)
    page.locator(".brand").hover()
    expect(page.locator("#stage svg").first).not_to_contain_text("×")


def test_paths_by_keyboard(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=40")
    select(page, WEIGHT)
    paths(page).first.focus()
    press(page, "ArrowDown")
    expect(paths(page).nth(1)).to_be_focused()
    assert "× 0.5" in stage_text(page)
    press(page, "Enter")
    expect(paths(page).nth(1)).to_have_attribute("aria-pressed", "true")
    press(page, "Home")
    expect(paths(page).first).to_be_focused()
    assert "× 0.4" in stage_text(page)
    press(page, "Tab")
    expect(page.get_by_role("button", name="Light all paths")).to_be_focused()
    assert "×" not in stage_text(page)
    press(page, "Tab")
    assert "× 0.5" in stage_text(page)
    press(page, "Escape")
    assert "×" not in stage_text(page)
    expect(page.locator(".routes")).to_be_hidden()


def test_all_paths_together_are_as_wide_as_what_they_carry(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=40")
    select(page, WEIGHT)
    expect(paths(page)).to_have_count(2)
    page.get_by_role("button", name="Light all paths").click()
    widths = page.evaluate(
        """() => [...document.querySelectorAll("#stage svg path[stroke='var(--backward)']")]
            .map((path) => Number(path.getAttribute("stroke-width")))"""
    )
    wide = {width for width in widths if width > 3}
    assert len(wide) > 1
    assert max(wide) > 2 * min(wide)
    page.get_by_role("button", name="Light all paths").click()
    page.locator(".brand").hover()
    assert page.locator("#stage svg rect[fill='var(--paper)'][opacity='0.74']").count() == 0


def test_of_a_batch_the_shown_sample_comes_first(page: Page) -> None:
    open_studio(page, "#preset=xor&at=40")
    select(page, "layer1[1]")
    expect(paths(page)).to_have_count(1)
    expect(page.locator(".routes")).not_to_contain_text("other samples")
    select(page, WEIGHT)
    expect(page.locator(".routes")).to_contain_text("The 3 other samples, 3 paths")


def test_in_the_graph_an_entry_is_chosen_and_its_path_goes_node_by_node(page: Page) -> None:
    open_studio(page, "#preset=xor&view=graph&at=40")
    page.locator("#stage svg.zooms").wait_for()
    select(page, "layer1.weight")
    expect(paths(page)).to_have_count(1)
    page.get_by_label("Entry").select_option("[3][1]")
    expect(page.locator(".nudge .moved")).to_contain_text("−0.9666")
    expect(paths(page)).to_have_count(1)
    paths(page).first.focus()
    assert stage_text(page).count("×") >= 8


def test_a_nudge_shows_what_was_predicted_beside_what_happens(page: Page, watch: Watch) -> None:
    open_studio(page, "#preset=neuron&at=40")
    select(page, WEIGHT)
    slider(page).focus()
    assert asked(watch, "nudge") == 0
    press(page, "ArrowRight", 10)
    expect(change(page, "predicted")).to_have_text("+0.4")
    # L = (2 (w + 0.1))^2 = 1.44 at w = 0.5.
    expect(change(page, "actual")).to_have_text("+0.44")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile("predicted.*0.4.*actual"))
    page.wait_for_function("document.querySelectorAll('.tangent path').length >= 4")
    expect(field(page, "Input x")).to_have_value("2")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Reset").click()
    expect(change(page, "actual")).to_have_text("0")
    expect(slider(page)).to_be_focused()


def test_a_nudge_is_kept_as_an_edit_that_can_be_undone(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=40")
    select(page, "x[0]")
    slider(page).focus()
    press(page, "End")
    expect(page.locator(".nudge .moved")).to_contain_text("2 → 4")
    page.get_by_role("button", name="Keep").click()
    expect(field(page, "Input x")).to_have_value("4")
    expect(page.locator(".nudge .moved")).not_to_contain_text("→")
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "Input x")).to_have_value("2")


def test_of_many_nudges_the_newest_is_shown(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=40")
    select(page, WEIGHT)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/networks/nudge", hold)
    slider(page).focus()
    press(page, "ArrowLeft", 25)
    expect(change(page, "predicted")).to_have_text("−1")
    expect(change(page, "actual")).to_have_text("−0.75")
    page.unroute_all(behavior="ignoreErrors")


def test_a_nudge_that_is_refused_says_why(page: Page, watch: Watch) -> None:
    watch.expected_statuses.add(503)
    open_studio(page, "#preset=neuron&at=40")
    select(page, WEIGHT)
    problem = {"title": "Busy", "detail": "Too much to do: try again in a second.", "errors": []}
    page.route(
        "**/networks/nudge",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )
    slider(page).focus()
    press(page, "ArrowRight")
    expect(page.locator(".nudge [role=status]")).to_have_text(problem["detail"])
    page.unroute("**/networks/nudge")
    press(page, "ArrowRight")
    expect(change(page, "actual")).to_have_text("+0.0816")
    expect(page.locator(".nudge [role=status]")).to_be_hidden()


def test_every_gradient_is_checked_and_the_error_has_its_curve(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=3")
    dialog = open_check(page)
    expect(dialog.get_by_role("status")).to_contain_text("All 12 gradients agree")
    rows = dialog.get_by_role("region", name="Every gradient, checked").locator("tbody tr")
    expect(rows).to_have_count(12)
    expect(rows.first.locator("td").first).to_have_text("+4.385677e−4")
    picture = dialog.get_by_role("img")
    expect(picture).to_have_attribute("aria-label", re.compile("^Relative error .* least"))
    assert picture.locator("circle").count() >= 20
    expect(picture).to_contain_text("truncation")
    button = dialog.get_by_role("button", name="layer2.bias[1]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(dialog.get_by_role("heading", level=3)).to_have_text(re.compile(r"layer2\.bias\[1\]"))
    dialog.get_by_text("The curve as a table").click()
    expect(dialog.locator("details tbody tr")).to_have_count(picture.locator("circle").count() - 1)
    press(page, "Escape")
    expect(dialog).to_be_hidden()


def test_the_table_of_the_check_is_sorted_by_its_heads(page: Page) -> None:
    open_studio(page, "#preset=mazur&at=3")
    dialog = open_check(page)
    dialog.get_by_role("button", name=re.compile("^relative error")).click()
    head = dialog.get_by_role("columnheader", name=re.compile("^relative error"))
    expect(head).to_have_attribute("aria-sort", "descending")
    cells = dialog.locator(".halves > .scroll td:last-child")

    def errors() -> list[float]:
        titles: list[str] = cells.evaluate_all("(all) => all.map((cell) => cell.title)")
        return [float(title) for title in titles]

    assert errors() == sorted(errors(), reverse=True)
    press(page, "Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert errors() == sorted(errors())


def test_a_kink_is_named_and_not_judged(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=3")
    field(page, "Input x").fill("0")
    page.wait_for_function("document.querySelector('#stage svg').textContent.includes('0')")
    dialog = open_check(page)
    expect(dialog.locator(".kink")).to_have_text("kink in layer1.a[0][0]")
    expect(dialog.get_by_role("status")).to_contain_text("Every gradient that can be judged")


def test_gradients_that_disagree_are_told(page: Page) -> None:
    open_studio(page, "#preset=neuron&at=3")

    def spoil(route: Route) -> None:
        answer = route.fetch().json()
        answer["passed"] = False
        route.fulfill(json=answer)

    page.route("**/networks/gradient-check", spoil)
    page.get_by_role("button", name="Check the gradients").click()
    verdict = page.get_by_role("dialog").get_by_role("status")
    expect(verdict).to_contain_text("Not every gradient agrees")
    page.unroute_all(behavior="wait")


def test_the_check_is_in_every_view_and_room(page: Page) -> None:
    for address, count in (
        ("/#preset=neuron&view=graph&at=3", "All 2"),
        ("/#preset=neuron&view=table&at=3", "All 2"),
        ("/playground", "All 3"),
    ):
        page.goto("about:blank")
        page.goto(address)
        page.locator("html[data-ready]").wait_for()
        expect(open_check(page).get_by_role("status")).to_contain_text(count)


def test_names_of_a_formula_have_paths_and_nudges(page: Page) -> None:
    page.goto("/playground")
    page.locator("html[data-ready]").wait_for()
    select(page, "x")
    name = "Path 1 of 1, from x through q to f: −4 times 1 is −4"
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Paths to f")).to_be_visible()
    slider(page).focus()
    press(page, "ArrowRight", 5)
    expect(change(page, "predicted")).to_have_text("−0.4")
    expect(change(page, "actual")).to_have_text("−0.4")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("textbox", name="Value of x")).to_have_value("−1.9")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
def test_it_is_accessible_and_nothing_scrolls_sideways(
    browser: Browser, server: str, watch: Watch, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height})
    page = context.new_page()
    watch.attach(page)
    open_studio(page, "#preset=mazur&at=40")
    select(page, WEIGHT)
    expect(paths(page)).to_have_count(2, timeout=10_000)
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"Switch to {theme}").click()
        if width < 1100:
            page.get_by_role("button", name="Open the inspector").click()
        slider(page).focus()
        press(page, "ArrowRight", 20)
        expect(change(page, "actual")).not_to_have_text("…")
        paths(page).first.click()
        assert find_axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inspector = page.locator("#inspector")
        assert inspector.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
        dialog = open_check(page)
        expect(dialog.get_by_role("img")).to_have_attribute("aria-label", re.compile("least"))
        assert find_axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert dialog.locator(".inside").evaluate("(box) => box.scrollWidth <= box.clientWidth")
        dialog.get_by_role("button", name="Close the gradient check").click()
        if width < 1100:
            page.get_by_role("button", name="Close the inspector").click()
    context.close()
    assert watch.complaints == []
