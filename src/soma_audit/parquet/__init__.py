"""A database as Parquet, for engines that judge on many machines, and verdicts that come back from there."""
