"""Is anybody at the counter? A nightly audit of how public bodies use Facebook and X."""

__version__ = "0.1.0"
