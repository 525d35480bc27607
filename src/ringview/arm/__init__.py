"""Facts of the ARM architecture (ARMv7-A, ARM DDI 0406C) as plain data and pure functions."""
