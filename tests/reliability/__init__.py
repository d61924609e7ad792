"""Long trials of a real server: scripts/try-reliability runs them, the tests a small part."""
