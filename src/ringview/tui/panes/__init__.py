"""One module a pane: pure functions from a part of a frame and a room to lines of styled text."""
