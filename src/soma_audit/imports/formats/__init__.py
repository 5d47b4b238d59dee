"""The formats that can be read, one a file."""
