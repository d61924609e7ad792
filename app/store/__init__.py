"""What lasts: snapshots under the hash of their bytes."""
