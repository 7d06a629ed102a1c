"""The demo's Azure bill: two deterministic exports that any command can read like a container."""

from vendors.azure.demo.plan import DemoPlan
from vendors.azure.demo.write import write_demo

__all__ = ["DemoPlan", "write_demo"]
