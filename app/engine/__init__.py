"""What backpropagation is: ops, graphs, programs and tapes. NumPy and the standard library only."""
