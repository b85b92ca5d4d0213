"""What can go wrong, one file per kind; each trial says what it found. See chaos.py."""
