"""What can be built: from a spec to a graph and its initial parameters."""
