"""ringview: see what happens between a program and the kernel."""

__version__ = "0.1.0"
