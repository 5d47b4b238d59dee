"""Pages, posts and their texts: written, found to be one, taken out, masked and dropped when their time is up."""
