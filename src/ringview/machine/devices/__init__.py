"""The AM335x blocks a kernel talks to, at their real addresses (TRM SPRUH73, chapter 2)."""
