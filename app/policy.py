"""What browsers are told to allow."""

import base64
import hashlib
from collections.abc import Iterable

COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Headers of every answer that does not say otherwise."""

PAGE = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def hash_script(text: str) -> str:
    """The source expression that allows one inline script, such as an import map."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def write_page_policy(
    *, scripts: Iterable[str] = (), ancestors: Iterable[str] = (), trusted_types: bool = True
) -> str:
    """The content security policy of a page.

    ``scripts`` are the hashes of its inline scripts, ``ancestors`` the other origins that may frame
    it. With ``trusted_types`` no text can become markup or code at all.
    """
    directives = {
        **PAGE,
        "script-src": " ".join(("'self'", *scripts)),
        "frame-ancestors": " ".join(("'self'", *ancestors)),
    }
    if trusted_types:
        directives |= {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}
    else:
        # The documentation's library writes its own styles.
        directives["style-src"] = "'self' 'unsafe-inline'"
    return "; ".join(f"{name} {value}" for name, value in directives.items())
