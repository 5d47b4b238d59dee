"""The commands, one a file; what several of them share stands in the folder above."""
