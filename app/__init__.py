"""Retrograd: backpropagation, shown."""

__version__ = "0.1.0"
