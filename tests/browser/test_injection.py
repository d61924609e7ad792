"""Text from outside stays text: a corpus of payloads in every field, link and upload runs nothing,
with the content security policy and without it."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from app.pages import ROOMS

PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text().splitlines()
SPEC: dict[str, Any] = {"kind": "dense", "inputs": 1, "layers": [{"units": 1}]}
EXPRESSION: dict[str, Any] = {"kind": "expression", "expression": "x * w"}

FIELDS = "input:not([type=file]):not([readonly]), textarea, select, [contenteditable]"
FEED = """([payloads, selector]) => {
    // A panel may be made anew after any of them.
    const count = document.querySelectorAll(selector).length;
    for (let at = 0; at < count; at += 1) {
        for (const payload of payloads) {
            const field = document.querySelectorAll(selector)[at];
            if (!field) break;
            field.focus();
            if (field.isContentEditable) field.textContent = payload;
            else if (field.tagName === "SELECT") {
                const option = document.createElement("option");
                option.value = payload;
                field.append(option);
                field.value = payload;
            } else if (field.type === "checkbox") continue;
            else field.value = payload;
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            field.dispatchEvent(new Event("change", { bubbles: true }));
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }
    }
    return count;
}"""


@pytest.fixture(params=[False, True], ids=["with policy", "without policy"])
def tab(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """A page in which a payload that runs is noticed."""
    context = browser.new_context(base_url=server, bypass_csp=request.param)
    page = context.new_page()
    page.set_default_timeout(10_000)
    ran: list[str] = []
    page.expose_function("xss", lambda: ran.append("xss()"))
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    yield page
    page.wait_for_timeout(300)
    page.unroute_all(behavior="ignoreErrors")
    context.close()
    assert ran == []


def enter(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("html[data-ready]").wait_for()


def test_the_corpus() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 100
    assert all("xss()" in payload for payload in PAYLOADS)


def test_a_payload_that_runs_would_be_noticed(browser: Browser, server: str) -> None:
    for bypass, expected in ((True, 1), (False, 0)):
        context = browser.new_context(base_url=server, bypass_csp=bypass)
        page = context.new_page()
        ran: list[str] = []
        page.expose_function("xss", lambda: ran.append("xss()"))  # noqa: B023
        enter(page, "/")
        # Trusted Types would stop it even before the policy on scripts does.
        page.evaluate(
            """() => {
                const image = "<img src=x onerror=xss()>";
                try { document.body.insertAdjacentHTML("beforeend", image); } catch { return; }
            }"""
        )
        page.wait_for_timeout(300)
        assert len(ran) == expected
        context.close()


@pytest.mark.parametrize("room", ROOMS)
def test_fields(tab: Page, room: str) -> None:
    enter(tab, room)
    for opener in tab.locator("details:not([open]) > summary").all():
        if opener.is_visible():
            opener.click()
    fields = tab.evaluate(FEED, [PAYLOADS, FIELDS])
    assert fields > 0
    tab.wait_for_timeout(500)
    # Whatever was taken is drawn, told and listed.
    for name in ("End", "Home"):
        tab.keyboard.press(name)
    for button in tab.get_by_role("tab").all():
        button.click()
    assert tab.locator("script:not([src]):not([type])").count() == 0
    assert tab.locator("a[href^='javascript:' i], iframe, object, embed, base").count() == 0


@pytest.mark.parametrize("room", ROOMS)
def test_uploads(tab: Page, room: str) -> None:
    enter(tab, room)
    for field in tab.locator("input[type=file]").all():
        # As the file's name, its columns' names, and its cells; a few in each file.
        for at in range(0, len(PAYLOADS), 5):
            some = PAYLOADS[at : at + 5]
            table = io.StringIO()
            csv.writer(table).writerows([[*some, "y"], [*some, "a"], [1, 2, 3, 4, 5, "b"]])
            kind = "text/csv"
            file: Any = {"name": some[0], "mimeType": kind, "buffer": table.getvalue().encode()}
            field.set_input_files(file)
        tab.wait_for_timeout(300)


def encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def states(payload: str) -> list[dict[str, Any]]:
    """What a link may carry, with the payload wherever there is room for text."""
    sgd = {"name": "sgd"}
    dense = {"network": {"spec": SPEC}, "inputs": [[1]], "targets": [[1]], "optimizer": sgd}
    layer = {"units": 1, "activation": payload, "initializer": payload}
    bad_spec = {**SPEC, "layers": [layer], "loss": payload, "kind": payload}
    return [
        {**dense, "network": {"spec": {**SPEC, "layers": [layer]}}},
        {**dense, "network": {"spec": bad_spec}},
        {**dense, "network": {"spec": SPEC, "parameters": {payload: [[1]]}}},
        {**dense, "optimizer": {"name": payload, payload: payload}},
        {**dense, "inputs": [[payload]], "targets": [[payload]]},
        {
            "network": {"spec": {**EXPRESSION, "expression": payload}, "parameters": {"w": 1}},
            "inputs": {"x": 1, payload: 2},
            "targets": {},
            "optimizer": sgd,
        },
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_links(tab: Page, room: str) -> None:
    enter(tab, room)
    go = "(fragments) => { for (const fragment of fragments) location.hash = fragment; }"
    for at in range(0, len(PAYLOADS), 10):
        fragments = []
        for payload in PAYLOADS[at : at + 10]:
            fragments += [f"state={encode(state)}" for state in states(payload)]
            fragments += [
                f"preset=neuron&{name}={payload}" for name in ("view", "unit", "at", "sample")
            ]
            fragments += [payload, f"preset={payload}", f"state={payload}"]
        tab.evaluate(go, fragments)
        tab.wait_for_timeout(150)


def test_snapshots(tab: Page, server: str) -> None:
    opened = 0
    for at in range(0, len(PAYLOADS), 4):
        four = PAYLOADS[at : at + 4]
        view = dict(zip(("view", "unit", "at", "sample"), four, strict=True))
        body = {
            "network": {"spec": SPEC, "parameters": {"layer1.weight": [[1]]}},
            "inputs": [[1]],
            "targets": [[1]],
            "optimizer": {"name": "sgd"},
            "view": {**view, "room": four[0], four[1]: four[2]},
        }
        made = httpx.post(f"{server}/api/v1/snapshots", json=body)
        assert made.status_code in (200, 201), made.text
        enter(tab, made.json()["url"])
        opened += 1
    assert opened == 25


def test_addresses_and_answers(server: str) -> None:
    with httpx.Client(base_url=server) as client:
        for payload in PAYLOADS:
            quoted = payload.replace("/", "%2F").replace("?", "%3F").replace("#", "%23")
            quoted = quoted.replace("%0a", "%250a").replace("\t", "%09")
            for path in (f"/s/{quoted}", f"/problems/{quoted}", f"/{quoted}", f"/?q={quoted}"):
                answer = client.get(path)
                is_page = answer.headers.get("content-type", "").startswith("text/html")
                assert not is_page or payload not in answer.text
                assert answer.headers["x-content-type-options"] == "nosniff"
            answer = client.post("/api/v1/networks/backward", json={payload: payload})
            assert answer.headers["content-type"] == "application/problem+json"
