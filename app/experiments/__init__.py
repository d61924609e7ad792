"""Experiments: many seeded runs of one network, measured and held against theory."""
