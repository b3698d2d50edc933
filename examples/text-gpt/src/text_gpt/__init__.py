"""GPT2LMHeadModel (GPT2LMHeadModel), reengineered part by part from its reference."""
