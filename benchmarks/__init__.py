"""Benchmarks: `./dev bench NAME`, one file each. See README.md for the figures."""
