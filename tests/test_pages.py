"""What the pages are made of."""

import json
import re
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.pages import VendorError, embed, find_libraries, find_modules
from app.settings import Settings

STUDIO = """<script type="importmap">{{ import_map }}</script>
{% for address in preloads %}<link rel="modulepreload" href="{{ address }}">
{% endfor %}<script type="application/json" id="catalog">{{ catalog_json }}</script>
<script type="application/json" id="trace">{{ trace_json }}</script>
<p>{{ version }} {{ libraries["katex"] }}</p>"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    static, templates = tmp_path_factory.mktemp("static"), tmp_path_factory.mktemp("templates")
    (static / "js" / "state").mkdir(parents=True)
    modules = {
        "main.js": 'import {\n  store,\n} from "./state/store.js";\nimport "katex";',
        "state/store.js": 'import { state } from "./state.js";\nimport "../main.js";',
        "state/state.js": "// nothing more",
        "docs.js": "// another page's",
    }
    for module, text in modules.items():
        (static / "js" / module).write_text(text)
    for library in ("katex@0.1.0", "@preact/signals-core@2.0.0", "swagger-ui-dist@5.0.0"):
        (static / "vendor" / library).mkdir(parents=True)
        (static / "vendor" / library / "LICENSE").write_text("MIT")
    listing = {"katex": "katex@0.1.0/katex.mjs"}
    (static / "vendor" / "modules.json").write_text(json.dumps(listing))
    (templates / "studio.html").write_text(STUDIO)
    (templates / "docs.html").write_text((Settings().templates / "docs.html").read_text())
    return TestClient(create_app(Settings(static=static, templates=templates)))


def block(page: str, name: str) -> str:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page)
    assert found
    return found.group(1)


def test_the_studio_carries_its_data(client: TestClient) -> None:
    page = client.get("/").text
    catalog = json.loads(block(page, "catalog"))
    assert catalog == client.get("/api/v1/catalog").json()
    first = catalog["presets"][0]
    request = {name: first[name] for name in ("network", "inputs", "targets", "optimizer")}
    trace = client.post("/api/v1/networks/trace", json={**request, "view": "units"})
    assert json.loads(block(page, "trace")) == trace.json()


def test_the_studio_names_its_modules(client: TestClient) -> None:
    page = client.get("/").text
    found = re.search(r'<script type="importmap">(.*?)</script>', page)
    assert found
    assert json.loads(found.group(1)) == {
        "imports": {"katex": "/static/vendor/katex@0.1.0/katex.mjs"}
    }
    assert re.findall(r'modulepreload" href="(.*?)"', page) == [
        "/static/js/main.js",
        "/static/js/state/store.js",
        "/static/js/state/state.js",
    ]
    assert "/static/vendor/katex@0.1.0<" in page


def test_the_documentation_comes_from_here(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "/static/vendor/swagger-ui-dist@5.0.0/swagger-ui-bundle.js" in page
    assert 'data-openapi="/api/v1/openapi.json"' in page
    assert "http" not in page


def test_vendored_files_are_kept_and_own_ones_asked_for(client: TestClient) -> None:
    vendored = client.get("/static/vendor/katex@0.1.0/LICENSE")
    assert vendored.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/js/main.js").headers["cache-control"] == "no-cache"


def test_large_answers_are_compressed(client: TestClient) -> None:
    assert client.get("/api/v1/catalog").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/api/v1/healthz").headers


def test_nothing_can_end_the_element_it_is_embedded_in() -> None:
    value = {"text": "</script><!-- & <script>"}
    text = str(embed(value))
    assert "<" not in text
    assert ">" not in text
    assert orjson.loads(text) == value


def test_missing_libraries_are_told(tmp_path: Path) -> None:
    with pytest.raises(VendorError, match="install the project"):
        find_modules(tmp_path)


def test_libraries_by_name(tmp_path: Path) -> None:
    for library in ("katex@0.1.0", "@preact/signals-core@2.0.0"):
        (tmp_path / "vendor" / library).mkdir(parents=True)
    assert find_libraries(tmp_path) == {
        "@preact/signals-core": "/static/vendor/@preact/signals-core@2.0.0",
        "katex": "/static/vendor/katex@0.1.0",
    }
