"""The demo's Google bill: a deterministic billing export that any command can read."""

from vendors.gcp.demo.plan import DemoPlan
from vendors.gcp.demo.write import write_demo

__all__ = ["DemoPlan", "write_demo"]
