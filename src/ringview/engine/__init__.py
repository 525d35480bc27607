"""The engine process: machine and session in a child process, and clients that watch it over a
local socket.
"""
