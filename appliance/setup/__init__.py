"""What happens from the first power-on to the green page: `flow.py` decides, `acts.py` does,
`screen.py` shows."""
