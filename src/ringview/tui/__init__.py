"""The live screen: Textual widgets that paint frames, and one table of commands."""

import os

# Textual reads this once, when it is imported: a key waits at most a 120th of a second for the
# screen's next update, not a 60th.
os.environ.setdefault("TEXTUAL_FPS", "120")
