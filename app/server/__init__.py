"""The process: connections, signals, workers, logs."""
