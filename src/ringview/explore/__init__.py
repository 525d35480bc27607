"""Schedules of an adversarial second thread: searched, judged, replayed. See docs/race.md."""
