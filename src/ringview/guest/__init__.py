"""The guest as its builder and its debugger see it: ELF, DWARF, symbols, tasks, system calls."""
