"""Is ours the same: replay, judge by the measured rounding, name the first divergence."""
