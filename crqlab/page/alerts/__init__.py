"""What one client is told of an open wave: alerts with owner and clock, and how fast they were."""
