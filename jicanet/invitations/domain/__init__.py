"""What an invitation says, as values."""
