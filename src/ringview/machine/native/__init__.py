"""The machine's inner loop in C, and how it is built."""
