"""Is anybody at the counter? A nightly audit of how public bodies use Facebook, X, Bluesky and Mastodon."""

__version__ = "0.1.0"
