"""The command line's commands: their options, and which function does each."""
