"""What people already have on disk becomes rows; one file a format."""

from soma_audit.collect.files import jsonl

FORMATS = {"jsonl": jsonl.import_files}
"""Everything that can be imported, by the name that --format takes."""
