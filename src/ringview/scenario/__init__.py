"""Scenarios: what to run, what to tell about it, and what must come true.

`ringview.scenario.model` is what the rest of ringview sees of a scenario: frozen dataclasses.
Importing this package imports nothing heavy; pydantic and PyYAML come with `load`.
"""
