"""What `doctor` looks at: what it asks, and what it says of it."""
