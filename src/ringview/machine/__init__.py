"""The emulated AM335x: one Cortex-A8, its memory and devices, deterministic and reversible."""
