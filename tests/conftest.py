"""Order of the tests, the settings that all of them share, worker processes for some."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.experiments.cluster import Cluster, ClusterOptions
from app.services import admission

BROWSER = Path(__file__).parent / "browser"

# Read by every application that a test makes and by every server that it starts.
os.environ["RETROGRAD_DATA"] = tempfile.mkdtemp(prefix="retrograd-tests-")
os.environ["RETROGRAD_THROTTLE"] = "false"
os.environ["RETROGRAD_DRAIN_SECONDS"] = "0"
# The same examples on every run; how long one takes says only how busy the machine is.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")
atexit.register(shutil.rmtree, os.environ["RETROGRAD_DATA"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop would disturb others after it."""
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: BROWSER in item.path.parents)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two processes that run trials, started once."""
    cluster = Cluster(ClusterOptions(workers=2))
    yield cluster
    cluster.close()


@pytest.fixture(autouse=True)
def roomy_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests in one process hold more than a server does; that is not what they are about."""
    monkeypatch.setattr(admission, "count_memory", lambda: 0)
