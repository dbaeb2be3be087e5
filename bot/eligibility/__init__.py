"""Facts and rules to verdicts, reasons, dates and the next question. No clock, no disk."""
