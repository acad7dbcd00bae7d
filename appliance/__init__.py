"""What a unit does about itself: its card, joining its centre, setting up, being watched."""
