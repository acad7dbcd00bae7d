"""The SD card: built from Debian's packages, the same bytes each time, nothing mounted."""
