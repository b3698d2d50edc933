"""How small a full model's goldens are, and what they still show."""
