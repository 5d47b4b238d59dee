"""What stands in files, opened and cut into records: folders, zips, tables and JSON, and the times and cells in them."""
