"""Text from outside stays text: a corpus of payloads in every field, link and upload runs nothing,
with the content security policy and without it."""

import base64
import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page

from app.pages import ROOMS

PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text().splitlines()
SPEC: dict[str, Any] = {"kind": "dense", "inputs": 1, "layers": [{"units": 1}]}
EXPRESSION: dict[str, Any] = {"kind": "expression", "expression": "x * w"}

PLACES = [*ROOMS, "/lab#mode=time", "/lab#mode=sweep"]
"""Where fields are: the rooms, and what of them is another form."""

FIELDS = "input:not([type=file]):not([readonly]), textarea, select, [contenteditable]"
FEED = """([payloads, selector]) => {
    // A panel may be made anew after any of them.
    const count = document.querySelectorAll(selector).length;
    for (let at = 0; at < count; at += 1) {
        // A field of numbers makes the same of every text: once is enough there.
        const taken = new Set();
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
            const value = field.value ?? field.textContent;
            if (taken.has(value)) continue;
            taken.add(value);
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            field.dispatchEvent(new Event("change", { bubbles: true }));
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }
    }
    return count;
}"""

WATCH = """() => {
    window.waiting = 0;
    const ask = window.fetch;
    window.fetch = (...request) => {
        window.waiting += 1;
        return ask(...request).finally(() => { window.waiting -= 1; });
    };
}"""
SETTLE = """async () => {
    const end = performance.now() + 5000;
    do await new Promise(requestAnimationFrame);
    while (window.waiting && performance.now() < end);
    // Whatever an earlier element has to load, play or focus has had its turn before this one.
    const image = new Image();
    const failed = new Promise((done) => image.addEventListener("error", done));
    image.src = `x?${performance.now()}`;
    document.body.append(image);
    await failed;
    image.remove();
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""
"""Until all that was asked has been answered and shown, and what would run has run."""


@pytest.fixture(params=[False, True], ids=["with policy", "without policy"])
def tab(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """A page in which a payload that runs is noticed."""
    context = browser.new_context(base_url=server, bypass_csp=request.param)
    page = context.new_page()
    page.set_default_timeout(10_000)
    ran: list[str] = []
    page.expose_function("xss", lambda: ran.append("xss()"))
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    page.add_init_script(f"({WATCH})()")
    yield page
    page.evaluate(SETTLE)
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


@pytest.mark.parametrize("place", PLACES)
def test_fields(tab: Page, place: str) -> None:
    enter(tab, place)
    for opener in tab.locator("details:not([open]) > summary").all():
        if opener.is_visible():
            opener.click()
    fields = tab.evaluate(FEED, [PAYLOADS, FIELDS])
    assert fields > 0
    tab.evaluate(SETTLE)
    # Whatever was taken is drawn, told and listed.
    for name in ("End", "Home"):
        tab.keyboard.press(name)
    for button in tab.get_by_role("tab").all():
        button.click()
    tab.evaluate(SETTLE)
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
            tab.evaluate(SETTLE)


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


DATA = {
    "inputs": [[1, 2], [3, 4]],
    "targets": [[0], [1]],
    "columns": ["a", "b"],
    "outputs": ["y"],
    "classes": ["c", "d"],
    "labels": [0, 1],
    "name": "mine",
}
SETUP: dict[str, Any] = {
    "data": {"own": True, **DATA},
    "spec": {
        "kind": "dense",
        "inputs": 2,
        "layers": [{"units": 1, "activation": "tanh", "initializer": "zeros"}],
        "loss": "squared_error",
    },
    "optimizer": {"name": "sgd", "learning_rate": 0.1},
    "schedule": {"name": "constant"},
    "features": ["x1"],
    "clip": {"by": "norm", "at": 1},
    "stop": {"by": "loss"},
}
RACER = {"lane": 0, "choice": {"name": "sgd"}}
RACE: dict[str, Any] = {
    "surface": {"expression": "x * y"},
    "start": [1, 1],
    "steps": 5,
    "batch": None,
    "racers": [RACER],
    "scale": "log",
}
FORM: dict[str, Any] = {
    "depth": 3,
    "width": 4,
    "activation": "tanh",
    "loss": "squared_error",
    "initializer": {"name": "normal", "distribution": "normal"},
    "inputs": {"distribution": "normal"},
}
SWEEP = {"axes": [{"of": "depth", "values": ["1", "2"]}], "x": "depth", "y": "width", "cell": "a"}
FORMS = (
    ("form", "layers", FORM),
    ("base", "sweep", FORM),
    ("time", "time", {"cell": "lstm", "steps": 3, "theme": "a"}),
    ("sweep", "sweep", SWEEP),
)


def replace(value: Any, payload: str) -> Any:
    """``value`` with the payload in the place of all of its texts."""
    if isinstance(value, dict):
        return {name: replace(part, payload) for name, part in value.items()}
    if isinstance(value, list):
        return [replace(part, payload) for part in value]
    return payload if isinstance(value, str) else value


def replace_one(value: Any, payload: str) -> Iterator[Any]:
    """``value`` with the payload in the place of each of its texts, and as one more name in each of
    its objects: one at a time."""
    if isinstance(value, str):
        yield payload
    elif isinstance(value, dict):
        yield {**value, payload: payload}
        for name, part in value.items():
            yield from ({**value, name: changed} for changed in replace_one(part, payload))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            before, after = value[:at], value[at + 1 :]
            yield from ([*before, changed, *after] for changed in replace_one(part, payload))


def change(value: Any, payload: str, number: int) -> list[Any]:
    """``value`` with the payload as all of its texts, and, because a page that refuses one of them
    shows none, as single ones: other ones for each number."""
    single = list(replace_one(value, payload))
    return [replace(value, payload), single[number % len(single)]]


def fill(names: Sequence[str], payload: str, number: int, **others: str) -> list[str]:
    """A query with the payload as all of these, and as one of them."""
    one = names[number % len(names)]
    return [urlencode({**others, **dict.fromkeys(some, payload)}) for some in (names, [one])]


def list_fragments(room: str, payload: str, number: int) -> Iterator[str]:
    """Links into a room, with the payload wherever they carry text."""
    if room in ("/", "/playground"):
        preset = {"/": "neuron", "/playground": "chain"}[room]
        yield from (f"state={encode(state)}" for state in states(payload))
        yield from fill(("view", "unit", "at", "sample"), payload, number, preset=preset)
    elif room == "/training":
        whole = {"setup": SETUP, "pace": "1", "document": {"step": 1, "parameters": {}}}
        own = {"setup": {**SETUP, "data": replace(SETUP["data"], payload)}, "pace": "1"}
        for value in [own, *change(whole, payload, number)]:
            yield f"training={encode(value)}"
    elif room == "/optimizers":
        formula = {**RACE, "surface": {"expression": payload}}
        for value in [formula, *change(RACE, payload, number)]:
            yield urlencode({"race": json.dumps(value), "at": payload, "racer": payload})
    elif room == "/lab":
        names = ("mode", "view", "clip", "at", "layer", "playhead", "classic")
        yield from fill(names, payload, number, form=json.dumps(FORM))
        for at, (name, mode, form) in enumerate(FORMS):
            changed = (
                change(form, payload, number) if at == number % 4 else [replace(form, payload)]
            )
            for value in changed:
                yield urlencode({"mode": mode, "view": payload, name: json.dumps(value)})
    every = ("preset", "state", "training", "setup", "race", "surface", "form", "classic")
    yield from (*fill(every, payload, number), payload)


OPEN = """async (fragments) => {
    for (const fragment of fragments) {
        // The event that the browser sends comes late, when the address is the last of many.
        history.replaceState(null, "", `#${fragment}`);
        dispatchEvent(new HashChangeEvent("hashchange"));
        await new Promise((done) => setTimeout(done));
    }
}"""


@pytest.mark.parametrize("room", ROOMS)
def test_links(tab: Page, room: str, request: pytest.FixtureRequest) -> None:
    enter(tab, room)
    # The policy only takes away: with it one link for every payload is enough.
    few = "with policy" in request.node.name
    for number, payload in enumerate(PAYLOADS):
        fragments = list(list_fragments(room, payload, number))
        assert len(fragments) > 5
        # What comes last is answered now and then: another part of it every time.
        turn = number % len(fragments)
        fragments = fragments[turn:] + fragments[:turn]
        tab.evaluate(OPEN, fragments[:1] if few else fragments)
        if number % 4 == 3:
            tab.evaluate(SETTLE)


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
