"""What an evaluation reports beside the loss."""
