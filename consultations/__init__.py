"""Consultations by appointment: schedules, their slots, and the register of who has booked."""
