"""What staff use to test answers: golden questions, calibration, explanations."""
