"""Mastodon, and whatever else serves its client interface, each account asked of its own server."""
