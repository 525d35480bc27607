"""Each pane as a pure function from machine state to frozen structs."""
