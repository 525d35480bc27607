"""The command line. Importing it imports click and nothing else that takes time."""
