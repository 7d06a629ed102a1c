"""Load, prove and publish cloud bills; knows no vendor."""

__version__ = "0.4.0"
