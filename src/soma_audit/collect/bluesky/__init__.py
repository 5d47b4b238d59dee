"""Bluesky, through the public methods of the AT Protocol."""
