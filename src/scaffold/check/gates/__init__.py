"""The gates G0..G12, computed from findings, evidence, results and pages; never ticked by hand."""
