"""Retrograd: backpropagation, shown."""
