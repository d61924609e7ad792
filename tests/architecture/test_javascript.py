"""The layers of the page, and what must not be written in it."""

import re
from pathlib import Path

import pytest

from app.engine.ops import ACTIVATIONS
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES
from app.training.optimizers import OPTIMIZERS

ROOT = Path(__file__).parents[2]
JS = ROOT / "static" / "js"
MODULES = sorted(JS.rglob("*.js"))
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^;]*?\bfrom\s+["']([^"']+)["']""", re.M | re.S)

LAYERS = {
    "api": 0,
    "timeline": 1,
    "layout": 1,
    "state": 2,
    "scene": 2,
    "render": 3,
    "views": 4,
    "panels": 5,
    "main.js": 6,
    "docs.js": 6,
    "playground.js": 6,
    "lab.js": 6,
    "training.js": 6,
    "optimizers.js": 6,
}
"""From the ground up. State knows the arithmetic of time; pictures never know the state's store."""

PURE = [m for m in MODULES if m.relative_to(JS).parts[0] in ("layout", "scene", "timeline")]
IMPURE = re.compile(
    r"\b(document|window|localStorage|fetch|navigator)\s*[.(\[]|\bDate\b|\bperformance\s*\."
    r"|\brequestAnimationFrame\s*\(|\bsetTimeout\b|Math\.random"
)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def layer(module: Path) -> int:
    return LAYERS[module.relative_to(JS).parts[0]]


def imports(module: Path) -> list[Path]:
    found = [name for name in IMPORT.findall(module.read_text()) if name.startswith(".")]
    return [(module.parent / name).resolve() for name in found]


def test_there_is_something_to_read() -> None:
    assert len(MODULES) > 20
    assert sum(len(imports(module)) for module in MODULES) > 30


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(JS).as_posix())
def test_imports_go_down(module: Path) -> None:
    for imported in imports(module):
        assert imported.is_file(), f"{imported} does not exist"
        assert layer(imported) <= layer(module), f"{imported.name} stands above"


@pytest.mark.parametrize("module", PURE, ids=lambda m: m.relative_to(JS).as_posix())
def test_pictures_are_pure(module: Path) -> None:
    if module.name == "clock.js":
        return
    found = IMPURE.search(COMMENT.sub("", module.read_text()))
    assert found is None, found


def test_a_picture_that_looks_at_the_clock_is_caught() -> None:
    assert IMPURE.search("const now = performance.now();")
    assert IMPURE.search("document.body")


def test_only_the_effects_call_the_api() -> None:
    api = {JS / "api" / "client.js", JS / "api" / "stream.js"}
    above = [m for m in MODULES if m not in api]
    callers = {m.relative_to(JS).as_posix() for m in above if api & set(imports(m))}
    assert callers == {"state/effects.js", "state/lab/effects.js", "state/training/effects.js"}
    for module in MODULES:
        if module not in (*api, JS / "docs.js"):
            assert "fetch(" not in COMMENT.sub("", module.read_text()), module


NAMES = sorted(
    ({*ACTIVATIONS, *LOSSES, *INITIALIZERS, *OPTIMIZERS} | {"mazur"})
    - {"identity", "sin", "zeros", "ones", "constant", "normal", "uniform"}
)
"""Everyday words are left out: they would be found where they mean something else."""


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_catalog_are_written_in_the_catalog_alone(name: str) -> None:
    word = re.compile(rf"""["'`]{re.escape(name)}["'`]""")
    sources = [*MODULES, *(ROOT / "templates").rglob("*.html")]
    found = [s.name for s in sources if word.search(COMMENT.sub("", s.read_text()))]
    assert found == []
