"""What the web pages share: the guard before them, and how they are served."""
