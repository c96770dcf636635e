"""The version: the wheel reads it here, and tests/helpers/anew.py writes it where it is named."""

__version__ = "0.1.0"
