"""The application without front-end libraries, as in the tests of the API."""

from tests.api.conftest import static

__all__ = ["static"]
