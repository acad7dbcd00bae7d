"""The ticket kiosk: a visitor's flow, its screens, and the printing of tickets."""
