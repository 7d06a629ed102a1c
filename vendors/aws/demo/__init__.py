"""The demo's AWS bill: a deterministic export that any command can read like a real bucket."""

from vendors.aws.demo.plan import TAG_KEYS, DemoPlan
from vendors.aws.demo.write import write_demo

__all__ = ["TAG_KEYS", "DemoPlan", "write_demo"]
