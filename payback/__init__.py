"""Community Payback: nominations, screening, referral to probation, progress, results."""
