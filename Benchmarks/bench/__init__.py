"""What bench-proxy and bench-load share: one concern a file."""
