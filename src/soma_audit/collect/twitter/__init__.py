"""X, formerly Twitter, through API v2."""
