"""What a report reads: rows from the views, what is new, and a snapshot of both."""
