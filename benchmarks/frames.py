"""What the training room asks of a browser's main thread while it trains at full speed:
``python -m benchmarks.frames [SETUP] [SECONDS]``; spirals and 5 seconds unless told otherwise.

Tasks are those of Chromium's own trace. Their CPU time is told beside their time on the wall: on a
busy machine only the first says something.
"""

import sys
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import serve

LONG = 8.0
"""A task that takes longer, in milliseconds, leaves less than half of a frame to others."""
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
PARTS = {
    "FunctionCall": "scripting",
    "EvaluateScript": "scripting",
    "RunMicrotasks": "scripting",
    "UpdateLayoutTree": "style",
    "Layout": "layout",
    "PrePaint": "painting",
    "Paint": "painting",
    "Layerize": "painting",
    "Commit": "painting",
    "MajorGC": "garbage",
    "MinorGC": "garbage",
    "V8.GC_SCAVENGER": "garbage",
}
"""The events whose time is told, by what they are part of."""
GAPS = """(milliseconds) => new Promise((resolve) => {
    const times = [];
    const until = performance.now() + milliseconds;
    const next = (now) => {
        times.push(now);
        if (now < until) requestAnimationFrame(next);
        else resolve(times);
    };
    requestAnimationFrame(next);
})"""
Event = dict[str, Any]


def record(page: Page, seconds: float) -> tuple[list[Event], list[float]]:
    """The trace of so many seconds, and when animation frames began, in milliseconds."""
    client = page.context.new_cdp_session(page)
    events: list[Event] = []
    ended: list[bool] = []
    client.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    client.on("Tracing.tracingComplete", lambda _: ended.append(True))
    client.send("Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES}})
    times = page.evaluate(GAPS, 1000 * seconds)
    client.send("Tracing.end")
    for _ in range(600):
        if ended:
            break
        page.wait_for_timeout(50)
    return events, times


def find_main(events: list[Event]) -> list[Event]:
    """The complete events of the page's main thread: the one that runs animation frames."""
    busiest = Counter(
        (event["pid"], event["tid"]) for event in events if event["name"] == "FireAnimationFrame"
    )
    thread = busiest.most_common(1)[0][0]
    return [event for event in events if (event["pid"], event["tid"]) == thread and "dur" in event]


def tell(name: str, events: list[Event], times: list[float], seconds: float) -> None:
    """Print the report of one recording."""
    main = find_main(events)
    tasks = [event for event in main if event["name"] == "RunTask"]
    gaps = sorted(after - before for before, after in pairwise(times))
    frames = len(times)
    cpu = [event.get("tdur", 0) / 1000 for event in tasks]
    wall = [event["dur"] / 1000 for event in tasks]
    late = sum(gap > 25 for gap in gaps)
    print(f"{name}: {frames / seconds:.1f} animation frames a second, {late} more than 25 ms apart")
    print(
        f"  gaps: median {median(gaps):.1f}, p99 {gaps[int(len(gaps) * 0.99)]:.1f}, "
        f"max {gaps[-1]:.1f} ms"
    )
    for what, durations in (("CPU", cpu), ("wall", wall)):
        above = sum(one > LONG for one in durations)
        print(
            f"  tasks, {what}: {sum(durations) / frames:.2f} ms per animation frame, longest "
            f"{max(durations):.1f} ms, {above} above {LONG:g} ms ({above / seconds:.1f} a second)"
        )
    told: Counter[str] = Counter()
    for event in main:
        if event["name"] in PARTS:
            told[PARTS[event["name"]]] += event.get("tdur", event["dur"])
    parts = ", ".join(f"{part} {time / 1000 / frames:.2f}" for part, time in told.most_common())
    print(f"  CPU in ms per animation frame: {parts}")


def run(setup: str, seconds: float) -> None:
    """Train at full speed with all maps, and tell what it costs."""
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/training#setup={setup}")
        page.locator("#control .play:enabled").wait_for()
        page.locator("#control").get_by_label("Speed").select_option("most")
        page.get_by_role("button", name="Play", exact=True).click()
        page.wait_for_timeout(2000)
        events, times = record(page, seconds)
        print(page.locator("#saying .text").inner_text())
        tell(setup, events, times, seconds)
        browser.close()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    run(
        arguments[0] if arguments else "spirals", float(arguments[1]) if len(arguments) > 1 else 5.0
    )
