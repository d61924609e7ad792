"""What can go wrong when a graph is built or run."""


class EngineError(ValueError):
    """A graph that cannot be built or run; the message says what would be right."""


class ShapeError(EngineError):
    """An array whose shape does not fit the node it is meant for."""

    def __init__(self, node: str, expected: str, actual: tuple[int, ...]) -> None:
        self.node = node
        self.expected = expected
        self.actual = actual
        super().__init__(f"{node}: expected {expected}, got shape {list(actual)}")
