"""One use case per function: a request in, an answer out, callable without HTTP."""
