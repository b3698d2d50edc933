"""What is reported, as pure functions of logits and labels."""
