"""The lecture in browsers: one page for the lecturer, one for everybody else."""
