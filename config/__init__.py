"""Settings: typed, checked as a whole, from defaults < site file < unit file < environment."""
