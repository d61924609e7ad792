"""What can be wrong with a network or its data."""


class NetworkError(ValueError):
    """A network, or data for it, that cannot be used.

    ``pointer`` is a JSON pointer into the request's body, ``detail`` says what would be right,
    ``code`` is a short stable name for the kind of mistake.
    """

    def __init__(self, pointer: str, detail: str, code: str = "invalid") -> None:
        self.pointer = pointer
        self.detail = detail
        self.code = code
        super().__init__(f"{pointer}: {detail}")
