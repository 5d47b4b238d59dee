"""The formats that a report can be written in, one a file, all from the same figures."""
