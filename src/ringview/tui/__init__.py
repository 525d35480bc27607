"""The live screen: Textual widgets that paint frames, and one table of commands."""
