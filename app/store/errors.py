"""What can go wrong with the store."""


class StoreError(Exception):
    """The store could not do what it was asked."""


class StoreFullError(StoreError):
    """All snapshots together would be larger than the store may be."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__(f"the store holds at most {most_bytes} bytes")


class DamagedSnapshotError(StoreError):
    """The bytes under an id are not those that gave it its name."""

    def __init__(self, snapshot_id: str) -> None:
        self.snapshot_id = snapshot_id
        super().__init__(f"{snapshot_id} is damaged: its bytes do not give this id")


class UnreachableStoreError(StoreError):
    """The database does not answer."""


class SnapshotTooLargeError(StoreError):
    """One snapshot is larger than any may be."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__(f"a snapshot has at most {most_bytes} bytes")
