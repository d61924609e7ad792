"""The palette: every text color on every ground it is used on, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
PALETTE = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)}

GROUNDS = ("paper", "raise", "sink")
PHASES = ("forward", "loss", "backward", "update")
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS]
SIGNS = [(sign, ground) for sign in ("positive", "negative") for ground in GROUNDS]
TINTED = [(phase, f"{phase}-tint") for phase in PHASES] + [
    (sign, "backward-tint") for sign in ("positive", "negative")
]
CLASSES = [(f"class-{k}", ground) for k in range(1, 9) for ground in ("paper", "raise")]
RACERS = [(f"racer-{lane}", ground) for lane in range(1, 7) for ground in ("paper", "raise")]
PLAIN = [(phase, ground) for phase in PHASES for ground in ("paper", "raise")]


def luminance(color: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_published() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [*TEXT, *SIGNS, *TINTED, *PLAIN, *CLASSES, *RACERS])
def test_text_can_be_read(text: str, ground: str, theme: str) -> None:
    assert contrast(PALETTE[text][theme], PALETTE[ground][theme]) >= 4.5
