"""What the documents beside the code say, held against the code."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]


def test_the_readmes_request_gives_the_readmes_answer() -> None:
    readme = (ROOT / "README.md").read_text()
    [(path, body)] = re.findall(r"curl -s http://127\.0\.0\.1:8000(\S+) [^@]*-d @(\S+)", readme)
    [told] = re.findall(r"`parameter_grads` in the answer is `(.*?)`", readme)
    headers = {"Content-Type": "application/json"}
    with TestClient(create_app(Settings())) as client:
        answer = client.post(path, content=(ROOT / body).read_bytes(), headers=headers)
    assert answer.json()["parameter_grads"] == json.loads(told)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / link).exists(), link


def test_every_setting_of_the_example_is_a_setting() -> None:
    known = {f"RETROGRAD_{name.upper()}" for name in Settings.model_fields}
    names = re.findall(r"^(?:# )?(RETROGRAD_\w+)=", (ROOT / ".env.example").read_text(), re.M)
    assert names
    for name in names:
        top, _, limit = name.partition("__")
        assert top in known
        assert not limit or limit.lower() in type(Settings().limits).model_fields
