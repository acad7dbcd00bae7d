"""The command `rinda`: starts each program, checks settings, shows a whole centre."""
